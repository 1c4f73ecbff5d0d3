"""McNemar's exact test: two configurations' right and wrong calls on the same rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from paribus.stats.comparison import DiscreteComparison, smallest_p
from paribus.stats.intervals import Interval, wilson


def mcnemar(one_right: ArrayLike, other_right: ArrayLike) -> DiscreteComparison:
    """The difference of two shares of rows called right, each (row,) of truth values.

    Only rows that one of them has right and the other wrong tell them apart: under no effect each is
    a coin. McNemar 1947, exact; the interval is Newcombe's method 10, 1998. Raises ValueError.
    """
    one, other = np.asarray(one_right, dtype=np.bool_), np.asarray(other_right, dtype=np.bool_)
    if one.shape != other.shape or one.ndim != 1 or not len(one):
        raise ValueError(f"both need one truth value for each row, received {one.shape} and {other.shape}")
    counts = (int((one & other).sum()), int((one & ~other).sum()), int((~one & other).sum()))
    _, only_one, only_other = counts
    apart = only_one + only_other
    return DiscreteComparison(
        method="mcnemar",
        estimate=(only_one - only_other) / len(one),
        interval=_newcombe(*counts, len(one)),
        p_value=float(stats.binomtest(only_one, apart).pvalue) if apart else 1.0,
        n=len(one),
        assumes="rows independent; two trained networks on one set of rows, not two settings in general",
        smallest_p=smallest_p(apart),
    )


def _newcombe(both: int, only_one: int, only_other: int, rows: int) -> Interval:
    """From Wilson's intervals of both shares and their correlation; a has both right, d neither."""
    first, second = both + only_one, both + only_other
    neither = rows - both - only_one - only_other
    p1, p2 = first / rows, second / rows
    one, other = wilson(first, rows), wilson(second, rows)
    product = float(first * (rows - first) * second * (rows - second))
    cross = float(both * neither - only_one * only_other)
    if cross > 0:
        cross = max(cross - rows / 2, 0.0)  # the correction for continuity
    correlation = cross / np.sqrt(product) if product else 0.0
    difference = (only_one - only_other) / rows
    below = _length(p1 - one.low, other.high - p2, correlation)
    above = _length(one.high - p1, p2 - other.low, correlation)
    return Interval(difference - below, difference + above, "mcnemar")


def _length(first: float, second: float, correlation: float) -> float:
    squared = first**2 - 2 * correlation * first * second + second**2
    return float(np.sqrt(max(squared, 0.0)))
