"""Student's t on paired differences, plain and corrected for resampled folds."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from paribus.stats.comparison import ROUNDING, Comparison, finite, spread
from paribus.stats.intervals import LEVEL, Interval

_ASSUMES = {
    "paired_t": "differences independent and near normal; seeds on this split, no other splits",
    "corrected_t": "differences near normal; two splits correlate by the validation part's share of rows",
}


@dataclass(frozen=True)
class TComparison(Comparison):
    """A comparison by t, with what an equivalence test needs of it."""

    standard_error: float
    degrees: int


def paired_t(differences: ArrayLike, *, scale: float = 1.0) -> TComparison:
    """The mean of independent differences, (pair,): seeds on one split. Student 1908.

    `scale` is the size of the scores: differences 1e-12 of it and smaller are rounding.
    """
    return _t("paired_t", differences, 0.0, scale)


def corrected_t(differences: ArrayLike, ratio: float, *, scale: float = 1.0) -> TComparison:
    """The mean difference over resampled splits, (split,), seeds of a split averaged before.

    Splits share training rows, so the variance of their mean is (1/n + ratio) s², `ratio` the rows of a
    split's validation part over those of its training part: 1/(k − 1) for (repeated) k-fold. Nadeau &
    Bengio 2003; Bouckaert & Frank 2004. Raises ValueError for a ratio that is not above 0.
    """
    if not ratio > 0:
        raise ValueError(f"ratio must be above 0 (validation rows / training rows), received {ratio}")
    return _t("corrected_t", differences, ratio, scale)


def _t(method: str, values: ArrayLike, ratio: float, scale: float) -> TComparison:
    found = finite(values)
    n, mean = len(found), float(np.mean(found))
    error = spread(found, scale) * sqrt(1 / n + ratio)
    low = high = p = np.nan
    if error > 0:
        half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
        low, high, p = mean - half, mean + half, float(2 * stats.t.sf(abs(mean) / error, n - 1))
    elif n > 1 and abs(mean) <= ROUNDING * scale:
        low, high, p = 0.0, 0.0, 1.0
    return TComparison(method, mean, Interval(low, high, method), p, n, _ASSUMES[method], error, n - 1)
