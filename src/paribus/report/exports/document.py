"""A report on paper: which tables and figures stand in which section, for Markdown, LaTeX and PDF alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from paribus.report.exports.table import Column, Table, written
from paribus.report.facts import Facts
from paribus.report.formats import level
from paribus.store.tables import factor_columns
from paribus.study.toml import format_study

ROWS = 40
"""Rows of a table in a document, at most; files have all."""
WIDTH = 790.0
"""Pixels of a drawing that takes a whole line."""
LONG, PIECE = 24, 8
"""A word of more characters can be broken, after so many each."""


class Drawn(Protocol):
    """A figure: its file name, what it shows in words, and the drawing."""

    @property
    def name(self) -> str:
        """The file's name, without a suffix."""
        ...

    @property
    def description(self) -> str:
        """The alternative text."""
        ...

    @property
    def svg(self) -> str:
        """The drawing."""
        ...

    def pdf(self) -> bytes:
        """The drawing as a page of its own size."""
        ...


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it: sentences, tables, figures."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Drawn, ...] = ()


@dataclass(frozen=True)
class Document:
    """The whole: a title, a sentence, the sections, and the study's file."""

    title: str
    lede: str
    sections: tuple[Section, ...]
    study: str


_SECTIONS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("The answer", ("answers", "scores"), ()),
    ("How sure", ("optimism", "nested", "finalists", "failures", "audit"), ("optimism", "robustness")),
    ("Questions", ("question",), ("question",)),
    ("Leaderboard", ("leaderboard",), ("leaders",)),
    ("Factors", ("factor", "importance"), ("stage", "parallel")),
    ("Learning curves", (), ("curves",)),
    ("Other ways to choose", ("pareto", "one-standard-error", "composite"), ("cost", "parameters")),
    (
        "Predictions",
        ("predictions", "thresholds", "reliability", "calibration", "recalibration"),
        ("calls", "reliability"),
    ),
    ("Data", ("data",), ("data",)),
    ("To do it again", ("chosen", "openings", "sessions", "versions", "references"), ()),
)
"""A section's title, and how the names of its tables and of its figures begin."""
_OTHERS = "Further tables and figures"


def document(facts: Facts, tables: Sequence[Table], figures: Sequence[Drawn]) -> Document:
    """What a document holds, each table and figure once."""
    left_tables = [table for table in tables if table.in_documents]
    left_figures = list(figures)
    sections = []
    for title, of_tables, of_figures in _SECTIONS:
        mine = [table for table in left_tables if table.name.startswith(of_tables)] if of_tables else []
        drawn = [each for each in left_figures if each.name.startswith(of_figures)] if of_figures else []
        left_tables = [table for table in left_tables if table not in mine]
        left_figures = [each for each in left_figures if each not in drawn]
        if mine or drawn:
            told = _sentences(facts) if title == "The answer" else ()
            sections.append(Section(title, told, tuple(mine), tuple(drawn)))
    if left_tables or left_figures:
        sections.append(Section(_OTHERS, (), tuple(left_tables), tuple(left_figures)))
    lede = (
        f"{len(facts.board):,} configurations in {len(facts.trials):,} trials, other things equal."
        f" {facts.split[:1].upper()}{facts.split[1:]}."
    )
    return Document(facts.study.name, lede, tuple(sections), format_study(facts.study))


def figure_share(svg: str) -> float:
    """The share of a line's width that a drawing takes, by its own width."""
    found = re.search(r'<svg[^>]*?\bwidth="([\d.]+)', svg)
    return min(1.0, float(found[1]) / WIDTH) if found else 1.0


def _sentences(facts: Facts) -> tuple[str, ...]:
    """The choice in words; the questions' sentences stand in the first table."""
    if not facts.standings:
        return ("No configuration came to an end.",)
    first, best = facts.study.protocol.metrics[0], facts.best
    varied = [path for path in factor_columns(facts.study) if path in best.levels]
    levels = ", ".join(f"{path} = {level(best.levels[path])}" for path in varied)
    chosen = (
        f"Chosen on validation for the best {first} out of {len(facts.board):,} configurations:"
        f" {best.config_id}, of stage {best.stage}, with {levels}."
    )
    if facts.openings:
        return (chosen,)
    return (chosen, "The sealed part was not opened: no rows judge it but those that chose it.")


def brief(table: Table) -> tuple[tuple[Column, ...], list[tuple[str, ...]], tuple[str, ...]]:
    """A table as documents show it: its brief columns, its first rows as text, and its notes."""
    places = [place for place, column in enumerate(table.columns) if column.brief]
    rows = [
        tuple(written(table.columns[place].kind, row[place]) for place in places) for row in table.rows[:ROWS]
    ]
    notes = table.notes
    if len(table.rows) > ROWS:
        notes = (f"The first {ROWS} of {len(table.rows):,} rows; tables.xlsx has all.", *notes)
    return tuple(table.columns[place] for place in places), rows, notes


def breakable(text: str, mark: str) -> str:
    """`text` with `mark`, where a line may break, inside of words longer than `LONG`."""
    return " ".join(_broken(word, mark) if len(word) > LONG else word for word in text.split(" "))


def _broken(word: str, mark: str) -> str:
    return mark.join(word[start : start + PIECE] for start in range(0, len(word), PIECE))
