"""A table's profile in the terminal: short for 60 columns and for 5,000, and saying what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from paribus.data.column_profile import ColumnProfile, ImageProfile
from paribus.data.profile import TableProfile, TargetProfile

PAIRS = 3
"""Pairs of images nearly the same that are named."""
SHOWN = 20
"""Columns in the table."""
GAPS = 8
"""Characters between the table's five columns."""
WIDE = 80
"""Characters of a line from which a share stands beside a count."""
LISTED = 8
"""Dropped or suspicious columns, notes and classes in a line each."""


def print_profile(console: Console, profile: TableProfile) -> None:
    """What the columns hold: those with something to see first, then the first of the others."""
    for target in profile.targets[:LISTED]:
        positive = f"; positive: {profile.positive}" if profile.positive is not None else ""
        console.print(f"target {target.name}: {_spread(target)}{positive}", markup=False)
    _more(console, len(profile.targets), "targets")
    console.print(_table(_chosen(profile), console.width))
    hidden = len(profile.columns) - SHOWN
    if hidden > 0:
        console.print(f"... {_kinds(_hidden(profile))}")
    for column in profile.columns:
        if column.image:
            _images(console, column.image)
    _lines(console, "dropped", [f"{name}: {reason}" for name, reason in profile.dropped])
    _lines(console, "suspicious", [f"{name}: {reason}" for name, reason in profile.suspicious])
    _lines(console, "note", profile.notes)
    if profile.duplicates:
        rows = "1 row has" if profile.duplicates == 1 else f"{profile.duplicates:,} rows have"
        console.print(f"duplicates: {rows} the same features as an earlier one")


def _images(console: Console, image: ImageProfile) -> None:
    """What images hold beside their labels: kinds and sizes of files, twins. A note names those dropped."""
    modes = ", ".join(f"{mode} {count:,}" for mode, count in image.modes[:LISTED])
    sizes = ", ".join(f"{height}×{width} {count:,}" for (height, width), count in image.sizes[:LISTED])
    more = f" and {image.n_sizes - LISTED:,} more" if image.n_sizes > LISTED else ""
    console.print(f"files: modes {modes}; sizes (height × width) {sizes}{more}", markup=False)
    if image.equal:
        many = "1 image has" if image.equal == 1 else f"{image.equal:,} images have"
        opposed = f", {image.opposed:,} of them under another label" if image.opposed else ""
        told = f"equal: {many} the pixels of an earlier one{opposed}: {_pair(image.equal_names[0])}"
        console.print(told, markup=False)
    if image.near:
        pairs = "1 pair of images is" if image.near == 1 else f"{image.near:,} pairs of images are"
        told = f"near: {pairs} nearly the same: {'; '.join(map(_pair, image.near_names[:PAIRS]))}"
        console.print(told, markup=False)


def _pair(names: tuple[str, str]) -> str:
    return f"{names[0]!r} and {names[1]!r}"


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


def _table(columns: Sequence[ColumnProfile], width: int) -> Table:
    """The columns in lines of `width` characters: long names are folded, values are left out at the end."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    names = min(
        max(len("column"), *(cell_len(each.name) for each in columns)), max(len("column"), width // 3)
    )
    cells = [(each.kind, _missing(each, wide=width >= WIDE), f"{each.distinct:,}") for each in columns]
    taken = [max(map(len, column)) for column in zip(("kind", "missing", "distinct"), *cells, strict=True)]
    room = max(len("values"), width - names - sum(taken) - GAPS)
    table.add_column("column", overflow="fold", width=names)
    for header, size in zip(("kind", "missing", "distinct"), taken, strict=True):
        table.add_column(header, justify="left" if header == "kind" else "right", no_wrap=True, width=size)
    table.add_column("values", no_wrap=True, overflow="ellipsis", width=room)
    for each, told in zip(columns, cells, strict=True):
        table.add_row(Text(each.name), *told, Text(_values(each, room)))
    return table


def _missing(column: ColumnProfile, *, wide: bool) -> str:
    """`1,836`, and their share of the rows where there is room for it."""
    if not (wide and column.missing):
        return f"{column.missing:,}"
    return f"{column.missing:,} ({column.missing / column.rows:.1%})"


def _values(column: ColumnProfile, room: int) -> str:
    """The range of numbers, the words of a text, the size of images and the mean and SD of their pixels, or
    as many of the commonest levels as `room` characters hold; at least one.
    """
    if column.image:
        height, width, channels = column.image.shape
        spreads = zip(column.image.means, column.image.deviations, strict=True)
        told = ", ".join(f"{mean:.0f} ± {deviation:.0f}" for mean, deviation in spreads)
        return f"{height}×{width} {'grey' if channels == 1 else 'RGB'}, pixels {told}"
    if column.words:
        low, *_, high = map(_number, column.words)
        told = f"{low} to {high} words (median {_number(column.words[2])})"
        return f"{told}, {column.vocabulary:,} distinct"
    if column.low is not None and column.high is not None:
        return f"{_number(column.low)} to {_number(column.high)}"
    for shown in range(len(column.commonest), 0, -1):
        told = ", ".join(f"{' '.join(level.split())} {count:,}" for level, count in column.commonest[:shown])
        told += ", ..." if column.distinct > shown else ""
        if len(told) <= room or shown == 1:
            return told
    return ""


def _number(value: float) -> str:
    """Six digits; all digits of a whole number that a person would write out."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e9 else f"{value:.6g}"


def _spread(target: TargetProfile) -> str:
    if target.quartiles:
        low, first, middle, third, high = target.quartiles
        quartiles = ", ".join(map(_number, (first, middle, third)))
        return f"{_number(low)} to {_number(high)}, quartiles {quartiles}"
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
