"""What a trial's learning curves say: overfitting, convergence, stability, the best epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LAST = 5
"""Epochs at the end whose spread is the stability."""
CONVERGED = 0.95
"""Share of all improvement after which a trial has converged."""


@dataclass(frozen=True)
class CurveMeasures:
    """Of one trial; epochs count from 1.

    `overfitting_gap`: how much worse validation is than training at the best epoch, above 0 where it
    is worse (NaN without a training curve). `convergence_epoch`: the first with 95 % of the improvement
    from the first epoch to the best. `stability`: the standard deviation of validation over the last
    five epochs (NaN for one).
    """

    best_epoch: int
    convergence_epoch: int
    overfitting_gap: float
    stability: float


def curve_measures(
    validation: ArrayLike, training: ArrayLike | None = None, larger_is_better: bool = False
) -> CurveMeasures | None:
    """Of the same measure by epoch, (epoch,), on validation and training rows; losses unless said.

    None where no epoch has a finite value. These are definitions, not estimates: no source.
    """
    sign = -1 if larger_is_better else 1
    curve = sign * np.asarray(validation, dtype=np.float64)
    if not np.isfinite(curve).any():
        return None
    known: NDArray[np.float64] = np.where(np.isfinite(curve), curve, np.inf)
    best = int(known.argmin())
    first = known[np.isfinite(known)][0]
    reached = known <= first - CONVERGED * (first - known[best])
    gap = np.nan
    if training is not None:
        gap = float(curve[best] - sign * np.asarray(training, dtype=np.float64)[best])
    last = curve[-LAST:]
    return CurveMeasures(
        best_epoch=best + 1,
        convergence_epoch=int(reached.argmax()) + 1,
        overfitting_gap=gap,
        stability=float(last.std(ddof=1)) if len(last) > 1 else np.nan,
    )
