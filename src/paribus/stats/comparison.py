"""What every comparison of two configurations leaves: the record, and the checks of its input."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.stats.intervals import Interval

ALPHA = 0.05
ROUNDING = 1e-12
"""Share of a score below which a difference is what rounding leaves."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """A difference, one minus other, with its 95 % interval and two-sided p value.

    `method` is a name in `citations.REFERENCES`, `n` the number of pairs, `assumes` what must hold.
    Where the data can't say (one pair; equal differences without spread), interval and p are NaN.
    """

    method: str
    estimate: float
    interval: Interval
    p_value: float
    n: int
    assumes: str


@dataclass(frozen=True)
class DiscreteComparison(Comparison):
    """A test whose p value can take few values: `smallest_p` is the least that these pairs can reach."""

    smallest_p: float

    @property
    def pairs_needed(self) -> int:
        """The fewest pairs whose smallest p is at most 0.05."""
        return pairs_needed()


def smallest_p(pairs: int) -> float:
    """The least two-sided p of a test on the signs of `pairs` differences: 2 of the 2^n patterns."""
    return min(1.0, 2.0 ** (1 - pairs))


def pairs_needed(alpha: float = ALPHA) -> int:
    """The fewest pairs with which a test on signs can reach a p of at most `alpha`: 6 for 0.05."""
    return ceil(1 - log2(alpha))


def finite(values: ArrayLike) -> Floats:
    """One row of finite numbers, (pair,). Raises ValueError."""
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not len(found):
        raise ValueError(f"differences must be one row of one number or more, received shape {found.shape}")
    if not np.isfinite(found).all():
        raise ValueError("differences must be finite: leave out the pairs of trials that diverged or failed")
    return found


def snapped(values: Floats, scale: float) -> Floats:
    """Differences of scores of the size `scale` without what rounding left: equal ones become equal.

    80/85 − 78/85 and 23/85 − 21/85 differ in their last bits, and by ranks they would be no tie.
    """
    if not scale > 0:
        return values
    unit = scale * ROUNDING
    return np.asarray(np.rint(values / unit) * unit)


def spread(values: Floats, scale: float = 1.0) -> float:
    """Standard deviation, 0 where it is rounding alone; NaN for one value."""
    found = float(np.std(values, ddof=1)) if len(values) > 1 else np.nan
    return 0.0 if found <= ROUNDING * max(scale, float(np.abs(values).max())) else found


def differences(one: ArrayLike, other: ArrayLike) -> Floats:
    """one − other, (pair,): the same fold and seed stand at the same place. Raises ValueError."""
    first, second = finite(one), finite(other)
    if len(first) != len(second):
        raise ValueError(f"pairs need equal numbers on both sides, received {len(first)} and {len(second)}")
    return first - second
