"""Which factor of a stage mattered: exact on a full grid, by forests elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from paribus.designs.adaptive import is_installed
from paribus.stats.fanova import fanova
from paribus.stats.grid_importance import grid_importance
from paribus.stats.surrogate_importance import FEWEST, Importances, surrogate_importance
from paribus.study.spec import Stage

CROSSED = ("grid", "factorial")
MOST = 400
"""Configurations that a forest learns from; of more, evenly many through the stage."""


@dataclass(frozen=True)
class FactorEffect:
    """One factor, or two together beyond each alone; `sd` over repeats, NaN for the exact shares."""

    factors: tuple[str, ...]
    share: float
    sd: float


@dataclass(frozen=True)
class StageImportance:
    """The effects, the largest first. On a grid shares of all variance, which add up to 1 with `higher`
    (three factors or more together) and `replicates` (folds and seeds; NaN elsewhere). Elsewhere, where
    Optuna is installed, shares of a forest's variance, with what shuffling says `beside`; without it that
    alone: how much R² is lost without the factor, of `fit` (NaN for shares).
    """

    stage: str
    metric: str
    effects: tuple[FactorEffect, ...]
    higher: float
    replicates: float
    fit: float
    n: int
    method: str
    assumes: str
    beside: StageImportance | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        return (self.method, *(self.beside.methods if self.beside else ()))


def stage_importance(stage: Stage, trials: pd.DataFrame, metric: str) -> StageImportance | None:
    """Of the finished trials of a stage; None for fewer than two factors that vary, and too few trials."""
    column = f"val_{metric}"
    known = trials[(trials["status"] == "done") & np.isfinite(trials[column].to_numpy("float64"))]
    factors = [path for path in stage.factors if path in known.columns and known[path].nunique() > 1]
    if len(factors) < 2 or known[column].nunique() < 2:
        return None
    if stage.design in CROSSED and stage.resolution is None and _is_full(known, factors):
        return _exact(stage.name, known, factors, metric)
    return _by_forest(stage.name, known, factors, metric)


def _is_full(known: pd.DataFrame, factors: Sequence[str]) -> bool:
    """Whether every combination of levels has the same number of scores."""
    cells = known.groupby(list(factors), sort=False).size()
    return len(cells) == np.prod([known[path].nunique() for path in factors]) and cells.nunique() == 1


def _exact(stage: str, known: pd.DataFrame, factors: Sequence[str], metric: str) -> StageImportance:
    levels = {path: known[path].tolist() for path in factors}
    found = grid_importance(levels, known[f"val_{metric}"].to_numpy("float64"))
    effects = tuple(FactorEffect(each.factors, each.share, float("nan")) for each in found.effects)
    return StageImportance(
        *(stage, metric, effects, found.higher, found.replicates, float("nan")),
        *(found.n, found.method, found.assumes),
    )


def _by_forest(
    stage: str, known: pd.DataFrame, factors: Sequence[str], metric: str
) -> StageImportance | None:
    means = known.groupby("config_id", sort=False).agg(
        {**dict.fromkeys(factors, "first"), f"val_{metric}": "mean"}
    )
    if len(means) < FEWEST:
        return None
    if len(means) > MOST:
        means = means.iloc[np.linspace(0, len(means) - 1, MOST).astype(int)]
    levels = {path: means[path].tolist() for path in factors}
    values = means[f"val_{metric}"].to_numpy("float64")
    shuffled = _told(stage, metric, surrogate_importance(levels, values))
    if not is_installed():
        return shuffled
    return replace(_told(stage, metric, fanova(levels, values)), beside=shuffled)


def _told(stage: str, metric: str, found: Importances) -> StageImportance:
    effects = tuple(FactorEffect((each.factor,), each.importance, each.sd) for each in found.factors)
    return StageImportance(
        *(stage, metric, effects, float("nan"), float("nan"), found.fit),
        *(found.n, found.method, found.assumes),
    )
