"""Functional analysis of variance by Optuna (extra `adaptive`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.designs.adaptive import optuna_quietly
from paribus.stats.surrogate_importance import FactorImportance, Importances, drawn, nothing

TREES, DEPTH = 16, 10
BINS = 16
"""Levels of a factor that the forest tells apart; of more, neighbours are taken together."""


def fanova(levels: Mapping[str, Sequence[Any]], values: ArrayLike, seed: int = 0) -> Importances:
    """The share of a random forest's variance that each factor alone explains.

    Levels of each factor and mean scores, each (configuration,); where these don't move, nothing matters.
    Optuna's time grows with the square of both, so there is a most of either (`MOST`, `BINS`). Hutter,
    Hoos & Leyton-Brown 2014. Raises `StudyError` where Optuna isn't installed, ValueError for fewer than
    two configurations.
    """
    columns, target = drawn(levels, np.asarray(values, dtype=np.float64), fewest=2)
    if target.min() == target.max():
        return nothing(levels, len(target), "fanova")
    codes = {name: _binned(column) for name, column in zip(levels, columns.T, strict=True)}
    with optuna_quietly() as optuna:
        ranges = {
            name: optuna.distributions.IntDistribution(0, int(code.max()))
            for name, code in codes.items()
            if code.max() > 0
        }
        study = optuna.create_study()
        study.add_trials(
            optuna.trial.create_trial(
                params={name: int(codes[name][row]) for name in ranges},
                distributions=ranges,
                value=float(value),
            )
            for row, value in enumerate(target)
        )
        evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=TREES, max_depth=DEPTH, seed=seed)
        found: dict[str, float] = evaluator.evaluate(study)
    every = {**found, **{name: 0.0 for name in levels if name not in found}}
    return Importances(
        factors=tuple(
            FactorImportance(name, float(share), np.nan)
            for name, share in sorted(every.items(), key=lambda pair: -pair[1])
        ),
        fit=np.nan,
        n=len(target),
        method="fanova",
        assumes="the forest foretells the scores; factors were drawn apart from each other",
    )


def _binned(codes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers from 0, at most `BINS` of them, with about as many configurations each."""
    distinct, places = np.unique(codes, return_inverse=True)
    if len(distinct) <= BINS:
        return np.asarray(places, dtype=np.int64)
    edges = np.quantile(codes, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.unique(np.searchsorted(edges, codes, side="right"), return_inverse=True)[1].astype(np.int64)
