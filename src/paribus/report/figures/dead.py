"""Dead starts by level: which settings leave a network where it began."""

from __future__ import annotations

import altair as alt
import pandas as pd

from paribus.report.facts import StageFacts
from paribus.report.figures.drawing import ROWS, Figure, draw, records, told
from paribus.report.figures.theme import GREY, PANEL, VERMILLION
from paribus.report.formats import level


def dead_name(place: int) -> str:
    """The file name of the dead starts of the stage at `place`, from 1."""
    return f"stage-{place}-dead"


def dead_figure(place: int, stage: StageFacts) -> Figure | None:
    """A bar a level, a panel a factor; None where none of the levels has a dead start."""
    if stage.dead is None or not stage.dead.levels["dead"].any():
        return None
    shown = stage.dead.levels.assign(
        level=stage.dead.levels["level"].map(level),
        count=[f"{each.dead:,} of {each.n_trials:,}" for each in stage.dead.levels.itertuples()],
    )
    factors, most = list(shown["factor"].unique()), float(shown["share"].max())
    panels = [_panel(factor, shown[shown["factor"] == factor], most) for factor in factors]
    chart = alt.concat(*panels, columns=2, data=ROWS, spacing=28)
    title = f"Dead starts by level, stage {stage.name}: {stage.dead.dead:,} of {stage.dead.n_trials:,} trials"
    said = f"{title}. A bar for the share of each level's trials that predict the same for every row."
    return draw(dead_name(place), title, said, chart, records(shown), stage.dead.levels)


def _panel(factor: str, shown: pd.DataFrame, most: float) -> alt.LayerChart | alt.FacetChart:
    """One factor; `most`, the largest share of any level, is the end of every panel's axis."""
    levels = alt.Y("level:N", sort=list(shown["level"]), title=None, axis=alt.Axis(grid=False))
    share = alt.X(
        "share:Q",
        title="share of trials",
        scale=alt.Scale(domain=[0, most]),
        axis=alt.Axis(tickCount=4, format=".0%" if most >= 0.04 else ".1%"),
    )
    lines = told("factor", "level", dead=",d", n_trials=",d", share=".1%")
    base = alt.Chart().transform_filter(alt.datum.factor == factor).encode(y=levels)
    bars = base.mark_bar(color=VERMILLION, height=12).encode(x=share, tooltip=lines)
    counts = base.mark_text(align="left", dx=5, fontSize=10, color=GREY).encode(
        x=share, text=alt.Text("count:N")
    )
    return alt.layer(bars, counts).properties(width=PANEL / 2 - 165, height=alt.Step(20), title=factor)
