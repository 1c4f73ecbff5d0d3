"""Two factors together: medians as a heat map, and how every combination learned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from paribus.report.facts import Combinations, StageFacts
from paribus.report.figures.drawing import ROWS, Figure, draw, records, told
from paribus.report.figures.theme import HIGH, LOW, MIDDLE, PALETTE, PANEL
from paribus.report.formats import level
from paribus.study.options import larger_is_better

DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 4], [12, 4])
"""Of the second factor's levels, in their order."""
BANDS = 12
"""Combinations whose quartiles are drawn: those of more hide each other."""
_LOSSES = {"loss": "training loss", "val_loss": "validation loss"}


def interactions_name(place: int) -> str:
    """The file name of the heat maps of the stage at `place`, from 1."""
    return f"stage-{place}-interactions"


def combinations_name(place: int, number: int) -> str:
    """The file name of the loss curves of a stage's pair of factors, both from 1."""
    return f"stage-{place}-pair-{number}"


def interactions_figure(place: int, stage: StageFacts, metric: str) -> Figure | None:
    """The median score at each two levels of two factors, a panel a pair; None without crossed factors."""
    if not stage.interactions:
        return None
    rows: list[dict[str, Any]] = []
    tables, panels = [], []
    values = pd.concat([each.table["median"] for each in stage.interactions])
    colors = [LOW, MIDDLE, HIGH] if larger_is_better(metric) else [HIGH, MIDDLE, LOW]
    scale = alt.Scale(domain=[float(values.min()), float(values.max())], range=colors)
    for number, each in enumerate(stage.interactions):
        shown = each.table.assign(
            level=each.table["level"].map(level), other=each.table["other_level"].map(level)
        )
        named = shown[["level", "other", "median", "n_trials"]].assign(panel=number)
        rows += records(named)
        tables.append(named.drop(columns="panel").assign(factors=f"{each.factor} × {each.other}"))
        panels.append(_heat(number, each.factor, each.other, named, scale, metric))
    title = f"Median validation {metric} at every two levels, stage {stage.name}"
    pairs = ", ".join(f"{each.factor} × {each.other}" for each in stage.interactions)
    chart = alt.concat(*panels, columns=2, data=ROWS, spacing=24)
    return draw(interactions_name(place), title, f"{title}: {pairs}.", chart, rows, pd.concat(tables))


def _heat(
    number: int, factor: str, other: str, shown: pd.DataFrame, scale: alt.Scale, metric: str
) -> alt.Chart:
    ups, acrosses = list(shown["level"].unique()), list(shown["other"].unique())
    if len(acrosses) > len(ups):
        x, y, titles = "level", "other", (factor, other)
        ups, acrosses = acrosses, ups
    else:
        x, y, titles = "other", "level", (other, factor)
    made: alt.Chart = (
        alt.Chart()
        .transform_filter(alt.datum.panel == number)
        .mark_rect()
        .encode(
            x=alt.X(
                f"{x}:N",
                sort=acrosses,
                title=titles[0],
                axis=alt.Axis(grid=False, labelAngle=0, labelLimit=70),
            ),
            y=alt.Y(f"{y}:N", sort=ups, title=titles[1], axis=alt.Axis(grid=False, labelLimit=120)),
            color=alt.Color("median:Q", title=f"median {metric}", scale=scale),
            tooltip=[
                alt.Tooltip("level:N", title=factor),
                alt.Tooltip("other:N", title=other),
                *told(median=".4f", n_trials=",d"),
            ],
        )
        .properties(width=PANEL / 2 - 110, height=alt.Step(18))
    )
    return made


