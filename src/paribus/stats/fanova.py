"""Functional analysis of variance by Optuna (extra `adaptive`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from paribus.errors import StudyError
from paribus.stats.grid_importance import encode
from paribus.stats.surrogate_importance import FactorImportance, Importances


def fanova(levels: Mapping[str, Sequence[Any]], values: ArrayLike, seed: int = 0) -> Importances:
    """The share of a random forest's variance that each factor alone explains.

    Levels of each factor and mean scores, each (configuration,). Hutter, Hoos & Leyton-Brown 2014.
    Raises `StudyError` where Optuna isn't installed, ValueError for fewer than two configurations.
    """
    try:
        import optuna  # noqa: PLC0415
    except ImportError:
        raise StudyError('fANOVA needs Optuna: pip install "paribus[adaptive]"') from None
    target = np.asarray(values, dtype=np.float64)
    if len(target) < 2 or not np.isfinite(target).all():
        raise ValueError(f"fANOVA needs two finite scores or more, received {len(target)}")
    codes = {name: encode(column) for name, column in levels.items()}
    ranges: dict[str, optuna.distributions.BaseDistribution] = {
        name: optuna.distributions.IntDistribution(0, int(code.max()))
        for name, code in codes.items()
        if code.max() > 0
    }
    told = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study()
        for row, value in enumerate(target):
            params = {name: int(codes[name][row]) for name in ranges}
            study.add_trial(
                optuna.trial.create_trial(params=params, distributions=ranges, value=float(value))
            )
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
        found = evaluator.evaluate(study)
    finally:
        optuna.logging.set_verbosity(told)
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
