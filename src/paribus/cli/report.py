"""`paribus report`: the report anew, without training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paribus.cli.arguments import Folder


def report(
    folder: Folder,
    *,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="html|md|tex|pdf|xlsx|csv|parquet",
            help="Only in this format; again, or with commas, for more. [default: all that a run leaves]",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="OUT", help="The folder to write into. [default: DIR]")
    ] = None,
) -> None:
    """Write the report and the tables of a run anew, without training."""
    from paribus.report.exports.write import chosen_formats, export, make_folder
    from paribus.report.facts import gather
    from paribus.report.write import write_report
    from paribus.store.record import Record
    from paribus.store.recorded import read_record

    chosen = chosen_formats(formats) if formats is not None else ()
    with Record.at(folder) as record:
        study, target = read_record(record), out or folder
        make_folder(target)
        if chosen:
            written = export(gather(record, study), target, chosen)
        else:
            write_report(record, study, target)
            written = [target / "report.html"]
    for path in written:
        print(f"report: {path.resolve()}")
