"""The model card's part on subgroups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paribus.stats.subgroups import Group

_PARTS = {"val": "validation", "test": "the sealed test part"}


def groups_section(part: str, groups: Sequence[Group], fill: str) -> Iterator[str]:
    """The first metric of every group, and what is marked by another; `fill`: what an owner fills in."""
    yield from ("## Subgroups", "")
    if groups:
        yield f"Of the mean prediction over seeds, on {_PARTS[part]}; classes are called at a half."
        yield "Exploratory: nobody asked for these groups beforehand, and looking at many finds differences"
        yield f"by chance. Of {len(groups)} comparisons those are marked (*) whose interval, widened for all"
        yield "of them (Bonferroni), leaves out that the group scores as the other rows do. Few rows show"
        yield "little: no mark is no proof of equality."
        yield ""
        yield "| column | level | rows | metric | value | 95 % interval | less the others | its interval | |"
        yield "|---|---|---|---|---|---|---|---|---|"
        first = groups[0].metric
        yield from (_row(group) for group in groups if group.metric == first or group.apart)
        yield ""
    yield from (
        f"Groups that the columns don't name (age, sex, site), and what to do about differences: {fill}",
        "",
    )


def _row(group: Group) -> str:
    names = f"| {as_cell(group.column)} | {as_cell(group.level)} | {group.rows:,} | {group.metric} "
    if group.value is None or group.low is None or group.high is None:
        return f"{names}| too few rows, or of one class | | | | |"
    found = f"{names}| {group.value:.4g} | {group.low:.4g} to {group.high:.4g} "
    low, high = group.difference_low, group.difference_high
    if group.difference is None or low is None or high is None:
        return f"{found}| | | |"
    return f"{found}| {group.difference:+.4g} | {low:+.4g} to {high:+.4g} | {'*' if group.apart else ''} |"


def as_cell(text: str) -> str:
    """A name or a value of the data as a cell of a table in Markdown."""
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
