"""Dead starts by level: which settings leave a network where it began."""

from __future__ import annotations

import altair as alt
import pandas as pd

from paribus.report.facts import StageFacts
from paribus.report.figures.drawing import ROWS, Figure, draw, records, told
from paribus.report.figures.theme import PANEL, VERMILLION
from paribus.report.formats import level


def dead_name(place: int) -> str:
    """The file name of the dead starts of the stage at `place`, from 1."""
    return f"stage-{place}-dead"


def dead_figure(place: int, stage: StageFacts) -> Figure | None:
    """A bar a level, a panel a factor; None where every network left its start."""
    if stage.dead is None or stage.dead.levels.empty:
        return None
    shown = stage.dead.levels.assign(level=stage.dead.levels["level"].map(level))
    factors = list(shown["factor"].unique())
    panels = [_panel(factor, shown[shown["factor"] == factor]) for factor in factors]
    chart = alt.concat(*panels, columns=2, data=ROWS, spacing=24)
    title = f"Dead starts by level, stage {stage.name}: {stage.dead.dead:,} of {stage.dead.n_trials:,} trials"
    said = f"{title}. A bar for the share of each level's trials that predict the same for every row."
    return draw(dead_name(place), title, said, chart, records(shown), shown)


def _panel(factor: str, shown: pd.DataFrame) -> alt.Chart:
    made: alt.Chart = (
        alt.Chart()
        .transform_filter(alt.datum.factor == factor)
        .mark_bar(color=VERMILLION, height=12)
        .encode(
            x=alt.X(
                "share:Q",
                title="share of trials",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(tickCount=4, format="%"),
            ),
            y=alt.Y("level:N", sort=list(shown["level"]), title=factor, axis=alt.Axis(grid=False)),
            tooltip=told("factor", "level", dead=",d", n_trials=",d", share=".1%"),
        )
        .properties(width=PANEL / 2 - 130, height=alt.Step(20))
    )
    return made
