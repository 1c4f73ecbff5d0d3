"""What each level of a factor gave."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from paribus.report.facts import StageFacts
from paribus.report.figures.drawing import ROWS, Figure, draw
from paribus.report.figures.theme import BLUE, PANEL, VERMILLION
from paribus.report.formats import level

MEDIAN, BEST = "median of trials", "best trial"


def factor_name(place: int, factor: str) -> str:
    """The file name of a factor's figure in the stage at `place`, from 1."""
    return f"stage-{place}-{factor.replace('.', '-')}"


def factor_figure(place: int, stage: StageFacts, factor: str, metrics: Sequence[str]) -> Figure | None:
    """Median and best by level, a panel a metric; None where no trial was scored."""
    table = stage.effects[factor]
    shown = pd.DataFrame({"level": [level(value) for value in table["level"]], "trials": table["n_trials"]})
    found = [
        {
            "level": name,
            "metric": metric,
            "median": row[f"val_{metric}_median"],
            "best": row[f"val_{metric}_best"],
        }
        for name, (_, row) in zip(shown["level"], table.iterrows(), strict=True)
        for metric in metrics
        if pd.notna(row[f"val_{metric}_median"])
    ]
    if not found:
        return None
    for metric in metrics:
        shown[f"{metric}, median"] = table[f"val_{metric}_median"]
        shown[f"{metric}, best"] = table[f"val_{metric}_best"]
    said = (
        f"Stage {stage.name}: median and best validation score of the trials at each level of {factor}"
        f" ({', '.join(shown['level'])}), one panel for each of {', '.join(metrics)}."
    )
    return draw(factor_name(place, factor), said, _chart(factor, list(shown["level"]), metrics), found, shown)


def _chart(factor: str, levels: list[str], metrics: Sequence[str]) -> alt.FacetChart:
    columns = min(len(metrics), 5)
    y = alt.Y("level:N", sort=levels, title=factor, axis=alt.Axis(grid=True))
    x = alt.X("median:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=3))
    kind = alt.Scale(domain=[MEDIAN, BEST], range=[BLUE, VERMILLION])
    shape = alt.Scale(domain=[MEDIAN, BEST], range=["circle", "diamond"])
    layers = [alt.Chart().mark_rule(color="#B6BDC6", strokeWidth=1.5).encode(x=x, x2="best:Q", y=y)]
    for name, field, size in ((MEDIAN, "median", 72), (BEST, "best", 34)):
        layers.append(
            alt.Chart()
            .transform_calculate(kind=f"'{name}'")
            .mark_point(filled=True, size=size, opacity=1)
            .encode(
                x=alt.X(f"{field}:Q"),
                y=y,
                color=alt.Color("kind:N", scale=kind, title=None),
                shape=alt.Shape("kind:N", scale=shape, title=None),
            )
        )
    panels = alt.layer(*layers).properties(width=(PANEL - 90) / columns - 14, height=alt.Step(20))
    chart: alt.FacetChart = panels.facet(
        facet=alt.Facet("metric:N", sort=list(metrics), title=None), columns=columns, data=ROWS, spacing=14
    ).resolve_scale(x="independent")
    return chart
