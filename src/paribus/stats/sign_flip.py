"""The permutation test of paired differences: under no effect each sign is a coin."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from paribus.seeds import stream
from paribus.stats.comparison import DiscreteComparison, Floats, finite, smallest_p
from paribus.stats.intervals import LEVEL, Interval

MOST_EXACT = 16
"""Pairs of which every pattern of signs is looked at: 65,536."""
DRAWS = 20_000
_CLOSE = 1e-12


def sign_flip(differences: ArrayLike) -> DiscreteComparison:
    """The mean of the differences, (pair,), tested over every pattern of signs.

    Fisher 1935; the interval lies between means of subsets of the differences, Hartigan 1969: it is
    unbounded where so few pairs can't reach 95 %. Beyond `MOST_EXACT` pairs patterns and subsets are
    drawn, always the same ones, and the observed pattern counts with them (Phipson & Smyth 2010).
    """
    values = finite(differences)
    exact = len(values) <= MOST_EXACT
    chosen = _every(len(values)) if exact else _drawn(len(values))
    sums = chosen @ values
    flipped = np.abs(values.sum() - 2 * sums)  # the subset's signs turned
    observed = abs(values.sum())
    extreme = int((flipped >= observed - _CLOSE * max(1.0, observed)).sum())
    p = extreme / len(flipped) if exact else (extreme + 1) / (len(flipped) + 1)
    counts = chosen.sum(axis=1)
    means = np.sort(sums[counts > 0] / counts[counts > 0])
    return DiscreteComparison(
        method="sign_flip",
        estimate=float(values.mean()),
        interval=_between(means),
        p_value=float(p),
        n=len(values),
        assumes="differences independent, each symmetric about the effect",
        smallest_p=smallest_p(len(values)) if exact else 1 / (DRAWS + 1),
    )


def _between(means: Floats) -> Interval:
    """Leaves out as many subset means on either side as 95 % allows."""
    left_out = int((1 - LEVEL) / 2 * (len(means) + 1))
    if left_out == 0:
        return Interval(-np.inf, np.inf, "sign_flip")
    return Interval(float(means[left_out - 1]), float(means[-left_out]), "sign_flip")


@lru_cache(maxsize=1)
def _every(pairs: int) -> Floats:
    """Every subset of the pairs, (subset, pair) of 0 and 1."""
    return (np.arange(2**pairs)[:, None] >> np.arange(pairs) & 1).astype(np.float64)


@lru_cache(maxsize=1)
def _drawn(pairs: int) -> Floats:
    return stream(0, "sign flips").integers(0, 2, (DRAWS, pairs)).astype(np.float64)
