"""How large a paired difference is, in its own standard deviations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from paribus.stats.comparison import finite, spread
from paribus.stats.intervals import LEVEL, Interval
from paribus.stats.noncentral import noncentral_t


@dataclass(frozen=True)
class EffectSize:
    """Cohen's d_z with its interval, and Hedges' g_z, which takes out its bias in few pairs."""

    estimate: float
    interval: Interval
    hedges_g: float
    n: int
    method: str = "effect_size"
    assumes: str = "differences independent and near normal"


def effect_size(differences: ArrayLike, *, ratio: float = 0.0, scale: float = 1.0) -> EffectSize:
    """Mean over standard deviation of differences, (pair,); NaN where there is no spread.

    `ratio` as in `paired_t.corrected_t`, where the differences are those of resampled splits, 0 for
    independent pairs; `scale` is the size of the scores: a spread of 1e-12 of it is rounding.

    Hedges 1981 for the correction, exact; the interval by the noncentral t, Cumming & Finch 2001.
    """
    values = finite(differences)
    n = len(values)
    sd = spread(values, scale)
    if not sd > 0:
        return EffectSize(np.nan, Interval(np.nan, np.nan, "effect_size"), np.nan, n)
    d = float(values.mean()) / sd
    return EffectSize(d, _interval(d, n, ratio), d * small_sample_correction(n - 1), n)


def small_sample_correction(degrees: int) -> float:
    """Hedges' J, by which d is multiplied; 0 for one degree of freedom, where d has no mean."""
    if degrees < 2:
        return 0.0
    half = degrees / 2
    return float(np.exp(special.gammaln(half) - special.gammaln(half - 0.5)) / np.sqrt(half))


def _interval(d: float, n: int, ratio: float) -> Interval:
    """Between the effects under which a t like this one is at the edge."""
    root, tail = 1 / np.sqrt(1 / n + ratio), (1 - LEVEL) / 2
    t = d * root

    def at(chance: float) -> Callable[[float], float]:
        return lambda centre: noncentral_t(t, n - 1, centre) - chance

    reach = 10 + 3 * abs(t)  # of two pairs, the bounds lie up to 2.3 t away
    low = _root(at(1 - tail), t - reach, t + reach)
    high = _root(at(tail), t - reach, t + reach)
    return Interval(float(low / root), float(high / root), "effect_size")


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(function, low, high, xtol=1e-12))
