"""How far the chosen configuration's numbers lie from the truth."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt
import pandas as pd

from paribus.report.facts import Estimated, Facts
from paribus.report.figures.classes import PARTS
from paribus.report.figures.drawing import ROWS, Figure, draw, records, told, zoom
from paribus.report.figures.theme import BLUE, GREY

SIDE = 260


def residual_figures(facts: Facts) -> Iterator[Figure]:
    """Predicted against true, residuals against predicted, and their distribution."""
    found = [each for each in facts.predicted if isinstance(each, Estimated)]
    if not found:
        return
    sample = pd.concat([each.sample.assign(part=PARTS[each.part]) for each in found], ignore_index=True)
    drawn = "; ".join(f"{PARTS[each.part]}: {len(each.sample):,} of {each.rows:,} rows" for each in found)
    low = float(sample[["truth", "predicted"]].min().min())
    high = float(sample[["truth", "predicted"]].max().max())
    equal = alt.Chart().mark_rule(color=GREY, strokeDash=[3, 3])
    diagonal = equal.encode(x=alt.XDatum(low), y=alt.YDatum(low), x2=alt.X2Datum(high), y2=alt.Y2Datum(high))
    title = f"Predicted against true; {drawn}"
    said = f"Predicted against true values of the chosen configuration, with the line of equality. {drawn}."
    chart = _points(sample, ("truth", "true"), ("predicted", "predicted"), diagonal)
    yield draw("calls-predicted", title, said, chart, records(sample), sample)
    level = equal.encode(y=alt.YDatum(0))
    title = "Residuals (true − predicted) against predicted"
    said = (
        f"Residuals of the chosen configuration against what it predicted, beside the line at none. {drawn}."
    )
    chart = _points(sample, ("predicted", "predicted"), ("residual", "residual"), level)
    yield draw("calls-residuals", title, said, chart, records(sample), sample)
    yield _distribution(found)


def _points(
    sample: pd.DataFrame, across: tuple[str, str], up: tuple[str, str], line: alt.Chart
) -> alt.ConcatChart:
    parts = list(sample["part"].unique())
    panels = [
        alt.layer(
            line,
            alt.Chart()
            .transform_filter(alt.datum.part == part)
            .mark_point(filled=True, size=18, color=BLUE, opacity=0.5)
            .encode(
                x=alt.X(
                    f"{across[0]}:Q", title=across[1], scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)
                ),
                y=alt.Y(f"{up[0]}:Q", title=up[1], scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)),
                tooltip=told(truth=".4~g", predicted=".4~g", residual=".4~g"),
            )
            .add_params(zoom(f"zoom_{place}")),
        ).properties(width=SIDE, height=SIDE, title=part)
        for place, part in enumerate(parts)
    ]
    chart: alt.ConcatChart = alt.concat(*panels, columns=len(panels), data=ROWS, spacing=28)
    return chart


def _distribution(found: list[Estimated]) -> Figure:
    table = pd.concat([each.residuals.assign(part=PARTS[each.part]) for each in found], ignore_index=True)
    parts = list(table["part"].unique())
    chart = (
        alt.Chart()
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("low:Q", title="residual", bin=alt.BinParams(binned=True), axis=alt.Axis(tickCount=5)),
            x2="high:Q",
            y=alt.Y("rows:Q", title="rows", axis=alt.Axis(tickCount=4)),
            tooltip=told(low=".4~g", high=".4~g", rows=",d"),
        )
        .properties(width=SIDE, height=150)
        .facet(facet=alt.Facet("part:N", sort=parts, title=None), columns=len(parts), data=ROWS, spacing=28)
        .resolve_scale(x="independent", y="independent")
        .resolve_axis(x="independent", y="independent")
    )
    title = "Distribution of the residuals"
    said = "How many rows have a residual (true − predicted) of each size, a panel a part."
    return draw("calls-residual-distribution", title, said, chart, records(table), table)
