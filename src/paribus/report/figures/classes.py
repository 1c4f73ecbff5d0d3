"""How the chosen configuration tells the classes apart."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt
import pandas as pd

from paribus.report.facts import Classified, Facts
from paribus.report.figures.drawing import ROWS, Figure, draw, legend, records, told
from paribus.report.figures.theme import GREY, HIGH, LOW, MIDDLE, PALETTE, VERMILLION

SIDE = 260
PARTS = {"val": "validation rows", "test": "the sealed part"}
_MOST = 40
"""Classes of a confusion matrix that are drawn."""


def class_figures(facts: Facts) -> Iterator[Figure]:
    """ROC, precision and recall, confusion matrices and distributions; a panel a part."""
    found = [each for each in facts.predicted if isinstance(each, Classified)]
    if not found:
        return
    if any(len(each.roc) for each in found):
        yield _roc(found)
        yield _recalls(facts, found)
    if len(facts.data["classes"]) <= _MOST:
        yield _confusion(found, list(facts.data["classes"]))
    yield _scores(facts, found)


def _parts(found: list[Classified], name: str) -> pd.DataFrame:
    tables: list[pd.DataFrame] = [getattr(each, name).assign(part=PARTS[each.part]) for each in found]
    return pd.concat(tables, ignore_index=True)


def _faceted(chart: alt.Chart | alt.LayerChart | alt.FacetChart, table: pd.DataFrame) -> alt.FacetChart:
    parts = list(table["part"].unique())
    facet = alt.Facet("part:N", sort=parts, title=None)
    made: alt.FacetChart = chart.facet(facet=facet, columns=len(parts), data=ROWS, spacing=28)
    return made


def _colour(names: list[str]) -> alt.Color:
    range_ = [PALETTE[place % len(PALETTE)] for place in range(len(names))]
    shown = alt.Legend(columns=4) if len(names) > 1 else None
    return alt.Color("class:N", title=None, scale=alt.Scale(domain=names, range=range_), legend=shown)


def _unit(field: str, title: str, axis: type[alt.X] | type[alt.Y]) -> alt.X | alt.Y:
    return axis(f"{field}:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5))


def _curve(
    table: pd.DataFrame, x: alt.X | alt.Y, y: alt.X | alt.Y, order: str, tips: dict[str, str]
) -> alt.Chart:
    picked, opacity = legend("class")
    chart: alt.Chart = (
        alt.Chart()
        .transform_filter("isValid(datum.class)")
        .mark_line(interpolate="step-after" if order == "false_positive_rate" else "linear", strokeWidth=1.8)
        .encode(
            x=x,
            y=y,
            order=alt.Order("place:Q"),
            color=_colour(list(table["class"].unique())),
            opacity=opacity,
            tooltip=told("class", **tips),
        )
        .add_params(picked)
        .properties(width=SIDE, height=SIDE)
    )
    return chart


def _roc(found: list[Classified]) -> Figure:
    table = _parts(found, "roc")
    x, y = _unit("false_positive_rate", "false positive rate", alt.X), _unit("recall", "recall", alt.Y)
    tips = {"false_positive_rate": ".3f", "recall": ".3f", "threshold": ".3f"}
    chance = alt.Chart().mark_rule(color=GREY, strokeDash=[3, 3])
    diagonal = chance.encode(x=alt.XDatum(0), y=alt.YDatum(0), x2=alt.X2Datum(1), y2=alt.Y2Datum(1))
    areas = "; ".join(
        f"{PARTS[each.part]}: {', '.join(f'{name} {area:.3f}' for name, area in each.areas.items())}"
        for each in found
    )
    said = f"ROC curves of the chosen configuration, a panel a part. Areas under them: {areas}."
    chart = alt.layer(diagonal, _curve(table, x, y, "false_positive_rate", tips))
    rows = records(table.assign(place=table.groupby(["part", "class"], sort=False).cumcount()))
    title = f"ROC: recall against false alarms. Area: {areas}"
    return draw("calls-roc", title, said, _faceted(chart, table), rows, table)


def _recalls(facts: Facts, found: list[Classified]) -> Figure:
    """With the thresholds that were tuned on validation, on both parts."""
    table = _parts(found, "precision_recall")
    x, y = _unit("recall", "recall", alt.X), _unit("precision", "precision", alt.Y)
    curve = _curve(table, x, y, "recall", {"recall": ".3f", "precision": ".3f", "threshold": ".3f"})
    rows = records(table.assign(place=table.groupby(["part", "class"], sort=False).cumcount()))
    goals = facts.calls.thresholds if facts.calls else ()
    for part, group in table.groupby("part", sort=False):
        for goal in goals:
            above = group[group["threshold"] >= goal.tuned.threshold].iloc[0]
            rows.append(
                {
                    **{"part": part, "goal": f"tuned for {goal.name}", "tuned": goal.tuned.threshold},
                    **{"recall": above["recall"], "precision": above["precision"]},
                }
            )
    names = [f"tuned for {goal.name}" for goal in goals]
    points = (
        alt.Chart()
        .transform_filter("isValid(datum.goal)")
        .mark_point(size=90, color=VERMILLION, strokeWidth=2, filled=False)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape(
                "goal:N", title=None, scale=alt.Scale(domain=names), legend=alt.Legend(columns=2)
            ),
            tooltip=told("goal", tuned=".3f", recall=".3f", precision=".3f"),
        )
    )
    averages = "; ".join(
        f"{PARTS[each.part]}: {', '.join(f'{name} {area:.3f}' for name, area in each.averages.items())}"
        for each in found
    )
    marked = ", with the thresholds tuned on validation" if names else ""
    title = f"Precision against recall{marked}. Average precision: {averages}"
    said = f"Precision and recall of the chosen configuration at every threshold{marked}. {averages}."
    chart = alt.layer(curve, *([points] if names else []))
    return draw("calls-precision-recall", title, said, _faceted(chart, table), rows, table)


def _confusion(found: list[Classified], classes: list[str]) -> Figure:
    table = _parts(found, "confusion")
    cell = 62 if len(classes) < 5 else 40 if len(classes) < 10 else 26
    x = alt.X(
        "called:N",
        sort=classes,
        title="called",
        axis=alt.Axis(grid=False, labelAngle=0 if cell == 62 else -40),
    )
    y = alt.Y("truth:N", sort=classes, title="is", axis=alt.Axis(grid=False))
    scale = alt.Scale(domain=[0, 1], range=[LOW, MIDDLE, HIGH])
    boxes = (
        alt.Chart()
        .mark_rect()
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "share:Q", title="share of the class", scale=scale, legend=alt.Legend(format="%")
            ),
            tooltip=told("truth", "called", rows=",d", share=".1%"),
        )
    )
    ink = alt.when("datum.share > 0.6").then(alt.value("#FFFFFF")).otherwise(alt.value("#1A1A1A"))
    words = (
        alt.Chart().mark_text(fontSize=12).encode(x=x, y=y, text=alt.Text("rows:Q", format=",d"), color=ink)
    )
    chart = alt.layer(boxes, words).properties(width=alt.Step(cell), height=alt.Step(min(cell, 40)))
    told_parts = "; ".join(f"{PARTS[each.part]}: {_right(each):,} of {each.rows:,} right" for each in found)
    said = (
        f"Confusion matrix of the chosen configuration: rows by their class and by their call. {told_parts}."
    )
    title = f"Confusion matrix; {told_parts}"
    return draw("calls-confusion", title, said, _faceted(chart, table), records(table), table)


def _right(found: Classified) -> int:
    table = found.confusion
    return int(table.loc[table["truth"] == table["called"], "rows"].sum())


def _scores(facts: Facts, found: list[Classified]) -> Figure:
    table = _parts(found, "scores")
    binary = facts.data["task"] == "binary"
    names = list(table["class"].unique())
    title = f"probability of {facts.data['classes'][-1]}" if binary else "probability of the row’s own class"
    picked, opacity = legend("class")
    chart = (
        alt.Chart()
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            x=alt.X("low:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5)),
            y=alt.Y("share:Q", title="share of the class", axis=alt.Axis(tickCount=4, format="%")),
            color=_colour(names),
            opacity=opacity,
            tooltip=told("class", low=".2f", high=".2f", rows=",d", share=".1%"),
        )
        .add_params(picked)
        .properties(width=SIDE, height=170)
    )
    said = f"Distribution of the predicted {title} by class, a panel a part: what lies apart is told apart."
    shown = f"Predicted {title}, by class"
    # A step is drawn to the start of the next one.
    ends = [{**row, "low": row["high"]} for row in records(table[table["high"] == 1])]
    return draw("calls-scores", shown, said, _faceted(chart, table), records(table) + ends, table)
