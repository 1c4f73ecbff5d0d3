"""The report as Markdown: tables of pipes, figures as links to the files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paribus.report.exports.document import Document, Section, brief
from paribus.report.exports.table import NUMBERS, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$#!&])")
_LINES = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_MARKER = re.compile(r"^(\s*)([-+=]|\d+[.)])")


def markdown(made: Document) -> str:
    """The document as GitHub's Markdown. Whatever a user has named is text, never markup."""
    return "\n".join(_lines(made)).rstrip() + "\n"


def escaped(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    found = _SPECIAL.sub(r"\\\1", _LINES.sub(" ", text))
    return _MARKER.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", found)


def _lines(made: Document) -> Iterator[str]:
    yield from (f"# {escaped(made.title)}", "", escaped(made.lede), "")
    for section in made.sections:
        yield from _section(section)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", made.study)), 3)
    yield from ("## The study", "", f"{fence}toml", made.study.rstrip(), fence, "")


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {escaped(section.title)}", "")
    for paragraph in section.paragraphs:
        yield from (escaped(paragraph), "")
    for table in section.tables:
        yield from _table(table)
    for figure in section.figures:
        yield from (f"![{escaped(figure.description)}](figures/{figure.name}.svg)", "")


def _table(table: Table) -> Iterator[str]:
    columns, rows, notes = brief(table)
    yield from (f"### {escaped(table.title)}", "")
    yield _row([escaped(column.name) for column in columns])
    yield _row(["---:" if column.kind in NUMBERS else ":---" for column in columns])
    for row in rows:
        yield _row([escaped(value) for value in row])
    yield ""
    for note in notes:
        yield from (escaped(note), "")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
