"""Which factors of a stage mattered."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd

from paribus.report.facts import StageFacts
from paribus.report.figures.drawing import ROWS, Figure, draw, told
from paribus.report.figures.theme import BLUE, PANEL

SHOWN = 12
"""Effects that are drawn, the largest first."""


def importance_name(place: int) -> str:
    """The file name of the figure of the stage at `place`, from 1."""
    return f"stage-{place}-importance"


def importance_figure(place: int, stage: StageFacts) -> Figure | None:
    """A bar an effect; None where the stage has no importance."""
    found = stage.importance
    if found is None:
        return None
    rows = [
        {"effect": " × ".join(effect.factors), "share": effect.share, "sd": effect.sd}
        for effect in found.effects
    ]
    rest = {"folds and seeds": found.replicates, "three factors or more together": found.higher}
    rows += [{"effect": name, "share": share, "sd": math.nan} for name, share in rest.items() if share > 0]
    title = "share of variance" if math.isnan(found.fit) else "R² lost without the factor"
    table = pd.DataFrame(rows).rename(columns={"share": title})
    if found.beside:
        lost = {" × ".join(each.factors): each for each in found.beside.effects}
        table["R² lost without it"] = [lost[name].share for name in table["effect"]]
        table["sd"] = [lost[name].sd for name in table["effect"]]
    said = (
        f"Stage {stage.name}: how much of the differences in {found.metric} each factor and each two factors"
        f" together explain, by {found.method}; the largest is {rows[0]['effect']}."
    )
    names = [str(row["effect"]) for row in rows[:SHOWN]]
    chart = (
        alt.Chart(ROWS)
        .mark_bar(color=BLUE, height=12)
        .encode(
            x=alt.X("share:Q", title=title, axis=alt.Axis(tickCount=5)),
            y=alt.Y("effect:N", sort=names, title=None, axis=alt.Axis(grid=False, labelLimit=320)),
            tooltip=told("effect", share=".3f", sd=".3f"),
        )
        .properties(width=PANEL / 2, height=alt.Step(22))
    )
    shown = f"Importance of the factors for {found.metric}, stage {stage.name}"
    return draw(importance_name(place), shown, said, chart, rows[:SHOWN], table)
