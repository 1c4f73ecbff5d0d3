"""The score against what it costs: parameters and training time."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from paribus.data.spacing import spaced
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
from paribus.report.figures.theme import BLUE, GREY, PALETTE, PANEL, VERMILLION

MOST = 1500
"""Configurations that are drawn: the front, and others evenly through the leaderboard."""
FRONT, OTHER = "on the Pareto front", "another is better in all"


def cost_figure(facts: Facts) -> Figure | None:
    """A bubble a configuration, its size the training time; None without a front."""
    if facts.choices is None:
        return None
    metric = facts.choices.metric
    board = facts.board[["rank", "config_id", "n_parameters", f"val_{metric}", "train_seconds", "n_done"]]
    known = board[board[f"val_{metric}"].notna() & board["n_parameters"].notna() & (board["n_done"] > 0)]
    front = known["config_id"].isin([each.config_id for each in facts.choices.front])
    others = known[~front]
    shown = pd.concat([others.iloc[spaced(len(others), MOST)], known[front]])
    table = pd.DataFrame(
        {
            "rank": shown["rank"],
            "config_id": shown["config_id"],
            "score": shown[f"val_{metric}"],
            "parameters": shown["n_parameters"].astype("int64"),
            "milliseconds": 1000 * shown["train_seconds"] / shown["n_done"],
            "front": np.where(shown["config_id"].isin(known[front]["config_id"]), FRONT, OTHER),
        }
    )
    drawn = f"{len(table):,} of {len(known):,} configurations, all of the front among them"
    title = f"Validation {metric} against parameters, bubbles by training time"
    title += f"; {drawn}" if len(table) < len(known) else ""
    said = f"{title}. {int(front.sum())} configurations are on the Pareto front."
    ordered = table.sort_values("rank")
    return draw("cost", title, said, _chart(metric), records(table), ordered.drop(columns="front"))


def _chart(metric: str) -> alt.LayerChart | alt.FacetChart:
    x = alt.X(
        "parameters:Q",
        title="parameters",
        scale=alt.Scale(type="log", nice=False, padding=12),
        axis=alt.Axis(tickCount=5, format="~s"),
    )
    y = alt.Y("score:Q", title=metric, scale=alt.Scale(zero=False, padding=10), axis=alt.Axis(tickCount=5))
    color = alt.Color("front:N", title=None, scale=alt.Scale(domain=[FRONT, OTHER], range=[VERMILLION, BLUE]))
    front = alt.when(f"datum.front === '{FRONT}'").then(alt.value(0.9)).otherwise(alt.value(0.3))
    size = alt.Size(
        "milliseconds:Q",
        title="ms a trial",
        scale=alt.Scale(type="sqrt", range=[12, 320]),
        legend=alt.Legend(orient="bottom", tickCount=4, symbolFillColor=GREY, symbolStrokeColor=GREY),
    )
    bubbles = (
        alt.Chart(ROWS)
        .mark_point(filled=True)
        .encode(
            x=x,
            y=y,
            color=color,
            size=size,
            opacity=front,
            tooltip=told("config_id", rank=",d", score=".4f", parameters=",d", milliseconds=".3~g"),
        )
        .add_params(zoom("zoom"))
    )
    ring = (
        alt.Chart(CONFIGURATIONS)
        .transform_filter(f"datum.rank === 1 || {HIGHLIGHTED}")
        .mark_point(size=320, color=PALETTE[2], strokeWidth=3)
        .encode(x=alt.X("n_parameters:Q"), y=alt.Y(f"val_{metric}:Q"), opacity=HIGHLIGHT)
    )
    return alt.layer(bubbles, ring).properties(width=PANEL - 120, height=300)
