"""What each level of a factor gave."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from paribus.report.facts import StageFacts
from paribus.report.figures.drawing import ROWS, Figure, draw, records, told
from paribus.report.figures.theme import BLUE, LINE, PANEL, VERMILLION
from paribus.report.formats import level

MEDIAN, BEST = "median of trials", "best trial"


def factor_name(place: int, factor: str) -> str:
    """The file name of a factor's figure in the stage at `place`, from 1."""
    return f"stage-{place}-{factor.replace('.', '-')}"


def factor_figure(place: int, stage: StageFacts, factor: str, metrics: Sequence[str]) -> Figure | None:
    """Quartiles, median and best by level, a panel a metric; None where no trial was scored."""
    table, spread = stage.effects[factor], stage.spreads[factor]
    shown = pd.DataFrame({"level": [level(value) for value in table["level"]], "trials": table["n_trials"]})
    quartiles = {(row["level"], row["metric"]): row for row in records(spread)}
    found = [
        {
            "level": name,
            "metric": metric,
            "median": row[f"val_{metric}_median"],
            "best": row[f"val_{metric}_best"],
            "trials": row["n_trials"],
            **{name: quartiles[row["level"], metric][name] for name in ("low", "lower", "upper", "high")},
        }
        for name, row in zip(shown["level"], records(table), strict=True)
        for metric in metrics
        if pd.notna(row[f"val_{metric}_median"])
    ]
    if not found:
        return None
    for metric in metrics:
        shown[f"{metric}, median"] = table[f"val_{metric}_median"]
        shown[f"{metric}, best"] = table[f"val_{metric}_best"]
    said = (
        f"Stage {stage.name}: distribution of the validation scores of the trials at each level of {factor}"
        f" ({', '.join(shown['level'])}), one panel for each of {', '.join(metrics)}: a thin line from the"
        " lowest to the highest, a thick one over the middle half, the median, and the best."
    )
    title = f"Validation scores by {factor}, stage {stage.name}"
    chart = _chart(factor, list(shown["level"]), metrics)
    return draw(factor_name(place, factor), title, said, chart, found, shown)


def _chart(factor: str, levels: list[str], metrics: Sequence[str]) -> alt.FacetChart:
    columns = min(len(metrics), 5)
    # Tables, not classes of Altair: those are copied again and again, field by field.
    scale, axis = {"zero": False, "nice": True}, {"tickCount": 3}
    kind = {"domain": [MEDIAN, BEST], "range": [BLUE, VERMILLION]}
    shape = {"domain": [MEDIAN, BEST], "range": ["circle", "diamond"]}
    line = alt.Chart().mark_rule(color=LINE)
    layers = [
        line.encode(
            x=alt.X("low:Q", title=None, scale=scale, axis=axis), x2="high:Q", size=alt.SizeValue(1.2)
        ),
        line.encode(x=alt.X("lower:Q"), x2="upper:Q", size=alt.SizeValue(5)),
    ]
    for name, field, size in ((MEDIAN, "median", 72), (BEST, "best", 34)):
        layers.append(
            alt.Chart()
            .transform_calculate(kind=f"'{name}'")
            .mark_point(filled=True, size=size, opacity=1)
            .encode(
                x=alt.X(f"{field}:Q"),
                color=alt.Color("kind:N", scale=kind, title=None),
                shape=alt.Shape("kind:N", scale=shape, title=None),
            )
        )
    tooltip = told(
        "level", "metric", low=".4f", lower=".4f", median=".4f", upper=".4f", best=".4f", trials=",d"
    )
    panels = (
        alt.layer(*layers)
        .encode(y=alt.Y("level:N", sort=levels, title=factor, axis={"grid": True}), tooltip=tooltip)
        .properties(width=(PANEL - 90) / columns - 14, height=alt.Step(20))
    )
    chart: alt.FacetChart = panels.facet(
        facet=alt.Facet("metric:N", sort=list(metrics), title=None), columns=columns, data=ROWS, spacing=14
    ).resolve_scale(x="independent")
    return chart
