"""Two configurations on one split and one seed: the tests that rows alone allow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.stats.comparison import Comparison
from paribus.stats.delong import delong_difference
from paribus.stats.held_out import HeldOut
from paribus.stats.mcnemar import mcnemar
from paribus.stats.paired_bootstrap import paired_bootstrap

FEWEST = 2
"""Rows of each class that DeLong's test needs."""


def compare_rows(held_out: HeldOut, metric: str, one: str, other: str) -> Comparison | None:
    """McNemar's test of accuracy, DeLong's of the ROC curve's area, the bootstrap for the rest.

    None where one of them has no predictions.
    """
    first, second = held_out.pooled(one), held_out.pooled(other)
    if first is None or second is None:
        return None
    kind, truth = held_out.kind, held_out.truth
    if metric == "accuracy" and kind != "regression":
        return mcnemar(_right(kind, truth, first[0]), _right(kind, truth, second[0]))
    classes = np.bincount((truth == 1).astype(np.int64).ravel(), minlength=2)
    if metric == "roc_auc" and kind == "binary" and classes.min() >= FEWEST:
        return delong_difference(truth == 1, first[0], second[0])
    return paired_bootstrap(kind, metric, truth, first, second)


def _right(kind: str, truth: NDArray[np.generic], predicted: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each row is called right, (row,)."""
    if kind == "multiclass":
        return np.asarray(predicted.argmax(axis=-1) == truth)
    right = np.asarray((predicted > 0.5) == (truth == 1))
    return right if right.ndim == 1 else np.asarray(right.all(axis=-1))
