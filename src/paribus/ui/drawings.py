"""Figures of one configuration: how its trials learned, and what they predicted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from paribus.report.figures import Figure
from paribus.report.figures.drawing import ROWS, draw

MOST = 4000
"""Points that are drawn, at most."""
_PLACES = ("fold", "seed", "epoch", "is_best")


def curves_drawing(frame: pd.DataFrame, metrics: tuple[str, ...]) -> Figure:
    """Each value by epoch, a panel a value, training and validation by colour, a line a trial.

    `frame` as `details.curves_frame` makes it.
    """
    kinds = [name for name in ("loss", *metrics) if {name, f"val_{name}"} & set(frame.columns)]
    rows = list(_curve_rows(frame, kinds))
    step = 1 + len(rows) // MOST
    kept = [row for row in rows if row["epoch"] % step == 1 % step or row["kept"]]
    base = alt.Chart().encode(
        x=alt.X("epoch:Q", axis=alt.Axis(tickMinStep=1)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
        color=alt.Color("part:N", title=None),
        detail="trial:N",
        tooltip=["trial:N", "part:N", "epoch:Q", alt.Tooltip("value:Q", format=".4f")],
    )
    dots = base.mark_circle(size=40).transform_filter("datum.kept")
    chart = (
        alt.layer(base.mark_line(), dots, data=ROWS)
        .properties(width=210, height=140)
        .facet(facet=alt.Facet("kind:N", title=None, sort=kinds), columns=3)
        .resolve_scale(y="independent")
    )
    said = "Each value by epoch, a line a trial; a dot stands at the epoch whose weights were kept."
    return draw("curves", "Learning curves", said, chart, kept, pd.DataFrame(kept))


def _curve_rows(frame: pd.DataFrame, kinds: list[str]) -> Iterator[dict[str, Any]]:
    for row in frame.to_dict("records"):
        trial = f"fold {row['fold']}, seed {row['seed']}"
        for kind in kinds:
            for part, name in (("training", kind), ("validation", f"val_{kind}")):
                if name in row and row[name] == row[name]:
                    yield {
                        **{"trial": trial, "epoch": int(row["epoch"]), "kind": kind, "part": part},
                        **{"value": float(row[name]), "kept": bool(row["is_best"])},
                    }


def predictions_drawing(frame: pd.DataFrame) -> Figure | None:
    """Predicted against true numbers, or the probability of the last class by the true one.

    `frame` as `details.predictions_frame` makes it; None for several labels or targets.
    """
    if "truth" not in frame.columns:
        return None
    shown = frame.iloc[:: 1 + len(frame) // MOST]
    if "prediction" in frame.columns:
        rows: list[dict[str, Any]] = [
            {"truth": float(truth), "prediction": float(value)}
            for truth, value in zip(shown["truth"], shown["prediction"], strict=True)
        ]
        chart: alt.Chart = (
            alt.Chart(ROWS)
            .mark_circle(size=30, opacity=0.5)
            .encode(x=alt.X("truth:Q", title="true"), y=alt.Y("prediction:Q", title="predicted"))
            .properties(width=420, height=320)
        )
        said = "Predicted against true value of every validation row."
    else:
        name = [column for column in frame.columns if column.startswith("p_")][-1]
        rows = [
            {"truth": str(truth), "prediction": float(value)}
            for truth, value in zip(shown["truth"], shown[name], strict=True)
        ]
        title = f"predicted probability of {name.removeprefix('p_')}"
        chart = (
            alt.Chart(ROWS)
            .mark_bar(opacity=0.75)
            .encode(
                x=alt.X("prediction:Q", bin=alt.Bin(maxbins=30, extent=[0, 1]), title=title),
                y=alt.Y("count():Q", title="rows", stack=None),
                color=alt.Color("truth:N", title="truly"),
            )
            .properties(width=520, height=220)
        )
        said = f"How the {title} is spread over the validation rows, by the true class."
    return draw("predictions", "Predictions on validation", said, chart, rows, pd.DataFrame(rows))
