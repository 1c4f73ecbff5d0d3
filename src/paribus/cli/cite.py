"""`paribus cite`: the sources of the methods that a run used."""

from __future__ import annotations

from paribus.cli.arguments import Folder


def cite(folder: Folder) -> None:
    """Print the sources of the methods that a run's report used, and how to cite paribus."""
    from rich.console import Console
    from rich.text import Text

    from paribus.errors import StudyError
    from paribus.store.record import Record
    from paribus.store.recorded import read_summary

    Record.at(folder).close()
    summary = read_summary(folder) if (folder / "summary.json").is_file() else {}
    if "references" not in summary:
        raise StudyError(
            f"{folder} has no report yet, or that of an earlier version:"
            f" write it with `paribus report {folder}`"
        )
    console = Console(highlight=False)
    for reference in summary["references"]:
        console.print(Text(f"{reference['method']}: {reference['source']}"), soft_wrap=True)
    version = summary["versions"]["paribus"]
    console.print(
        Text(
            f"paribus: paribus {version}, neural-network hyperparameter studies that can be defended"
            f" (software, Apache-2.0); study {summary['study_hash']}, data {summary['data_fingerprint']}"
        ),
        soft_wrap=True,
    )
