"""How many pairs an open question needs."""

from __future__ import annotations

from math import sqrt

from scipy import stats

from paribus.stats.comparison import ALPHA
from paribus.stats.noncentral import noncentral_t

MOST = 100_000


def power(effect: float, pairs: int, alpha: float = ALPHA, ratio: float = 0.0) -> float:
    """The chance that a two-sided paired t finds a difference of `effect` standard deviations.

    `ratio` as in `paired_t.corrected_t`, 0 for independent pairs. Cohen 1988.
    """
    critical = float(stats.t.ppf(1 - alpha / 2, pairs - 1))
    centre = abs(effect) / sqrt(1 / pairs + ratio)
    above = 1 - noncentral_t(critical, pairs - 1, centre)
    return above + noncentral_t(-critical, pairs - 1, centre)


def pairs_to_settle(
    sd: float,
    estimate: float,
    margin: float = 0.0,
    *,
    ratio: float = 0.0,
    alpha: float = ALPHA,
    wanted: float = 0.8,
) -> int | None:
    """The pairs (seeds; splits with `ratio`) that settle a question with the chance `wanted`, if
    `estimate` is the true difference.

    Settled: the interval lies wholly inside ±`margin`, or wholly outside (margin 0: it leaves out 0).
    `sd` is that of paired differences as observed, so the answer is as rough as that is. None where
    more than `MOST` are needed, or none suffice: the true difference is too near to the edge.
    Cohen 1988.
    """
    distance = abs(abs(estimate) - margin)
    if not (sd > 0 and distance > 0):
        return None
    effect = distance / sd
    high = 2
    while power(effect, high, alpha, ratio) < wanted:
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(effect, middle, alpha, ratio) >= wanted else (middle, high)
    return high
