"""A study in a notebook: what stands under a cell, and a figure as a chart to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import altair as alt

from paribus.report.exports.document import brief
from paribus.report.exports.table import NUMBERS, Table
from paribus.report.exports.tables import tables
from paribus.report.facts import Facts
from paribus.report.figures import Figure
from paribus.report.figures.drawing import VEGA_LITE
from paribus.report.figures.theme import CONFIG
from paribus.report.formats import level
from paribus.store.tables import factor_columns

SHOWN = 5
"""Rows of the leaderboard under a cell."""


def as_html(facts: Facts) -> str:
    """The answers, the choice, its scores and the first of the leaderboard. All text is escaped."""
    made = {table.name: table for table in tables(facts)}
    sentences = [answer.sentence for answer in facts.answers]
    parts = [
        f"<h4>{escape(facts.study.name)}</h4>",
        f"<p>{len(facts.board):,} configurations in {len(facts.trials):,} trials, other things equal.</p>",
        *(f"<p><b>{escape(sentence)}</b></p>" for sentence in sentences),
    ]
    if facts.standings:
        varied = [path for path in factor_columns(facts.study) if path in facts.best.levels]
        told = ", ".join(f"{path} = {level(facts.best.levels[path])}" for path in varied)
        parts.append(f"<p>Chosen on validation: <code>{facts.best.config_id}</code> ({escape(told)})</p>")
        parts.append(_table(made["scores"], len(made["scores"].rows)))
    parts.append(_table(made["leaderboard"], SHOWN))
    found = [finding for finding in facts.findings if finding.status == "found"]
    parts += [f"<p>Audit {each.code}: {escape(each.message)}</p>" for each in found]
    return f'<div class="paribus">{"".join(parts)}</div>'


def _table(table: Table, rows: int) -> str:
    columns, lines, notes = brief(table)
    sides = ["right" if column.kind in NUMBERS else "left" for column in columns]
    head = _row("th", [column.name for column in columns], sides)
    body = "".join(_row("td", line, sides) for line in lines[:rows])
    cut = f": {rows} of {len(table.rows):,}" if len(table.rows) > rows else ""
    caption = escape(f"{table.title}{cut}")
    told = "".join(f"<p><small>{escape(note)}</small></p>" for note in notes[-1:])
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{body}</tbody></table>{told}"


def _row(tag: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    drawn = [
        f'<{tag} style="text-align:{side}">{escape(cell)}</{tag}>'
        for cell, side in zip(cells, sides, strict=True)
    ]
    return f"<tr>{''.join(drawn)}</tr>"


def as_chart(figure: Figure) -> alt.TopLevelMixin:
    """The figure as an Altair chart, with its own rows and the report's look."""
    whole = {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE}.json",
        **figure.specification,
        "config": CONFIG,
        "datasets": {"rows": figure.rows, "configurations": []},
    }
    kinds = {
        **{"facet": alt.FacetChart, "layer": alt.LayerChart, "concat": alt.ConcatChart},
        **{"hconcat": alt.HConcatChart, "vconcat": alt.VConcatChart, "repeat": alt.RepeatChart},
    }
    kind: Any = next((kinds[key] for key in kinds if key in whole), alt.Chart)
    # Altair would find the kind by trying all against its schema, which takes a second
    made: alt.TopLevelMixin = kind.from_dict(whole, validate=False)
    return made
