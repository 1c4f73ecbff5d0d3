"""Whether the chosen configuration's probabilities mean what they say."""

from __future__ import annotations

import altair as alt
import pandas as pd

from paribus.report.facts import Facts
from paribus.report.figures.drawing import ROWS, Figure, draw, told
from paribus.report.figures.theme import BLUE, GREY

SIDE = 300
_TITLES = {
    "binary": "Reliability: of the rows called 70 % likely, are 70 % positive?",
    "multiclass": "Reliability of the likeliest class",
}


def reliability_figure(facts: Facts) -> Figure | None:
    """The share of positive rows against the mean probability, a point a bin; None without calibration."""
    if facts.calls is None:
        return None
    found = facts.calls.calibration
    rows = [
        {
            "probability": each.mean_probability,
            "share": each.share_positive,
            "low": each.interval.low,
            "high": each.interval.high,
            "rows": each.rows,
        }
        for each in found.bins
    ]
    share = "share positive" if facts.data["task"] == "binary" else "share right"
    said = (
        f"Reliability of the chosen configuration on {found.n:,} validation rows: in each of {len(rows)} bins"
        f" of the predicted probability its mean and the {share}, with Wilson's interval, beside the diagonal"
        " where both are equal."
    )
    unit = alt.Scale(domain=[0, 1])
    x = alt.X("probability:Q", title="predicted probability", scale=unit, axis=alt.Axis(tickCount=5))
    y = alt.Y("share:Q", title=share, scale=unit, axis=alt.Axis(tickCount=5))
    diagonal = alt.Chart().mark_rule(color=GREY, strokeDash=[3, 3])
    layers = [
        diagonal.encode(x=alt.XDatum(0), y=alt.YDatum(0), x2=alt.X2Datum(1), y2=alt.Y2Datum(1)),
        alt.Chart().mark_rule(color=BLUE, opacity=0.5).encode(x=x, y=alt.Y("low:Q", scale=unit), y2="high:Q"),
        alt.Chart()
        .mark_point(filled=True, color=BLUE, opacity=1)
        .encode(
            x=x,
            y=y,
            size=alt.Size(
                "rows:Q",
                title="rows",
                scale=alt.Scale(type="sqrt", range=[25, 160]),
                legend=alt.Legend(tickCount=4, symbolFillColor=BLUE, symbolStrokeColor=BLUE),
            ),
            tooltip=told(probability=".3f", share=".3f", low=".3f", high=".3f", rows=",d"),
        ),
    ]
    chart = alt.layer(*layers, data=ROWS).properties(width=SIDE, height=SIDE)
    table = pd.DataFrame(rows).rename(columns={"probability": "mean probability", "share": share})
    return draw("reliability", _TITLES[facts.data["task"]], said, chart, rows, table)
