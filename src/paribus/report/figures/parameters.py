"""Scores against the number of parameters."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.report.facts import Facts
from paribus.report.figures.drawing import (
    CONFIGURATIONS,
    HIGHLIGHT,
    HIGHLIGHTED,
    ROWS,
    Figure,
    draw,
    records,
    told,
    zoom,
)
from paribus.report.figures.theme import BLUE, EXTENT, PANEL, PAPER, VERMILLION

POINTS = 1000
"""Points of a panel, about: of more, those near each other are one."""
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
    chart = _chart(metrics, part, max(row["configurations"] for row in found))
    name = f"{_PARTS[part].capitalize()} scores against the number of parameters"
    return draw(f"parameters-{part}", name, said, chart, found, shown.head(SHOWN).rename(columns=titles))


def _points(board: pd.DataFrame, metric: str, column: str) -> list[dict[str, Any]]:
    """One point for all configurations that fall on the same pixel, the best of them by name; the chosen."""
    known = board[board[column].notna() & board["n_parameters"].notna() & np.isfinite(board[column])]
    if known.empty:
        return []
    values, sizes = known[column].to_numpy("float64"), known["n_parameters"].to_numpy("int64")
    found = _together(sizes, values, known["config_id"].to_numpy())
    if known["rank"].iloc[0] == 1:
        chosen = {"score": values[0], "parameters": int(sizes[0]), "configurations": 1, "chosen": True}
        found.append({"config_id": known["config_id"].iloc[0], **chosen})
    return [{"metric": metric, **row} for row in found]


def _together(sizes: NDArray[np.int64], values: NDArray[np.float64], names: Any) -> list[dict[str, Any]]:
    """A point a cell of pixels, as coarse as the points are many, at the place of its best configuration."""
    logs = np.log(np.maximum(sizes, 1))
    for pixels in (1, 2, 4, 8):
        cells = pd.DataFrame(
            {
                "x": _cells(logs, PANEL / _COLUMNS / pixels),
                "y": _cells(values, _HEIGHT / pixels),
                **{"parameters": sizes, "score": values, "config_id": names},
            }
        )
        groups = cells.groupby(["x", "y"], sort=False)
        if groups.ngroups <= POINTS:
            break
    return records(groups.first().assign(configurations=groups.size()))


def _cells(values: NDArray[np.float64], cells: float) -> NDArray[np.float64]:
    """Which of so many equal cells from the least to the largest each value is in."""
    low, high = values.min(), values.max()
    found: NDArray[np.float64] = np.round((values - low) / ((high - low) or 1.0) * cells)
    return found


def _chart(metrics: list[str], part: str, most: int) -> alt.ConcatChart:
    chart: alt.ConcatChart = alt.concat(
        *(
            _panel(place, metric, f"{part}_{metric}", most, len(metrics))
            for place, metric in enumerate(metrics)
        ),
        columns=min(len(metrics), _COLUMNS),
        spacing=18,
        data=ROWS,
    )
    return chart


def _panel(place: int, metric: str, column: str, most: int, panels: int) -> alt.LayerChart | alt.FacetChart:
    # Tables, not classes of Altair: those are copied again and again, field by field.
    x = alt.X(
        "parameters:Q",
        title="parameters",
        scale={"type": "log", "nice": False, "padding": 10},
        axis={"tickCount": 4, "format": "~s"},
    )
    labels = {"tickCount": 4, "minExtent": EXTENT, "maxExtent": EXTENT}
    y = alt.Y("score:Q", title=None, scale={"zero": False, "padding": 9}, axis=labels)
    several = alt.Size(
        "configurations:Q",
        scale={"type": "sqrt", "domain": [0, most], "range": [12, 130]},
        legend={
            "title": "configurations at a point",
            "values": sorted({1, -(-most // 4), most}),
            "format": ",d",
            "symbolFillColor": BLUE,
            "symbolStrokeColor": BLUE,
        },
    )
    tooltip = told("config_id", score=".4f", parameters=",d", configurations=",d")
    own = alt.Chart().transform_filter(alt.datum.metric == metric)
    cloud = (
        own.transform_filter("!datum.chosen")
        .mark_point(filled=True, color=BLUE, opacity=0.45)
        .encode(x=x, y=y, size=several, tooltip=tooltip)
        .add_params(zoom(f"zoom_{place}"))
    )
    chosen = (
        own.transform_filter("datum.chosen")
        .mark_point(shape="diamond", filled=True, color=VERMILLION, size=110, stroke=PAPER, opacity=1)
        .encode(x=x, y=y, tooltip=tooltip)
    )
    highlighted = (
        alt.Chart(CONFIGURATIONS)
        .transform_filter(f"datum.rank === 1 || {HIGHLIGHTED}")  # a layer without rows has no scale
        .mark_point(size=220, color=VERMILLION, strokeWidth=3)
        .encode(x=alt.X("n_parameters:Q"), y=alt.Y(f"{column}:Q"), opacity=HIGHLIGHT)
    )
    width = PANEL / min(panels, _COLUMNS) - EXTENT
    return alt.layer(cloud, chosen, highlighted).properties(width=width, height=_HEIGHT, title=metric)
