"""How the best configurations learned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import pandas as pd

from paribus.report.facts import Curve, Facts
from paribus.report.figures.drawing import HIGHLIGHTED, ROWS, Figure, draw, legend, told
from paribus.report.figures.theme import BLUE, EXTENT, GREY, PALETTE, PANEL

POINTS = 12_000
"""Points drawn in a figure, at most: longer trainings are drawn every n-th epoch."""
_LOSSES = {"loss": "training", "val_loss": "validation"}
_COLUMNS, _HEIGHT = 3, 130


def curve_figures(facts: Facts) -> Iterator[Figure]:
    """The losses, a panel a configuration; the validation metrics, a panel a metric."""
    ranks = {standing.config_id: standing.rank for standing in facts.standings}
    names = {c.config_id: f"No. {ranks[c.config_id]} · {c.config_id}" for c in facts.curves}
    several = len(facts.curves) > len(names)
    trials = max((curve.trials for curve in facts.curves), default=1)
    means = "the mean of its trials where they are many" if several else f"the mean of {trials:,} trials"
    line = "a line for each trial" if trials == 1 else means
    band = "" if trials == 1 else "; the band is a standard deviation to either side"
    dot = "; a dot stands at the epoch whose weights were kept" if trials == 1 else ""
    losses = list(_points(facts.curves, names, _LOSSES))
    if losses:
        said = (
            "Training and validation loss by epoch of the best configurations, a panel for each,"
            f" {line}{dot}{band}."
        )
        chart = _losses(list(names.values()), several, trials > 1)
        title = "Training and validation loss by epoch"
        yield draw("curves-loss", title, said, chart, losses, _table(losses, "loss"))
    metrics = {f"val_{metric}": metric for metric in facts.study.protocol.metrics}
    scored = list(_points(facts.curves, names, metrics))
    if scored:
        drawn = {row["kind"] for row in scored}
        tested = [row for row in _sealed(facts, names) if row["kind"] in drawn]
        dashed = "; a dashed line is the score on the sealed part" if tested else ""
        said = (
            f"Validation {', '.join(metrics.values())} by epoch, a panel for each, of the best"
            f" configurations, {line}{band}{dashed}."
        )
        shown = {name: metric for name, metric in metrics.items() if metric in drawn}
        chart = _metrics(list(names.values()), shown, several, trials > 1, bool(tested))
        table = _table(scored, "metric")
        yield draw("curves-metrics", "Validation metrics by epoch", said, chart, scored + tested, table)


def _sealed(facts: Facts, names: dict[str, str]) -> list[dict[str, Any]]:
    """The scores on the sealed part of the configurations that it was opened for."""
    return [
        {
            "configuration": names[standing.config_id],
            "config_id": standing.config_id,
            "kind": score.metric,
            "sealed": score.value,
        }
        for standing in facts.standings
        for score in standing.scores
        if standing.config_id in names and score.part == "test"
    ]


def _points(
    curves: Sequence[Curve], names: dict[str, str], kinds: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """One row an epoch that is drawn: every n-th, the kept one and the last."""
    chosen = [(curve, kind) for curve in curves for kind in kinds if kind in curve.values]
    step = 1 + sum(len(curve.values[kind]) for curve, kind in chosen) // POINTS
    for curve, kind in chosen:
        values = curve.values[kind].astype("float64").tolist()
        spreads = curve.deviations[kind].tolist() if kind in curve.deviations else None
        for epoch, value in enumerate(values, start=1):
            kept = epoch == curve.best_epoch
            if epoch % step == 1 % step or kept or epoch == len(values):
                spread = spreads[epoch - 1] if spreads else None
                around = {} if spread is None else {"low": value - spread, "high": value + spread}
                yield {
                    **{"configuration": names[curve.config_id], "kind": kinds[kind], "seed": str(curve.seed)},
                    **{"trial": f"{curve.fold} {curve.seed}", "epoch": epoch, "value": value, "kept": kept},
                    **{"config_id": curve.config_id, **around},
                }


def _table(points: list[dict[str, Any]], kind: str) -> pd.DataFrame:
    """A row an epoch of a trial, a column a curve."""
    frame = pd.DataFrame(points).rename(columns={"kind": kind})
    order = list(frame[kind].unique())
    wide = frame.pivot(index=["configuration", "trial", "seed", "epoch"], columns=kind, values="value")
    return wide[order].reset_index().drop(columns="trial").rename_axis(columns=None)


def _width(several: bool, times: float) -> Any:
    """Of a trial's line: thin where a configuration has several, wider where it is highlighted."""
    usual = 0.9 if several else 1.5
    return alt.when(HIGHLIGHTED).then(alt.value(times * usual)).otherwise(alt.value(usual))


