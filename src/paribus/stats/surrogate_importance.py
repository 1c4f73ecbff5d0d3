"""Importance where configurations are no grid: a forest learns the scores, then a factor is shuffled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import KFold

from paribus.seeds import stream
from paribus.stats.grid_importance import encode

FOLDS = 5
TREES = 50
FEWEST = 10
MOST = 1_000
"""Configurations that a surrogate learns from; of more, these many are drawn, always the same ones."""
ASSUMES = "factors were drawn apart from each other; two that move together share their importance"


@dataclass(frozen=True)
class FactorImportance:
    """One factor: its importance, and the standard deviation over repeats (NaN where there are none)."""

    factor: str
    importance: float
    sd: float


@dataclass(frozen=True)
class Importances:
    """The factors, the most important first; of `n` configurations.

    `fit` is the share of variance (R²) of unseen configurations that the surrogate explains: what it
    can't foretell, it can't explain either. NaN where it isn't measured.
    """

    factors: tuple[FactorImportance, ...]
    fit: float
    n: int
    method: str
    assumes: str


def surrogate_importance(levels: Mapping[str, Sequence[Any]], values: ArrayLike) -> Importances:
    """How much worse a random forest foretells unseen configurations with one factor shuffled, in R².

    Levels of each factor and mean scores, each (configuration,); where these don't move, nothing matters.
    Breiman 2001. The same input gives the same numbers. Raises ValueError for fewer than 10 configurations.
    """
    features, target = drawn(levels, np.asarray(values, dtype=np.float64), FEWEST)
    if target.min() == target.max():
        return nothing(levels, len(target), "permutation_importance")
    seed = int(stream(0, "surrogate").integers(2**31))
    drops, fits = [], []
    for learned, judged in KFold(FOLDS, shuffle=True, random_state=seed).split(features):
        forest = RandomForestRegressor(n_estimators=TREES, random_state=seed, n_jobs=1)
        forest.fit(features[learned], target[learned])
        fits.append(forest.score(features[judged], target[judged]))
        found = permutation_importance(
            forest, features[judged], target[judged], n_repeats=5, random_state=seed, n_jobs=1
        )
        drops.append(found.importances)
    every = np.concatenate(drops, axis=1)  # (factor, fold × repeat)
    order = np.argsort(-every.mean(axis=1), kind="stable")
    names = tuple(levels)
    return Importances(
        factors=tuple(
            FactorImportance(names[place], float(every[place].mean()), float(every[place].std(ddof=1)))
            for place in order
        ),
        fit=float(np.mean(fits)),
        n=len(target),
        method="permutation_importance",
        assumes=ASSUMES,
    )


def drawn(
    levels: Mapping[str, Sequence[Any]], target: NDArray[np.float64], fewest: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Codes of the levels, (configuration, factor), and scores, of at most `MOST` configurations.

    Raises ValueError for fewer than `fewest`, and for scores that aren't finite.
    """
    if len(target) < fewest or not np.isfinite(target).all():
        raise ValueError(
            f"importance needs {fewest} finite scores or more, received {np.isfinite(target).sum()}"
            f" of {len(target)}"
        )
    codes = np.stack([encode(column) for column in levels.values()], axis=1).astype(np.float64)
    if len(target) <= MOST:
        return codes, target
    kept = np.sort(stream(0, "surrogate rows").choice(len(target), MOST, replace=False))
    return codes[kept], target[kept]


def nothing(levels: Mapping[str, Sequence[Any]], n: int, method: str) -> Importances:
    """Of scores that never move."""
    return Importances(
        tuple(FactorImportance(name, 0.0, np.nan) for name in levels), np.nan, n, method, ASSUMES
    )
