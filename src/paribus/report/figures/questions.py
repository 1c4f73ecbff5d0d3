"""A question's levels with their intervals, and their differences from the best."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from paribus.report.figures.drawing import HIGHLIGHTED, ROWS, Figure, draw, told
from paribus.report.figures.theme import BLUE, GREY, PANEL, VERMILLION
from paribus.report.formats import level
from paribus.stats.answers import Answer


def question_name(place: int) -> str:
    """The file name of the figure of the question at `place`, from 1."""
    return f"question-{place}"


def question_figure(place: int, answer: Answer) -> Figure | None:
    """Each level's score, and its difference from the best level, with their intervals; None without any."""
    metric, vary = answer.question.metric, answer.question.vary
    table = pd.DataFrame([_row(answer, number) for number in range(len(answer.levels))])
    if table.empty or table["score"].isna().all():
        return None
    levels = list(table["level"])
    score = _panel(levels, vary, f"{metric}, 95 % interval", ("score", "low", "high"), answer.margin)
    difference = _panel(
        levels,
        None,
        "difference from the best mean",
        ("difference", "difference_low", "difference_high"),
        answer.margin,
    )
    said = (
        f"Question {answer.question.name}: {metric} at each level of {vary} ({', '.join(levels)}) with its"
        " 95 % interval, and beside it the difference from the level of the best mean with its interval."
    )
    shaded = f"; shaded: the same within ±{level(answer.margin)}" if answer.margin else ""
    return draw(
        question_name(place),
        f"{metric} at each level of {vary}, on the validation rows{shaded}",
        said,
        alt.concat(score, difference, columns=2, spacing=24, data=ROWS),
        [dict(row) for _, row in table.iterrows()],
        table.rename(columns={"score": metric, "config_id": "configuration"}),
    )


def _row(answer: Answer, place: int) -> dict[str, Any]:
    each, nothing = answer.levels[place], float("nan")
    found = None if answer.best is None else answer.difference(place, answer.best)
    itself = 0.0 if place == answer.best else nothing
    return {
        "level": level(each.level),
        "config_id": each.config_id,
        "score": each.estimate,
        "low": each.interval.low,
        "high": each.interval.high,
        "difference": found.estimate if found else itself,
        "difference_low": found.interval.low if found else itself,
        "difference_high": found.interval.high if found else itself,
    }


def _panel(
    levels: list[str], vary: str | None, title: str, columns: tuple[str, str, str], margin: float
) -> alt.LayerChart | alt.FacetChart:
    """Points with bars from low to high; differences have a line at none, and the margin shaded."""
    value, low, high = columns
    y = alt.Y("level:N", sort=levels, title=vary, axis=alt.Axis(labels=vary is not None, grid=True))
    x = alt.X(f"{low}:Q", title=title, scale=alt.Scale(zero=vary is None), axis=alt.Axis(tickCount=4))
    tooltip = told("level", "config_id", **{value: ".4f", low: ".4f", high: ".4f"})
    size = alt.when(HIGHLIGHTED).then(alt.value(170)).otherwise(alt.value(60))
    color = alt.when(HIGHLIGHTED).then(alt.value(VERMILLION)).otherwise(alt.value(BLUE))
    layers = [
        alt.Chart().mark_rule(color=BLUE, strokeWidth=2).encode(x=x, x2=f"{high}:Q", y=y, tooltip=tooltip),
        alt.Chart()
        .mark_point(filled=True, opacity=1)
        .encode(x=f"{value}:Q", y=y, size=size, color=color, tooltip=tooltip),
    ]
    if vary is None:
        layers.insert(0, alt.Chart().mark_rule(color=GREY, strokeDash=[3, 3]).encode(x=alt.XDatum(0)))
        if margin:
            shade = alt.Chart().mark_rect(color=GREY, opacity=0.03)
            layers.insert(0, shade.encode(x=alt.XDatum(-margin), x2=alt.X2Datum(margin)))
    return alt.layer(*layers).properties(width=PANEL / 2 - 50, height=alt.Step(26))
