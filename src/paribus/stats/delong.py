"""DeLong's test: two areas under the ROC curve on the same rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from paribus.stats.comparison import Comparison
from paribus.stats.intervals import LEVEL, Interval, placements


def delong_difference(positive: ArrayLike, one: ArrayLike, other: ArrayLike) -> Comparison:
    """The area of `one` minus that of `other`; truth and both scores are (row,).

    DeLong, DeLong & Clarke-Pearson 1988. Raises ValueError for a truth of fewer than two rows a class,
    and for scores that aren't finite.
    """
    truth = np.asarray(positive, dtype=np.bool_)
    classes = int(truth.sum()), int((~truth).sum())
    if min(classes) < 2:
        raise ValueError(
            f"DeLong's test needs two rows of each class, received {classes[0]} and {classes[1]}"
        )
    scored = [np.asarray(each, dtype=np.float64) for each in (one, other)]
    if not all(np.isfinite(each).all() for each in scored):
        raise ValueError("scores must be finite: a network that diverged has no area to compare")
    placed = [placements(truth, each) for each in scored]
    by_class = [first - second for first, second in zip(*placed, strict=True)]
    estimate = float(by_class[0].mean())
    error = float(np.sqrt(sum(part.var(ddof=1) / len(part) for part in by_class)))
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    if error == 0 and not np.array_equal(stats.rankdata(scored[0]), stats.rankdata(scored[1])):
        half = np.nan  # two orders of the rows, and none of their variation seen: nothing bounds it
    return Comparison(
        method="delong_difference",
        estimate=estimate,
        interval=Interval(*_within(estimate - half, estimate + half), "delong_difference"),
        p_value=_p_value(estimate, error),
        n=len(truth),
        assumes="rows independent and many; two trained networks on one set of rows",
    )


def _within(low: float, high: float) -> tuple[float, float]:
    """No difference of two areas is larger than 1; NaN stays NaN."""
    return float(np.clip(low, -1, 1)), float(np.clip(high, -1, 1))


def _p_value(estimate: float, error: float) -> float:
    if error == 0:
        return 1.0 if estimate == 0 else np.nan
    return float(2 * stats.norm.sf(abs(estimate) / error))
