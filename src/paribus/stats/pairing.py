"""What pairing is worth: the variance that other things being equal removes from a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from paribus.stats.comparison import differences, finite


@dataclass(frozen=True)
class Pairing:
    """The spread of differences of pairs, and of what they would be between strangers.

    `variance_removed` is 1 − paired variance / unpaired variance; below 0 where pairing did harm.
    NaN where there is one pair, or no spread.
    """

    n: int
    sd_paired: float
    sd_unpaired: float
    correlation: float
    variance_removed: float
    method: str = "pairing"
    assumes: str = "the same fold and seed on both sides of a pair"


def pairing(one: ArrayLike, other: ArrayLike) -> Pairing:
    """Of scores (pair,) of two configurations: the SD of one − other, paired and unpaired.

    Var(one − other) = Var(one) + Var(other) − 2 Cov; unpaired, the last term is lost. Fisher 1935.
    """
    first, second, difference = finite(one), finite(other), differences(one, other)
    if len(difference) < 2:
        return Pairing(len(difference), np.nan, np.nan, np.nan, np.nan)
    variances = float(first.var(ddof=1)), float(second.var(ddof=1))
    paired, unpaired = float(difference.var(ddof=1)), sum(variances)
    product = np.sqrt(variances[0] * variances[1])
    return Pairing(
        n=len(difference),
        sd_paired=float(np.sqrt(paired)),
        sd_unpaired=float(np.sqrt(unpaired)),
        correlation=float((unpaired - paired) / 2 / product) if product else np.nan,
        variance_removed=1 - paired / unpaired if unpaired else np.nan,
    )
