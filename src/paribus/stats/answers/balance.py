"""Whether a stage compares a factor's levels at equal levels of the others."""

from __future__ import annotations

import pandas as pd

from paribus.study.spec import Stage

_OFF_BASE = {"ofat": 0, "pairs": 1}
"""How many other factors may leave the base where a factor's levels are compared."""


def like_with_like(trials: pd.DataFrame, stage: Stage, factor: str) -> pd.DataFrame:
    """A stage's trials in which the factors besides `factor` are at the base, or one of them isn't (pairs).

    One factor at a time, the base's level of a factor meets all levels of the others: a table by level
    would compare it with levels that don't. All trials of other designs.
    """
    if stage.design not in _OFF_BASE:
        return trials
    others = [path for path in stage.factors if path != factor and path in trials.columns]
    if factor not in stage.factors:  # derived from one of them
        others = [path for path in others if path != "network.hidden"]
    off = pd.Series(0, index=trials.index)
    for path in others:
        off += (trials[path] != trials[path].mode().iloc[0]).astype(int)
    return trials[off <= _OFF_BASE[stage.design]]