def _epoch() -> alt.X:
    axis = alt.Axis(tickCount=4, tickMinStep=1)
    return alt.X("epoch:Q", title="epoch", scale=alt.Scale(nice=False), axis=axis)


def _losses(names: list[str], several: bool, banded: bool) -> alt.FacetChart:
    columns, order = min(len(names), _COLUMNS), list(_LOSSES.values())
    x = _epoch()
    y = alt.Y("value:Q", title="loss", axis=alt.Axis(tickCount=4), scale=alt.Scale(zero=False))
    color = alt.Color("kind:N", scale=alt.Scale(domain=order, range=[GREY, BLUE]), title=None)
    dash = alt.StrokeDash("kind:N", scale=alt.Scale(domain=order, range=[[4, 3], [1, 0]]), title=None)
    picked, opacity = legend("kind")
    lines = (
        alt.Chart()
        .mark_line(strokeCap="round")
        .encode(
            x=x,
            y=y,
            color=color,
            strokeDash=dash,
            detail=["trial:N", "config_id:N"],
            opacity=opacity,
            strokeWidth=_width(several, 2),
            tooltip=told("configuration", "kind", "seed"),
        )
        .add_params(picked)
    )
    kept = (
        alt.Chart()
        .transform_filter("datum.kept && datum.kind == 'validation'")
        .mark_point(filled=True, size=46, opacity=1, color=BLUE)
        .encode(x=x, y=y, tooltip=told("config_id", "seed", epoch=",d", value=".4f"))
    )
    band = alt.Chart().mark_area(opacity=0.15).encode(x=x, y="low:Q", y2="high:Q", color=color)
    chart: alt.FacetChart = (
        # A layer without rows has no scale: means have no epoch of their own that was kept.
        alt.layer(*([band, lines] if banded else [lines, kept]))
        .properties(width=PANEL / columns - 30, height=_HEIGHT)
        .facet(
            facet=alt.Facet("configuration:N", sort=names, title=None), columns=columns, data=ROWS, spacing=18
        )
        .resolve_axis(x="independent")
    )
    return chart


def _metrics(
    names: list[str], metrics: dict[str, str], several: bool, banded: bool, tested: bool
) -> alt.FacetChart:
    columns = min(len(metrics), _COLUMNS)
    x = _epoch()
    labels = alt.Axis(tickCount=4, minExtent=EXTENT, maxExtent=EXTENT)
    y = alt.Y("value:Q", title=None, axis=labels, scale=alt.Scale(zero=False))
    color = alt.Color(
        "configuration:N",
        scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])),
        title=None,
        legend=alt.Legend(columns=3),
    )
    picked, opacity = legend("configuration")
    lines = (
        alt.Chart()
        .transform_filter("isValid(datum.epoch)")
        .mark_line(strokeCap="round")
        .encode(
            x=x,
            y=y,
            color=color,
            detail="trial:N",
            opacity=opacity,
            strokeWidth=_width(several, 3),
            tooltip=told("configuration", "kind", "seed"),
        )
        .add_params(picked)
    )
    sealed = (
        alt.Chart()
        .transform_filter("isValid(datum.sealed)")
        .mark_rule(strokeDash=[5, 4], strokeWidth=1.2)
        .encode(
            y=alt.Y("sealed:Q"), color=color, opacity=opacity, tooltip=told("configuration", sealed=".4f")
        )
    )
    band = (
        alt.Chart()
        .transform_filter("isValid(datum.low)")
        .mark_area(opacity=0.12)
        .encode(x=x, y="low:Q", y2="high:Q", color=color)
    )
    chart: alt.FacetChart = (
        alt.layer(*([band] if banded else []), lines, *([sealed] if tested else []))
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
