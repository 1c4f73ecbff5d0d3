"""The words that move the chosen network."""

from __future__ import annotations

import altair as alt
import pandas as pd

from paribus.report.facts import Facts
from paribus.report.figures.drawing import ROWS, Figure, draw, told
from paribus.report.figures.theme import BLUE, PANEL

SHOWN, CLASSES, ACROSS = 12, 8, 2
"""Words of a class and classes that are drawn, the first ones; panels in a line."""


def words_figure(facts: Facts) -> Figure | None:
    """A panel a class, a bar a word; None where no words move it."""
    found = facts.words
    if found is None or not any(each.words for each in found.classes):
        return None
    rows = [
        {"class": each.name, "word": word.shown, "mean effect": word.effect, "texts": word.texts}
        for each in found.classes
        for word in each.words
    ]
    classes = [each for each in found.classes if each.words][:CLASSES]
    drawn = [
        {
            "class": each.name,
            "word": word.shown,
            "effect": word.effect,
            "texts": word.texts,
            "place": f"{place:02} {word.shown}",
        }
        for each in classes
        for place, word in enumerate(each.words[:SHOWN])
    ]
    first = "; ".join(
        f"{each.name}: {', '.join(word.shown for word in each.words[:3])}" for each in classes[:4]
    )
    said = f"The words that speak most for each class, by their mean effect on the logit. {first}."
    chart = (
        alt.Chart(ROWS)
        .mark_bar(color=BLUE, height=11)
        .encode(
            x=alt.X("effect:Q", title="mean effect on the logit", axis=alt.Axis(tickCount=4)),
            y=alt.Y(
                "place:N",
                title=None,
                axis=alt.Axis(grid=False, labelLimit=180, labelExpr="slice(datum.label, 3)"),
            ),
            tooltip=told("word", effect=".3f", texts=","),
        )
        .properties(width=PANEL / ACROSS - 120, height=alt.Step(18))
        .facet(facet=alt.Facet("class:N", title=None, sort=[each.name for each in classes]), columns=ACROSS)
        .resolve_scale(y="independent")
    )
    title = "Words that speak most for each class"
    return draw("calls-words", title, said, chart, drawn, pd.DataFrame(rows))
