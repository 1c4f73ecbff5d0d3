"""The first of the leaderboard: their scores with intervals, and their settings side by side."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from paribus.data.spacing import spaced
from paribus.report.facts import Facts
from paribus.report.figures.drawing import HIGHLIGHTED, ROWS, Figure, draw, legend, told
from paribus.report.figures.theme import BLUE, PANEL, PAPER, VERMILLION
from paribus.report.formats import level
from paribus.store.tables import LAYERS
from paribus.study.options import larger_is_better

SHOWN = 10
LINES = 120
"""Configurations of the parallel coordinates: half of them the best, the others evenly after them."""
AXES = 8
READABLE = 560
"""Pixels that the parallel coordinates need."""
_PARTS = {"val": "validation", "test": "sealed part"}


def leaders_figure(facts: Facts) -> Figure | None:
    """The first ten by the first metric, on validation and where it was opened on the sealed part."""
    metric = facts.study.protocol.metrics[0]
    rows = [
        {
            "name": f"No. {standing.rank} · {standing.config_id}",
            "config_id": standing.config_id,
            "part": _PARTS[score.part],
            "score": score.value,
            "low": score.interval.low,
            "high": score.interval.high,
        }
        for standing in facts.standings[:SHOWN]
        for score in standing.scores
        if score.metric == metric
    ]
    if not rows:
        return None
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=260))
    x = alt.X(
        "low:Q", title=f"{metric}, 95 % interval", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)
    )
    scale = alt.Scale(domain=list(_PARTS.values()), range=[BLUE, VERMILLION])
    color = alt.Color("part:N", title=None, scale=scale)
    offset = alt.YOffset("part:N", scale=alt.Scale(domain=list(_PARTS.values())))
    picked, opacity = legend("part")
    tooltip = told("config_id", "part", score=".4f", low=".4f", high=".4f")
    bars = (
        alt.Chart()
        .mark_rule(strokeWidth=2)
        .encode(x=x, x2="high:Q", y=y, yOffset=offset, color=color, opacity=opacity, tooltip=tooltip)
    )
    size = alt.when(HIGHLIGHTED).then(alt.value(160)).otherwise(alt.value(50))
    points = (
        alt.Chart()
        .mark_point(filled=True)
        .encode(x="score:Q", y=y, yOffset=offset, color=color, opacity=opacity, size=size, tooltip=tooltip)
    )
    chart = alt.layer(bars.add_params(picked), points, data=ROWS).properties(
        width=PANEL - 230, height=alt.Step(14)
    )
    title = f"The first {len(names)} by {metric}, with 95 % intervals"
    said = (
        f"{title}: validation, and the sealed part where it was opened. Intervals that overlap order nothing."
    )
    return draw("leaders", title, said, chart, rows, pd.DataFrame(rows).drop(columns="name"))


def parallel_figure(facts: Facts) -> Figure | None:
    """A line a configuration through its level of each factor to its score; None with fewer than two."""
    metric, board = facts.study.protocol.metrics[0], facts.board
    factors = _varied(facts)[:AXES]
    known = board[board[f"val_{metric}"].notna()]
    if len(factors) < 2 or len(known) < 2:
        return None
    best = len(known) if len(known) <= LINES else LINES // 2
    shown = known.iloc[[*range(best), *(best + spaced(len(known) - best, LINES // 2))]]
    axes = [*factors, metric]
    columns = {name: _heights(shown[name]) for name in factors}
    columns[metric] = _heights(shown[f"val_{metric}"], turned=not larger_is_better(metric))
    rows: list[dict[str, Any]] = []
    for place, (config_id, rank) in enumerate(zip(shown["config_id"], shown["rank"], strict=True)):
        for name in axes:
            heights, words = columns[name]
            rows.append({"config_id": config_id, "rank": int(rank), "axis": name, "height": heights[place]})
            rows[-1]["level"] = words[place]
    labels = [
        {"axis": name, "height": height, "label": word}
        for name in axes
        for height, word in dict(zip(*columns[name], strict=True)).items()
        if name != metric or height in (columns[name][0].min(), columns[name][0].max())
    ]
    drawn = (
        f"{len(shown):,} of {len(known):,} configurations"
        if len(shown) < len(known)
        else "all configurations"
    )
    title = f"Settings and {metric} together, {drawn}; the darker, the better the rank"
    said = f"Parallel coordinates: a line for each of {drawn} through {', '.join(factors)} to its {metric}."
    table = shown[["rank", "config_id", *factors, f"val_{metric}"]]
    return draw("parallel", title, said, _parallel(axes, len(known)), [*rows, *labels], table, READABLE)


def _varied(facts: Facts) -> list[str]:
    settings = facts.standings[0].levels if facts.standings else {}
    return [
        name
        for name in facts.board.columns
        if name in settings and name != LAYERS and 1 < facts.board[name].nunique() <= 40
    ]


def _heights(column: pd.Series[Any], turned: bool = False) -> tuple[Any, list[str]]:
    """Each value's place from 0 to 1: numbers of scores by size, levels in equal steps by their order."""
    if column.dtype.kind == "f" and column.nunique() > 12:
        low, high = float(column.min()), float(column.max())
        heights = ((column - low) / ((high - low) or 1.0)).to_numpy("float64").round(4)
        return (1 - heights if turned else heights), [f"{value:.3g}" for value in column]
    levels = sorted(column.dropna().unique(), key=lambda value: (isinstance(value, str), value))
    steps = {value: place / max(len(levels) - 1, 1) for place, value in enumerate(levels)}
    heights = np.array([steps.get(value, 0.0) for value in column])
    return (1 - heights if turned else heights), [level(value) for value in column]


def _parallel(axes: list[str], last: int) -> alt.LayerChart | alt.FacetChart:
    x = alt.X(
        "axis:N",
        sort=axes,
        title=None,
        axis=alt.Axis(labelAngle=-20, orient="top", grid=True, labelOverlap=False),
        scale=alt.Scale(type="point"),
    )
    y = alt.Y("height:Q", axis=None, scale=alt.Scale(domain=[-0.05, 1.05]))
    shade = alt.Color(
        "rank:Q",
        title="rank",
        legend=None,
        scale=alt.Scale(type="log", domain=[1, max(last, 2)], range=[BLUE, "#B6BDC6"]),
    )
    lines = (
        alt.Chart()
        .transform_filter("isValid(datum.rank)")
        .mark_line(strokeJoin="round")
        .encode(
            x=x,
            y=y,
            detail="config_id:N",
            color=alt.when(HIGHLIGHTED).then(alt.value(VERMILLION)).otherwise(shade),
            strokeWidth=alt.when(HIGHLIGHTED).then(alt.value(4)).otherwise(alt.value(1)),
            # Not `opacity`: each line would be a layer of its own, which takes long to paint.
            strokeOpacity=alt.when(HIGHLIGHTED).then(alt.value(1.0)).otherwise(alt.value(0.35)),
            tooltip=told("config_id", rank=",d"),
        )
    )
    words = (
        alt.Chart()
        .transform_filter("isValid(datum.label)")
        .mark_text(align="left", dx=4, fontSize=10, fontWeight="bold")
        .encode(x=x, y=y, text="label:N")
    )
    around = words.mark_text(
        align="left", dx=4, fontSize=10, fontWeight="bold", stroke=PAPER, strokeWidth=4, strokeJoin="round"
    )
    return alt.layer(lines, around, words, data=ROWS).properties(width=PANEL, height=280)
