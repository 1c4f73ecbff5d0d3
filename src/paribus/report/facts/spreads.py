"""How the scores of a factor's levels are spread, and of two factors' levels together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd

QUARTILES = {"low": 0.0, "lower": 0.25, "median": 0.5, "upper": 0.75, "high": 1.0}
PAIRS = 6
"""Pairs of factors of a stage that are shown, at most."""
CELLS = 400
"""Combinations of two factors' levels that are shown, at most."""


@dataclass(frozen=True, eq=False)
class Interaction:
    """Two factors: level, other_level, median of the finished trials' validation score, n_trials."""

    factor: str
    other: str
    table: pd.DataFrame


def spread_by_level(trials: pd.DataFrame, factor: str, metrics: Sequence[str]) -> pd.DataFrame:
    """A row a level and metric: the quartiles of the finished trials' validation scores."""
    done = trials[trials["status"] == "done"]
    long = done.melt([factor], [f"val_{metric}" for metric in metrics], "metric", "value")
    groups = long.groupby([factor, "metric"], sort=False)["value"]
    table = pd.DataFrame({name: groups.quantile(share) for name, share in QUARTILES.items()}).reset_index()
    return table.assign(metric=table["metric"].str.removeprefix("val_")).rename(columns={factor: "level"})


def interactions(
    trials: pd.DataFrame, factors: Sequence[str], metric: str, first: Sequence[tuple[str, ...]]
) -> tuple[Interaction, ...]:
    """Of every two factors that vary, those of `first` before the others."""
    done = trials[trials["status"] == "done"]
    varied = [path for path in factors if path in done.columns and done[path].nunique() > 1]
    important = [pair for pair in first if len(pair) == 2]
    pairs = sorted(
        combinations(varied, 2),
        key=lambda pair: important.index(pair) if pair in important else len(important),
    )
    found = (_interaction(done, *pair, f"val_{metric}") for pair in pairs)
    return tuple(each for each in found if each is not None)[:PAIRS]


def _interaction(done: pd.DataFrame, factor: str, other: str, column: str) -> Interaction | None:
    """None where the two were not crossed, and where they have too many levels to be seen."""
    groups: Any = done.groupby([factor, other], sort=False)[column]
    table = pd.DataFrame({"median": groups.median(), "n_trials": groups.size()}).reset_index()
    levels = (done[factor].nunique(), done[other].nunique())
    if len(table) > CELLS or len(table) < 0.5 * levels[0] * levels[1] or table["median"].isna().all():
        return None
    return Interaction(factor, other, table.rename(columns={factor: "level", other: "other_level"}))
