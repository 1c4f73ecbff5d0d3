"""Analysis of variance of levels over the same blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from paribus.stats.comparison import ROUNDING
from paribus.stats.friedman import Floats, blocks_of


@dataclass(frozen=True)
class RepeatedMeasures:
    """Whether the levels' means differ; `estimate` is partial eta squared.

    NaN where means differ and blocks don't vary around them. `p_value` is corrected for unequal variances
    of differences by `epsilon`, 1 where they are equal.
    """

    estimate: float
    f_statistic: float
    uncorrected_p: float
    epsilon: float
    p_value: float
    n: int
    method: str = "repeated_measures_anova"
    assumes: str = "blocks independent; scores within a block jointly near normal"


def repeated_measures_anova(values: ArrayLike) -> RepeatedMeasures:
    """Of scores (block, level), a block a fold and seed. Fisher 1925; Greenhouse & Geisser 1959.

    Scores of resampled folds share training rows, so that blocks aren't independent: there, compare
    pairs by the corrected t. Raises ValueError for fewer than two blocks or levels.
    """
    table = blocks_of(values)
    n, k = table.shape
    centre = table.mean()
    between = n * float(np.square(table.mean(axis=0) - centre).sum())
    residual = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + centre
    within = float(np.square(residual).sum())
    degrees = k - 1, (k - 1) * (n - 1)
    epsilon, rounding = _epsilon(table), (ROUNDING * float(np.abs(table).max())) ** 2
    if within <= rounding:
        f = np.nan if between > rounding else 0.0
    else:
        f = (between / degrees[0]) / (within / degrees[1])
    return RepeatedMeasures(
        estimate=between / (between + within) if between + within else 0.0,
        f_statistic=float(f),
        uncorrected_p=float(stats.f.sf(f, *degrees)),
        epsilon=epsilon,
        p_value=float(stats.f.sf(f, epsilon * degrees[0], epsilon * degrees[1])),
        n=n,
    )


def _epsilon(table: Floats) -> float:
    """Greenhouse & Geisser's: how evenly the centred covariance of the levels spreads, 1/(k − 1) to 1."""
    k = table.shape[1]
    centring = np.eye(k) - 1 / k
    covariance = centring @ np.cov(table, rowvar=False) @ centring
    size = float(np.square(covariance).sum())
    return float(np.trace(covariance)) ** 2 / ((k - 1) * size) if size > 0 else 1.0
