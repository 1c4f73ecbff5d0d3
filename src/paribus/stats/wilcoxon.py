"""Wilcoxon's signed-rank test, exact with ties too."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from paribus.stats.comparison import DiscreteComparison, Floats, finite, smallest_p, snapped
from paribus.stats.intervals import LEVEL, Interval

MOST_EXACT = 200
"""Pairs up to which the distribution is counted out; beyond, the normal approximation."""


def wilcoxon(differences: ArrayLike) -> DiscreteComparison:
    """The pseudo-median of the differences, (pair,), tested by signed ranks.

    Zero differences say nothing of a direction and are left out of the test, as Wilcoxon did; equal
    sizes share their ranks. The estimate is the median of all pairwise means, the interval lies between
    two of them, zeros counted; so with zeros the two may disagree. Wilcoxon 1945; Hodges & Lehmann 1963.
    """
    values = finite(differences)
    moved = values[values != 0]
    means = np.sort(_pairwise_means(values))
    return DiscreteComparison(
        method="wilcoxon",
        estimate=float(np.median(means)),
        interval=_interval(means, len(values)),
        p_value=_p_value(moved) if len(moved) else 1.0,
        n=len(values),
        assumes="differences independent, symmetric about one centre",
        smallest_p=smallest_p(len(moved)),
    )


def _p_value(moved: Floats) -> float:
    sizes = np.abs(moved)
    ties = snapped(sizes, float(sizes.max()))
    doubled = np.rint(2 * stats.rankdata(ties)).astype(np.int64)  # shared ranks may be halves
    positive, total = int(doubled[moved > 0].sum()), int(doubled.sum())
    if len(moved) > MOST_EXACT:
        return _normal(doubled / 2, positive / 2)
    chances = distribution(doubled)
    return min(1.0, 2 * float(chances[: min(positive, total - positive) + 1].sum()))


def distribution(ranks: np.typing.NDArray[np.int64]) -> Floats:
    """The chance of each sum of a random subset of whole `ranks`, from 0 to their total."""
    chances = np.zeros(int(ranks.sum()) + 1)
    chances[0] = 1.0
    for rank in ranks:
        moved = np.zeros_like(chances)
        moved[rank:] = chances[: len(chances) - rank]
        chances = (chances + moved) / 2
    return chances


def _normal(ranks: Floats, positive: float) -> float:
    """With half a rank for continuity."""
    distance = max(0.0, abs(positive - ranks.sum() / 2) - 0.5)
    return min(1.0, float(2 * stats.norm.sf(distance / (np.sqrt(np.square(ranks).sum()) / 2))))


def _pairwise_means(values: Floats) -> Floats:
    first, second = np.triu_indices(len(values))
    means: Floats = (values[first] + values[second]) / 2
    return means


def _interval(means: Floats, pairs: int) -> Interval:
    """Leaves out as many of the pairwise means on either side as 95 % allows; unbounded for few pairs."""
    tail = (1 - LEVEL) / 2
    if pairs <= MOST_EXACT:
        below = np.cumsum(distribution(np.arange(1, pairs + 1)))
        left_out = int(np.searchsorted(below, tail, side="right"))  # as many sums have a chance within it
    else:
        spread = np.sqrt(pairs * (pairs + 1) * (2 * pairs + 1) / 24)
        left_out = int(pairs * (pairs + 1) / 4 - stats.norm.ppf(1 - tail) * spread)
    if left_out == 0:
        return Interval(-np.inf, np.inf, "wilcoxon")
    return Interval(float(means[left_out - 1]), float(means[-left_out]), "wilcoxon")
