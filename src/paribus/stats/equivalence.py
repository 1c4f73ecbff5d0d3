"""The region of practical equivalence: whether a difference matters, not only whether there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from paribus.stats.intervals import Interval
from paribus.stats.paired_t import TComparison

Decision = Literal["different", "the same within", "open"]


@dataclass(frozen=True)
class Equivalence:
    """What the interval decides about ±margin; `p_value` is that of both one-sided tests together."""

    margin: float
    decision: Decision
    p_value: float
    n: int
    method: str = "equivalence"
    assumes: str = "what the comparison assumes; the margin was fixed before the data were seen"


def equivalence(comparison: TComparison, margin: float) -> Equivalence:
    """Whether two configurations are the same within ±`margin`, by their t comparison, corrected or not.

    The decision is that of the 95 % interval (Kruschke 2018), the p value that of Schuirmann's two
    one-sided tests, 1987: below 0.025 where the interval decides for "the same within". Raises
    ValueError for a margin below 0.
    """
    decided = decide(comparison.interval, margin)
    error = comparison.standard_error
    if error > 0:
        nearer = (margin - abs(comparison.estimate)) / error
        p = float(stats.t.sf(nearer, comparison.degrees))
    else:
        p = np.nan
    return Equivalence(margin, decided, p, comparison.n)


def decide(interval: Interval, margin: float) -> Decision:
    """ "different" if the interval lies outside ±margin, "the same within" if inside, else "open".

    At margin 0: whether the interval leaves out 0. Raises ValueError for a margin below 0.
    """
    if not margin >= 0:
        raise ValueError(f"a margin must be 0 or more, received {margin}")
    if interval.low > margin or interval.high < -margin:
        return "different"
    if margin > 0 and -margin <= interval.low and interval.high <= margin:
        return "the same within"
    return "open"
