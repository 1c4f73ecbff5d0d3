"""How the best configurations learned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import pandas as pd

from paribus.report.facts import Curve, Facts
from paribus.report.figures.drawing import ROWS, Figure, draw
from paribus.report.figures.theme import BLUE, EXTENT, GREY, PALETTE, PANEL

POINTS = 20_000
"""Points drawn in a figure, at most: longer trainings are drawn every n-th epoch."""
_LOSSES = {"loss": "training", "val_loss": "validation"}
_COLUMNS, _HEIGHT = 3, 130


def curve_figures(facts: Facts) -> Iterator[Figure]:
    """The losses, a panel a configuration; the validation metrics, a panel a metric."""
    ranks = {standing.config_id: standing.rank for standing in facts.standings}
    names = {c.config_id: f"No. {ranks[c.config_id]} · {c.config_id}" for c in facts.curves}
    several = len(facts.curves) > len(names)
    trials = max((curve.trials for curve in facts.curves), default=1)
    line = "a line for each trial" if trials == 1 else f"the mean of {trials:,} trials"
    dot = "; a dot stands at the epoch whose weights were kept" if trials == 1 else ""
    losses = list(_points(facts.curves, names, _LOSSES))
    if losses:
        said = (
            "Training and validation loss by epoch of the best configurations, a panel for each,"
            f" {line}{dot}."
        )
        yield draw(
            "curves-loss", said, _losses(list(names.values()), several), losses, _table(losses, "loss")
        )
    metrics = {f"val_{metric}": metric for metric in facts.study.protocol.metrics}
    scored = list(_points(facts.curves, names, metrics))
    if scored:
        said = (
            f"Validation {', '.join(metrics.values())} by epoch, a panel for each, of the best"
            f" configurations {line}."
        )
        yield draw(
            "curves-metrics",
            said,
            _metrics(list(names.values()), metrics, several),
            scored,
            _table(scored, "metric"),
        )


def _points(
    curves: Sequence[Curve], names: dict[str, str], kinds: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """One row an epoch that is drawn: every n-th, the kept one and the last."""
    chosen = [(curve, kind) for curve in curves for kind in kinds if kind in curve.values]
    step = 1 + sum(len(curve.values[kind]) for curve, kind in chosen) // POINTS
    for curve, kind in chosen:
        values = curve.values[kind].astype("float64").tolist()
        for epoch, value in enumerate(values, start=1):
            kept = epoch == curve.best_epoch
            if epoch % step == 1 % step or kept or epoch == len(values):
                yield {
                    **{"configuration": names[curve.config_id], "kind": kinds[kind], "seed": str(curve.seed)},
                    **{"trial": f"{curve.fold} {curve.seed}", "epoch": epoch, "value": value, "kept": kept},
                }


def _table(points: list[dict[str, Any]], kind: str) -> pd.DataFrame:
    """A row an epoch of a trial, a column a curve."""
    frame = pd.DataFrame(points).rename(columns={"kind": kind})
    order = list(frame[kind].unique())
    wide = frame.pivot(index=["configuration", "trial", "seed", "epoch"], columns=kind, values="value")
    return wide[order].reset_index().drop(columns="trial").rename_axis(columns=None)


def _line(several: bool) -> dict[str, Any]:
    """How a trial's line is drawn: thin where a configuration has several."""
    return {"strokeWidth": 0.9 if several else 1.5, "opacity": 0.7 if several else 0.9, "strokeCap": "round"}


def _losses(names: list[str], several: bool) -> alt.FacetChart:
    columns, order = min(len(names), _COLUMNS), list(_LOSSES.values())
    x = alt.X(
        "epoch:Q", title="epoch", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=4, tickMinStep=1)
    )
    y = alt.Y("value:Q", title="loss", axis=alt.Axis(tickCount=4), scale=alt.Scale(zero=False))
    color = alt.Color("kind:N", scale=alt.Scale(domain=order, range=[GREY, BLUE]), title=None)
    dash = alt.StrokeDash("kind:N", scale=alt.Scale(domain=order, range=[[4, 3], [1, 0]]), title=None)
    lines = (
        alt.Chart()
        .mark_line(**_line(several))
        .encode(x=x, y=y, color=color, strokeDash=dash, detail="trial:N")
    )
    kept = (
        alt.Chart()
        .transform_filter("datum.kept && datum.kind == 'validation'")
        .mark_point(filled=True, size=46, opacity=1, color=BLUE)
        .encode(x=x, y=y)
    )
    chart: alt.FacetChart = (
        alt.layer(lines, kept)
        .properties(width=PANEL / columns - 30, height=_HEIGHT)
        .facet(
            facet=alt.Facet("configuration:N", sort=names, title=None), columns=columns, data=ROWS, spacing=18
        )
        .resolve_axis(x="independent")
    )
    return chart


def _metrics(names: list[str], metrics: dict[str, str], several: bool) -> alt.FacetChart:
    columns = min(len(metrics), _COLUMNS)
    x = alt.X(
        "epoch:Q", title="epoch", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=4, tickMinStep=1)
    )
    labels = alt.Axis(tickCount=4, minExtent=EXTENT, maxExtent=EXTENT)
    y = alt.Y("value:Q", title=None, axis=labels, scale=alt.Scale(zero=False))
    color = alt.Color(
        "configuration:N",
        scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])),
        title=None,
        legend=alt.Legend(columns=3),
    )
    chart: alt.FacetChart = (
        alt.Chart()
        .mark_line(**_line(several))
        .encode(x=x, y=y, color=color, detail="trial:N")
        .properties(width=PANEL / columns - EXTENT, height=_HEIGHT)
        .facet(
            facet=alt.Facet("kind:N", sort=list(metrics.values()), title=None),
            columns=columns,
            data=ROWS,
            spacing=18,
        )
        .resolve_scale(y="independent")
        .resolve_axis(x="independent")
    )
    return chart
