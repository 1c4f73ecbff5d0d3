"""A table's profile in the terminal: short for 60 columns and for 5,000, and saying what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paribus.data.profile import ColumnProfile, TableProfile, TargetProfile

SHOWN = 20
"""Columns in the table."""
LISTED = 8
"""Dropped or suspicious columns, notes and classes in a line each."""


def print_profile(console: Console, profile: TableProfile) -> None:
    """What the columns hold: those with something to see first, then the first of the others."""
    for target in profile.targets[:LISTED]:
        console.print(f"target {target.name}: {_spread(target)}", markup=False)
    _more(console, len(profile.targets), "targets")
    console.print(_table(_chosen(profile)))
    hidden = len(profile.columns) - SHOWN
    if hidden > 0:
        console.print(f"... {_kinds(_hidden(profile))}")
    _lines(console, "dropped", [f"{name}: {reason}" for name, reason in profile.dropped])
    _lines(console, "suspicious", [f"{name}: {reason}" for name, reason in profile.suspicious])
    _lines(console, "note", profile.notes)


def _chosen(profile: TableProfile) -> list[ColumnProfile]:
    """At most SHOWN columns, in the table's order: those that are suspicious or have gaps before others."""
    suspicious = {name for name, _ in profile.suspicious}
    ranked = sorted(
        range(len(profile.columns)),
        key=lambda place: (
            profile.columns[place].name not in suspicious,
            not profile.columns[place].missing,
            place,
        ),
    )
    return [profile.columns[place] for place in sorted(ranked[:SHOWN])]


def _hidden(profile: TableProfile) -> list[ColumnProfile]:
    shown = {column.name for column in _chosen(profile)}
    return [column for column in profile.columns if column.name not in shown]


def _table(columns: Iterable[ColumnProfile]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in ("column", "kind"):
        table.add_column(header, overflow="fold")
    for header in ("missing", "distinct"):
        table.add_column(header, justify="right")
    table.add_column("values", no_wrap=True, overflow="ellipsis")
    for column in columns:
        table.add_row(
            Text(column.name),
            column.kind,
            f"{column.missing:,}",
            f"{column.distinct:,}",
            Text(_values(column)),
        )
    return table


def _values(column: ColumnProfile) -> str:
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}"
    told = ", ".join(f"{level} {count:,}" for level, count in column.commonest)
    return told + (", ..." if column.distinct > len(column.commonest) else "")


def _spread(target: TargetProfile) -> str:
    if target.quartiles:
        low, first, middle, third, high = target.quartiles
        return f"{low:g} to {high:g}, quartiles {first:g}, {middle:g}, {third:g}"
    total = sum(count for _, count in target.counts)
    told = [f"{name} {count:,} ({count / total:.1%})" for name, count in target.counts[:LISTED]]
    more = len(target.counts) - LISTED
    return ", ".join(told) + (f", and {more:,} more classes" if more > 0 else "")


def _kinds(columns: Sequence[ColumnProfile]) -> str:
    """`4,980 more columns: 4,970 numeric, 10 category; 12 of them with missing values`."""
    counts = Counter(column.kind for column in columns)
    told = ", ".join(f"{count:,} {kind}" for kind, count in counts.most_common())
    gaps = sum(column.missing > 0 for column in columns)
    missing = f"{gaps:,} of them with missing values" if gaps else "none of them with missing values"
    return f"{len(columns):,} more columns: {told}; {missing}"


def _lines(console: Console, word: str, lines: Sequence[str]) -> None:
    for line in lines[:LISTED]:
        console.print(f"{word}: {line}", markup=False)
    _more(console, len(lines), word)


def _more(console: Console, count: int, word: str) -> None:
    if count > LISTED:
        console.print(f"{word}: and {count - LISTED:,} more")