def combinations_figure(place: int, number: int, stage: StageFacts, found: Combinations) -> Figure:
    """A line a combination: colour by the first factor, dash by the second; training beside validation."""
    table = found.table
    shown = table.assign(level=table["level"].map(level), other=table["other_level"].map(level))
    each = shown.drop_duplicates(["level", "other"])
    trials, dead = int(each["n_trials"].max()), int(each["dead"].sum())
    banded = trials > 1 and len(each) <= BANDS
    title = f"Loss by epoch: {found.factor} by colour, {found.other} by dash, stage {stage.name}"
    title += f"; each line the median of {trials:,} trials" if trials > 1 else ""
    title += ", the band their middle half" if banded else ""
    said = f"{title}. One line for each of {len(each)} combinations; a training that stopped counts on."
    if dead:
        title += f"; {dead:,} dead starts apart"
        said += (
            f" {dead:,} dead starts are left out; a thin line is of a combination that has no other trial."
        )
    last = shown[shown["epoch"] == shown.groupby(["level", "other"])["epoch"].transform("max")]
    brief = last[["level", "other", "n_trials", "dead", *_LOSSES]].rename(columns=_LOSSES)
    brief = brief.rename(columns={"level": found.factor, "other": found.other})
    chart, rows = _learning(found, shown, banded), list(_points(shown, banded))
    return draw(combinations_name(place, number), title, said, chart, rows, brief)


def _learning(found: Combinations, shown: pd.DataFrame, banded: bool) -> alt.FacetChart:
    firsts, seconds = list(shown["level"].unique()), list(shown["other"].unique())
    colors = [PALETTE[n % len(PALETTE)] for n in range(len(firsts))]
    dashes = [DASHES[n % len(DASHES)] for n in range(len(seconds))]
    picked = alt.selection_point(fields=["level"], bind="legend", name="picked")
    other = alt.selection_point(fields=["other"], bind="legend", name="other_picked")
    axis = alt.Axis(tickCount=5, tickMinStep=1)
    x = alt.X("epoch:Q", title="epoch", scale=alt.Scale(nice=False), axis=axis)
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    solid = alt.Legend(symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3)
    color = alt.Color(
        "level:N", title=found.factor, scale=alt.Scale(domain=firsts, range=colors), legend=solid
    )
    dash = alt.StrokeDash("other:N", title=found.other, scale=alt.Scale(domain=seconds, range=dashes))
    lines = (
        alt.Chart()
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=color,
            strokeDash=dash,
            strokeWidth=alt.when("datum.learned").then(alt.value(1.6)).otherwise(alt.value(0.7)),
            opacity=alt.when(picked & other).then(alt.value(1.0)).otherwise(alt.value(0.08)),
            tooltip=[
                alt.Tooltip("level:N", title=found.factor),
                alt.Tooltip("other:N", title=found.other),
                *told(n_trials=",d", dead=",d"),
            ],
        )
        .add_params(picked, other)
    )
    faint = alt.when(picked & other).then(alt.value(0.1)).otherwise(alt.value(0.01))
    band = (
        alt.Chart()
        .mark_area()
        .encode(x=x, y="low:Q", y2="high:Q", color=color, detail="other:N", opacity=faint)
    )
    made: alt.FacetChart = (
        alt.layer(*([band] if banded else []), lines)
        .properties(width=PANEL / 2 - 60, height=260)
        .facet(
            facet=alt.Facet("kind:N", sort=list(_LOSSES.values()), title=None),
            columns=2,
            data=ROWS,
            spacing=24,
        )
        .resolve_axis(x="independent", y="independent")
    )
    return made


def _points(shown: pd.DataFrame, banded: bool) -> Iterator[dict[str, Any]]:
    """A row an epoch and loss; `learned` is off where every trial is a dead start."""
    for row in records(shown):
        same = {name: row[name] for name in ("level", "other", "epoch", "n_trials", "dead")}
        for name, title in _LOSSES.items():
            band = {"low": row[f"{name}_lower"], "high": row[f"{name}_upper"]} if banded else {}
            learned = bool(row["dead"] < row["n_trials"])
            yield {**same, "kind": title, "value": row[name], "learned": learned, **band}
