"""How much each training row counts in the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.population.outcome import FoldArrays, Task
from paribus.study.spec import Prepare


def row_weights(prepare: Prepare, fold: FoldArrays, task: Task) -> NDArray[np.float32] | None:
    """The weight of each training row, (row,), or of each of its labels, (row, label): its class's
    (`prepare.class_weight`) times its own. None where all count the same.

    King & Zeng, Political Analysis 9, 2001.
    """
    by_class, own = _by_class(prepare.class_weight, fold.train_y, task), fold.train_weight
    if by_class is None or own is None:
        return own if by_class is None else by_class.astype(np.float32)
    return (by_class * (own if by_class.ndim == 1 else own[:, None])).astype(np.float32)


def _by_class(
    rule: str | dict[str, float], truth: NDArray[np.generic], task: Task
) -> NDArray[np.float64] | None:
    if rule == "none":
        return None
    codes = truth.astype(np.int64)
    if isinstance(rule, dict):
        given: NDArray[np.float64] = np.array([rule.get(name, 1.0) for name in task.classes])[codes]
        return given
    if task.kind == "multilabel":
        share = np.where(codes == 1, codes.mean(axis=0), 1 - codes.mean(axis=0))
        balanced: NDArray[np.float64] = 0.5 / share
        return balanced
    counts = np.bincount(codes, minlength=max(2, task.n_outputs))
    present = np.count_nonzero(counts)
    each: NDArray[np.float64] = (len(codes) / (present * np.maximum(counts, 1)))[codes]
    return each
