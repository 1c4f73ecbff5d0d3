"""Scores against the number of parameters."""

from __future__ import annotations

from collections import Counter
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from paribus.report.facts import Facts
from paribus.report.figures.drawing import ROWS, Figure, draw
from paribus.report.figures.theme import BLUE, EXTENT, PANEL, VERMILLION

SHOWN = 200
"""Rows of the figure's table; the leaderboard has them all."""
_PARTS = {"val": "validation", "train": "training"}
_COLUMNS, _HEIGHT = 3, 150


def parameters_figure(facts: Facts, part: str) -> Figure | None:
    """A panel a metric, a point a configuration, the chosen one marked; None where nothing was scored."""
    metrics = [
        metric for metric in facts.study.protocol.metrics if facts.board[f"{part}_{metric}"].notna().any()
    ]
    if not metrics:
        return None
    found = [row for metric in metrics for row in _points(facts.board, metric, f"{part}_{metric}")]
    said = (
        f"The {_PARTS[part]} score of every configuration against its number of parameters, on a logarithmic"
        f" axis: one panel for each of {', '.join(metrics)}. The chosen configuration is a diamond."
    )
    shown = facts.board[["rank", "config_id", "n_parameters", *(f"{part}_{metric}" for metric in metrics)]]
    titles = {"config_id": "configuration", "n_parameters": "parameters"}
    titles |= {f"{part}_{metric}": metric for metric in metrics}
    chart = _chart(metrics, max(row["configurations"] for row in found))
    return draw(f"parameters-{part}", said, chart, found, shown.head(SHOWN).rename(columns=titles))


def _points(board: pd.DataFrame, metric: str, column: str) -> list[dict[str, Any]]:
    """One point for all configurations that fall on the same pixel, and one for the chosen."""
    known = board[board[column].notna() & board["n_parameters"].notna() & np.isfinite(board[column])]
    values, sizes = known[column].to_numpy("float64"), known["n_parameters"].to_numpy("int64")
    if not len(values):
        return []
    low, pixel = values.min(), (values.max() - values.min()) / _HEIGHT or 1.0
    places = Counter(
        zip(sizes.tolist(), (low + pixel * np.round((values - low) / pixel)).tolist(), strict=True)
    )
    found = [
        {"metric": metric, "parameters": size, "score": value, "configurations": n, "chosen": False}
        for (size, value), n in places.items()
    ]
    if known["rank"].iloc[0] == 1:
        found.append({**found[0], "score": values[0], "parameters": int(sizes[0]), "chosen": True})
    return found


def _chart(metrics: list[str], most: int) -> alt.FacetChart:
    columns = min(len(metrics), _COLUMNS)
    x = alt.X(
        "parameters:Q",
        title="parameters",
        scale=alt.Scale(type="log", nice=False, padding=10),
        axis=alt.Axis(tickCount=4, format="~s"),
    )
    labels = alt.Axis(tickCount=4, minExtent=EXTENT, maxExtent=EXTENT)
    y = alt.Y("score:Q", title=None, scale=alt.Scale(zero=False, padding=9), axis=labels)
    several = alt.Size(
        "configurations:Q",
        scale=alt.Scale(type="sqrt", domain=[0, most], range=[12, 130]),
        legend=alt.Legend(title="configurations at a point", values=sorted({1, -(-most // 4), most})),
    )
    cloud = (
        alt.Chart()
        .transform_filter("!datum.chosen")
        .mark_point(filled=True, color=BLUE, opacity=0.45)
        .encode(x=x, y=y, size=several)
    )
    chosen = (
        alt.Chart()
        .transform_filter("datum.chosen")
        .mark_point(shape="diamond", filled=True, color=VERMILLION, size=110, stroke="white", opacity=1)
        .encode(x=x, y=y)
    )
    chart: alt.FacetChart = (
        alt.layer(cloud, chosen)
        .properties(width=PANEL / columns - EXTENT, height=_HEIGHT)
        .facet(facet=alt.Facet("metric:N", sort=metrics, title=None), columns=columns, data=ROWS, spacing=18)
        .resolve_scale(y="independent")
        .resolve_axis(x="independent")
    )
    return chart
