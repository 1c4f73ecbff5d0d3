"""The threshold above which a row is called positive, tuned on validation predictions alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.seeds import stream

Floats = NDArray[np.float64]
FOLDS = 5
HALF = 0.5
_LEAST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Counts:
    """True and false positives, false and true negatives, each (threshold,)."""

    tp: Floats
    fp: Floats
    fn: Floats
    tn: Floats


Goal = Callable[[Counts], Floats]
"""What a threshold is judged by, the larger the better, (threshold,)."""


@dataclass(frozen=True)
class Threshold:
    """A threshold (a row is positive above it), its value by the goal, and the value at 0.5.

    `value` is too good, for the threshold was tuned on the same rows; `cross_fitted` is that of
    thresholds tuned on other rows (NaN where a class has fewer rows than folds).
    """

    threshold: float
    value: float
    value_at_half: float
    cross_fitted: float
    n: int
    method: str
    assumes: str = "validation rows like those to come, the share of positives too"


def f1(counts: Counts) -> Floats:
    """The harmonic mean of precision and recall; 0 where nothing is positive or called so."""
    below = 2 * counts.tp + counts.fp + counts.fn
    return np.divide(2 * counts.tp, below, out=np.zeros_like(below), where=below > 0)


def youden(counts: Counts) -> Floats:
    """Recall + specificity − 1. Youden 1950."""
    found: Floats = counts.tp / (counts.tp + counts.fn) - counts.fp / (counts.fp + counts.tn)
    return found


def cost(false_positive: float, false_negative: float) -> Goal:
    """Minus the mean cost of a row; what is right costs nothing. Elkan 2001.

    Raises ValueError for a cost below 0, or where both are 0.
    """
    if not (false_positive >= 0 and false_negative >= 0 and false_positive + false_negative > 0):
        raise ValueError(f"costs must be 0 or more, not both 0: {false_positive}, {false_negative}")

    def goal(counts: Counts) -> Floats:
        rows = counts.tp + counts.fp + counts.fn + counts.tn
        found: Floats = -(false_positive * counts.fp + false_negative * counts.fn) / rows
        return found

    return goal


def given_recall(recall: float) -> Goal:
    """Specificity where at least this recall is reached, below 0 where it isn't. Raises ValueError."""
    if not 0 < recall <= 1:
        raise ValueError(f"a recall must lie above 0 and be at most 1, received {recall}")

    def goal(counts: Counts) -> Floats:
        reached = counts.tp / (counts.tp + counts.fn)
        specificity = counts.tn / (counts.fp + counts.tn)
        found: Floats = np.where(reached >= recall - 1e-12, specificity, reached - 1)
        return found

    return goal


def tune_threshold(truth: ArrayLike, scored: ArrayLike, goal: Goal, method: str) -> Threshold:
    """The best threshold by `goal`; truth (0 or 1) and probabilities are (row,) of validation.

    Of equally good thresholds the one nearest to 0.5. `method` is the goal's name in
    `citations.REFERENCES`. Raises ValueError where a class has no row.
    """
    positive, p = np.asarray(truth) == 1, np.asarray(scored, dtype=np.float64)
    if positive.all() or not positive.any():
        raise ValueError("a threshold can't be tuned on rows of one class")
    threshold, value = _best(positive, p, goal)
    return Threshold(
        threshold=threshold,
        value=value,
        value_at_half=float(goal(_counts(positive, p, np.array([HALF])))[0]),
        cross_fitted=_cross_fitted(positive, p, goal),
        n=len(p),
        method=method,
    )


def _best(positive: NDArray[np.bool_], p: Floats, goal: Goal) -> tuple[float, float]:
    known = np.unique(p)
    lowest = known[0] / 2 if known[0] > 0 else -_LEAST  # a row is positive above it, one of 0 too
    candidates = np.concatenate([[lowest, HALF, (known[-1] + 1) / 2], (known[1:] + known[:-1]) / 2])
    values = goal(_counts(positive, p, candidates))
    good = candidates[values >= values.max() - 1e-12]
    return float(good[np.abs(good - HALF).argmin()]), float(values.max())


def _counts(positive: NDArray[np.bool_], p: Floats, thresholds: Floats) -> Counts:
    right, wrong = np.sort(p[positive]), np.sort(p[~positive])
    fn = np.searchsorted(right, thresholds, side="right").astype(np.float64)
    tn = np.searchsorted(wrong, thresholds, side="right").astype(np.float64)
    return Counts(len(right) - fn, len(wrong) - tn, fn, tn)


def stratified_folds(truth: NDArray[np.generic]) -> NDArray[np.int64]:
    """The fold of each row, (row,), every class shared out evenly; always the same for the same truth."""
    random, folds = stream(0, "cross-fitting"), np.zeros(len(truth), dtype=np.int64)
    for label in np.unique(truth):
        rows = np.flatnonzero(truth == label)
        folds[random.permutation(rows)] = np.arange(len(rows)) % FOLDS
    return folds


def _cross_fitted(positive: NDArray[np.bool_], p: Floats, goal: Goal) -> float:
    """All rows' counts together, each row called by the threshold of the other folds."""
    if min(positive.sum(), (~positive).sum()) < FOLDS:
        return float("nan")
    folds = stratified_folds(positive)
    summed = np.zeros(4)
    for fold in range(FOLDS):
        inside = folds == fold
        threshold, _ = _best(positive[~inside], p[~inside], goal)
        found = _counts(positive[inside], p[inside], np.array([threshold]))
        summed += [found.tp[0], found.fp[0], found.fn[0], found.tn[0]]
    tp, fp, fn, tn = summed[:, None]
    return float(goal(Counts(tp, fp, fn, tn))[0])
