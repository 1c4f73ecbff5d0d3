"""`paribus report`: the report anew, without training."""

from __future__ import annotations

from paribus.cli.arguments import Folder


def report(folder: Folder) -> None:
    """Write the report and the tables of a run anew, without training."""
    from paribus.report.write import write_report
    from paribus.store.folder import read_record
    from paribus.store.record import Record

    with Record.at(folder) as record:
        write_report(record, read_record(record), folder)
    print(f"report: {(folder / 'report.html').resolve()}")
