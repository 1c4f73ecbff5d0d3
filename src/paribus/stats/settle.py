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
    above = _beyond(abs(effect), pairs, alpha, ratio)
    return above + _beyond(-abs(effect), pairs, alpha, ratio)


def chance_to_settle(
    effect: float, margin: float, pairs: int, alpha: float = ALPHA, ratio: float = 0.0
) -> float:
    """The chance that the interval lies wholly inside ±`margin`, or wholly outside, on the side of the
    true `effect`; both in standard deviations of the differences, the margin above 0.

    Inside, at least: both edges are missed no more often than the two together.
    """
    nearer, farther = margin - abs(effect), margin + abs(effect)
    if nearer < 0:
        return _beyond(-nearer, pairs, alpha, ratio)
    both = _beyond(nearer, pairs, alpha, ratio) + _beyond(farther, pairs, alpha, ratio)
    return max(0.0, both - 1)


def _beyond(distance: float, pairs: int, alpha: float, ratio: float) -> float:
    """The chance that a bound of the interval lies beyond a point that the effect is `distance` from."""
    critical = float(stats.t.ppf(1 - alpha / 2, pairs - 1))
    centre = distance / sqrt(1 / pairs + ratio)
    return noncentral_t(-critical, pairs - 1, -centre)


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
    if not (sd > 0 and abs(estimate) != margin):
        return None

    def chance(pairs: int) -> float:
        if margin == 0:
            return power(estimate / sd, pairs, alpha, ratio)
        return chance_to_settle(estimate / sd, margin / sd, pairs, alpha, ratio)

    high = 2
    while chance(high) < wanted:
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) >= wanted else (middle, high)
    return high
