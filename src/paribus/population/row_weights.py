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
    weights = _by_class(prepare.class_weight, fold.train_y, task)
    if fold.train_weight is not None:
        own = fold.train_weight if weights is None or weights.ndim == 1 else fold.train_weight[:, None]
        weights = own if weights is None else weights * own
    return None if weights is None else weights.astype(np.float32)


def _by_class(
    rule: str | dict[str, float], truth: NDArray[np.generic], task: Task
) -> NDArray[np.float64] | None:
    if rule == "none":
        return None
    codes = truth.astype(np.int64)
    if isinstance(rule, dict):
        return np.array([rule.get(name, 1.0) for name in task.classes])[codes]
    if task.kind == "multilabel":
        positive = codes.mean(axis=0)
        return np.where(codes == 1, *(0.5 / np.maximum(share, 1e-12) for share in (positive, 1 - positive)))
    counts = np.bincount(codes, minlength=max(2, task.n_outputs))
    present = np.count_nonzero(counts)
    each: NDArray[np.float64] = len(codes) / (present * np.maximum(counts, 1))
    return each[codes]
