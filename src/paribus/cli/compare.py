"""`paribus compare`: any two configurations of a run, or several runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from paribus.cli.arguments import Folder

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.stats.answers.two import TwoConfigurations

Others = Annotated[
    list[str],
    typer.Argument(
        metavar="A B | DIR2 ...",
        help="Two config_ids of DIR (their first characters do), or other runs' folders.",
    ),
]


def compare(folder: Folder, others: Others) -> None:
    """Compare two configurations of a run (what differs, A minus B), or what several runs chose."""
    from rich.console import Console

    from paribus.errors import StudyError
    from paribus.store.record import NAME

    console = Console(highlight=False)
    folders = [Path(other) for other in others if (Path(other) / NAME).is_file()]
    if len(folders) == len(others):
        _print_folders(console, [folder, *folders])
        return
    left = [other for other in others if not (Path(other) / NAME).is_file()]
    if folders or any(other and Path(other).is_dir() for other in left):
        raise StudyError(
            f"{left[0]}: no study was run there: give folders of runs alone, or two config_ids of {folder}"
        )
    if len(others) != 2:
        raise StudyError(
            f"compare takes two config_ids of {folder}, or folders of other runs, received {' '.join(others)}"
        )
    _print_two(console, folder, others)


def _print_folders(console: Console, folders: list[Path]) -> None:
    from paribus.cli.studies import print_studies
    from paribus.report.studies import studies_beside

    print_studies(console, studies_beside(folders))


def _print_two(console: Console, folder: Path, names: list[str]) -> None:
    from paribus.stats.answers.two import compare_two, find_configuration
    from paribus.store.record import Record
    from paribus.store.recorded import read_record

    with Record.at(folder) as record:
        study = read_record(record)
        ids = [find_configuration(record, name) for name in names]
        found = compare_two(study, record, *ids)
    _print_settings(console, found)
    _print_metrics(console, found)


def _print_settings(console: Console, found: TwoConfigurations) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("what differs", overflow="fold")
    for name in (found.one, found.other):
        table.add_column(name, overflow="fold")
    for path, levels in found.settings.items():
        table.add_row(path, *(Text(level) for level in levels))
    sizes = ["–" if size is None else f"{size:,}" for size in found.n_parameters]
    table.add_row("parameters", *sizes)
    console.print(table)
    if len(found.settings) > 1:
        console.print(
            f"{len(found.settings)} settings differ: a difference below could be due to any of them.",
            soft_wrap=True,
        )
    console.print()


def _print_metrics(console: Console, found: TwoConfigurations) -> None:
    from rich.table import Table

    from paribus.report.formats import p_value, score, signed
    from paribus.stats.answers.limits import replicates_told

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("validation", no_wrap=True)
    for name in (found.one[:6], found.other[:6], "A − B", "95 % interval", "p", "adjusted p"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found.metrics:
        main = each.pair.main
        low, high = (signed(bound, each.one) for bound in (main.interval.low, main.interval.high))
        values = (score(each.one), score(each.other), signed(main.estimate, each.one), f"{low} to {high}")
        table.add_row(each.metric, *values, p_value(main.p_value), p_value(each.pair.adjusted_p))
    console.print(table)
    pair = found.metrics[0].pair
    for line in replicates_told(found.replicates, pair.main.n, bool(pair.left_out)):
        console.print(line, soft_wrap=True)
    console.print(
        f"Methods: {', '.join(found.methods)}; p adjusted over {len(found.metrics)} metrics.",
        soft_wrap=True,
    )
