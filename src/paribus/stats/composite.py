"""Ranking by several criteria at once, weighted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from paribus.errors import StudyError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Composite:
    """One score a configuration, 0 to 1, the larger the better, and how it was made.

    `parts` (configuration, criterion) are the normalised criteria: score = parts @ weights. `order`
    lists configurations from the best down; equal ones keep their order.
    """

    scores: Floats
    parts: Floats
    order: NDArray[np.int64]
    weights: dict[str, float]
    normalised: Literal["min_max", "rank"]
    n: int
    method: str = "weighted_composite"
    assumes: str = "one criterion's gain makes up for another's loss, at the weights' rate"


def weighted_composite(
    criteria: Mapping[str, ArrayLike],
    weights: Mapping[str, float],
    smaller_is_better: Sequence[str] = (),
    normalised: Literal["min_max", "rank"] = "min_max",
) -> Composite:
    """Of criteria, each (configuration,), on validation. Hwang & Yoon 1981.

    Each is brought to 0 for the worst and 1 for the best configuration here, by value or by rank; one
    that is equal for all counts 1, one that is missing (NaN) counts 0. Raises `StudyError` for weights
    that don't name exactly these criteria, are below 0, or don't add up to 1.
    """
    _check(criteria, weights)
    columns = [
        _normalise(np.asarray(criteria[name], dtype=np.float64), name in smaller_is_better, normalised)
        for name in weights
    ]
    parts = np.stack(columns, axis=1)
    scores: Floats = parts @ np.array(list(weights.values()), dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    return Composite(scores, parts, order, dict(weights), normalised, len(scores))


def _normalise(values: Floats, smaller_is_better: bool, how: str) -> Floats:
    values = -values if smaller_is_better else values
    known = np.isfinite(values)
    found = np.zeros(len(values))
    if known.any():
        kept = stats.rankdata(values[known]) if how == "rank" else values[known]
        low, high = kept.min(), kept.max()
        found[known] = (kept - low) / (high - low) if high > low else 1.0
    return found


def _check(criteria: Mapping[str, ArrayLike], weights: Mapping[str, float]) -> None:
    if criteria.keys() != weights.keys():
        raise StudyError(
            f"weights must name exactly the criteria {', '.join(criteria)}, received {', '.join(weights)}:"
            " give each its weight"
        )
    for name, weight in weights.items():
        if not (isfinite(weight) and weight >= 0):
            raise StudyError(f"the weight of '{name}' must be a number of 0 or more, received {weight}")
    if not isclose(total := sum(weights.values()), 1.0, abs_tol=1e-9):
        raise StudyError(f"weights must add up to 1, and these add up to {total:g}: {dict(weights)}")
