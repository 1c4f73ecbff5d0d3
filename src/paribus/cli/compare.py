"""`paribus compare`: any two configurations of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from paribus.cli.arguments import Folder

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.stats.answers.two import TwoConfigurations

One = Annotated[str, typer.Argument(metavar="A", help="A config_id, or its first characters.")]
Other = Annotated[str, typer.Argument(metavar="B", help="Another.")]


def compare(folder: Folder, one: One, other: Other) -> None:
    """Compare two configurations: the settings that differ, then A minus B, paired by fold and seed."""
    from rich.console import Console

    from paribus.stats.answers.two import compare_two, find_configuration
    from paribus.store.folder import read_record
    from paribus.store.record import Record

    with Record.at(folder) as record:
        study = read_record(record)
        ids = [find_configuration(record, name) for name in (one, other)]
        found = compare_two(study, record, *ids)
    console = Console(highlight=False)
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
        bounds = f"{signed(main.interval.low)} to {signed(main.interval.high)}"
        values = (score(each.one), score(each.other), signed(main.estimate), bounds)
        table.add_row(each.metric, *values, p_value(main.p_value), p_value(each.pair.adjusted_p))
    console.print(table)
    pair = found.metrics[0].pair
    for line in replicates_told(found.replicates, pair.main.n, bool(pair.left_out)):
        console.print(line, soft_wrap=True)
    console.print(
        f"Methods: {', '.join(found.methods)}; p adjusted over {len(found.metrics)} metrics.",
        soft_wrap=True,
    )
