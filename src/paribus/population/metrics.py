"""Metrics of all members at once, in float64, agreeing with scikit-learn's.

Every function takes `truth`, (row,) or (member, row), and predictions with a leading member axis,
and gives one value a member. What is undefined (a ROC curve of one class) is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Array = NDArray[Any]


def scores(kind: str, metrics: Iterable[str], truth: Array, predictions: Array) -> dict[str, Floats]:
    """The value of each metric, (member,).

    `predictions` is (member, row): the probability of the positive class, or the value for
    regression; (member, row, output) for several classes, labels or targets. Of several labels or
    targets it is the mean over them, but for accuracy: the share of rows with every label right.
    """
    predictions = predictions.astype(np.float64)
    if kind == "binary":
        return _binary(metrics, truth == 1, predictions)
    if kind == "multiclass":
        return {metric: _MULTICLASS[metric](truth, predictions) for metric in metrics}
    if kind == "multilabel":
        return {metric: _multilabel(metric, truth == 1, predictions) for metric in metrics}
    return {metric: _regression(metric, truth.astype(np.float64), predictions) for metric in metrics}


def _multilabel(metric: str, truth: Array, p: Floats) -> Floats:
    if metric == "accuracy":
        right: Floats = np.mean((truth == (p > 0.5)).all(axis=-1), axis=-1, dtype=np.float64)
        return right
    each = [_binary([metric], truth[..., n], p[..., n])[metric] for n in range(p.shape[-1])]
    return np.mean(each, axis=0)


def _regression(metric: str, truth: Floats, values: Floats) -> Floats:
    if values.ndim == 2:
        return _REGRESSION[metric](truth, values)
    return np.mean(
        [_REGRESSION[metric](truth[..., n], values[..., n]) for n in range(values.shape[-1])], axis=0
    )


def _binary(metrics: Iterable[str], truth: Array, p: Floats) -> dict[str, Floats]:
    counts = _counts(truth, p)
    return {
        metric: _COUNTED[metric](counts) if metric in _COUNTED else _SCORED[metric](truth, p)
        for metric in metrics
    }


def of_counts(metric: str, counts: Counts) -> Floats:
    """A metric of `COUNTED` from the counts alone."""
    return _COUNTED[metric](counts)


def _share(part: Array, whole: Array) -> Floats:
    """part / whole, 0 where whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)


class Counts(NamedTuple):
    """True positives, false positives, false negatives, true negatives: each (member,)."""

    tp: Floats
    fp: Floats
    fn: Floats
    tn: Floats


def _counts(truth: Array, p: Floats) -> Counts:
    called = p > 0.5
    both = np.count_nonzero(truth & called, axis=-1).astype(np.float64)
    positives = np.count_nonzero(truth, axis=-1)
    calls = np.count_nonzero(called, axis=-1)
    return Counts(both, calls - both, positives - both, p.shape[-1] - positives - calls + both)


def _balanced_accuracy(c: Counts) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.nanmean([c.tp / (c.tp + c.fn), c.tn / (c.tn + c.fp)], axis=0)


def _mcc(c: Counts) -> Floats:
    product = (c.tp + c.fp) * (c.tp + c.fn) * (c.tn + c.fp) * (c.tn + c.fn)
    return _share(c.tp * c.tn - c.fp * c.fn, np.sqrt(product))


def _log_loss(truth: Array, p: Floats) -> Floats:
    likelihood = np.clip(np.where(truth, p, 1 - p), np.finfo(np.float64).eps, 1)
    return -np.log(likelihood).mean(axis=-1)


def _brier(truth: Array, p: Floats) -> Floats:
    return np.square(p - truth).mean(axis=-1)


def _descending(truth: Array, p: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Positives and negatives called so far, from the highest score down, and where a tie ends."""
    order = np.argsort(-p, axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=-1)
    positive = np.take_along_axis(np.broadcast_to(truth, p.shape), order, axis=-1)
    ends = np.ones(p.shape, dtype=np.bool_)
    ends[..., :-1] = ranked[..., 1:] != ranked[..., :-1]
    return np.cumsum(positive, axis=-1), np.cumsum(~positive, axis=-1), ends


def _before(counts: NDArray[np.int64], ends: NDArray[np.bool_]) -> NDArray[np.int64]:
    """At the end of each tie, `counts` as it stood at the end of the tie before."""
    last = np.maximum.accumulate(np.where(ends, counts, 0), axis=-1)
    before = np.zeros_like(last)
    before[..., 1:] = last[..., :-1]
    return before


def _roc_auc(truth: Array, p: Floats) -> Floats:
    tp, fp, ends = _descending(truth, p)
    width = np.where(ends, fp - _before(fp, ends), 0)
    area = (width * (tp + _before(tp, ends))).sum(axis=-1) / 2
    pairs = tp[..., -1] * fp[..., -1]
    return np.divide(area, pairs, out=np.full(area.shape, np.nan), where=pairs != 0)


def _average_precision(truth: Array, p: Floats) -> Floats:
    tp, fp, ends = _descending(truth, p)
    gained = np.where(ends, tp - _before(tp, ends), 0)
    return _share((gained * tp / (tp + fp)).sum(axis=-1), tp[..., -1])


def _one_against_rest(binary: str, truth: Array, p: Floats, one_hot: bool) -> Floats:
    """The macro mean over classes of a binary metric."""
    called = np.eye(p.shape[-1])[p.argmax(axis=-1)] if one_hot else p
    each = [_binary([binary], truth == label, called[..., label])[binary] for label in range(p.shape[-1])]
    return np.mean(each, axis=0)


def _multiclass_balanced(truth: Array, p: Floats) -> Floats:
    called = p.argmax(axis=-1)
    present = [label for label in range(p.shape[-1]) if np.any(truth == label)]
    found = [_share(((truth == c) & (called == c)).sum(-1), (truth == c).sum(-1)) for c in present]
    return np.mean(found, axis=0)


def _multiclass_mcc(truth: Array, p: Floats) -> Floats:
    """Gorodkin, Computational Biology and Chemistry 28, 2004."""
    called = p.argmax(axis=-1)
    n = p.shape[-2]
    truths = np.stack([(truth == label).sum(-1) for label in range(p.shape[-1])], -1).astype(np.float64)
    calls = np.stack([(called == label).sum(-1) for label in range(p.shape[-1])], -1).astype(np.float64)
    agreed = (truth == called).sum(-1)
    top = agreed * n - (truths * calls).sum(-1)
    return _share(top, np.sqrt((n**2 - (calls**2).sum(-1)) * (n**2 - (truths**2).sum(-1))))


def _multiclass_log_loss(truth: Array, p: Floats) -> Floats:
    index = np.broadcast_to(truth, p.shape[:-1])[..., None].astype(np.int64)
    share = np.take_along_axis(p, index, axis=-1)[..., 0] / p.sum(axis=-1)
    return -np.log(np.clip(share, np.finfo(np.float64).eps, 1)).mean(axis=-1)


def _multiclass_brier(truth: Array, p: Floats) -> Floats:
    errors = p - np.eye(p.shape[-1])[truth.astype(np.int64)]
    return np.square(errors).sum(axis=-1).mean(axis=-1)


def _r2(truth: Floats, value: Floats) -> Floats:
    spread = np.square(truth - truth.mean(axis=-1, keepdims=True)).sum(axis=-1)
    return 1 - np.square(truth - value).sum(axis=-1) / spread


_COUNTED: dict[str, Callable[[Counts], Floats]] = {
    "accuracy": lambda c: (c.tp + c.tn) / (c.tp + c.fp + c.fn + c.tn),
    "balanced_accuracy": _balanced_accuracy,
    "precision": lambda c: _share(c.tp, c.tp + c.fp),
    "recall": lambda c: _share(c.tp, c.tp + c.fn),
    "f1": lambda c: _share(2 * c.tp, 2 * c.tp + c.fp + c.fn),
    "mcc": _mcc,
}
COUNTED = tuple(_COUNTED)
"""The metrics of two classes that depend on nothing but which rows are called positive."""
_SCORED: dict[str, Callable[[Array, Floats], Floats]] = {
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
    "log_loss": _log_loss,
    "brier": _brier,
}
_MULTICLASS: dict[str, Callable[[Array, Floats], Floats]] = {
    "accuracy": lambda truth, p: np.mean(truth == p.argmax(axis=-1), axis=-1, dtype=np.float64),
    "balanced_accuracy": _multiclass_balanced,
    "precision": lambda truth, p: _one_against_rest("precision", truth, p, one_hot=True),
    "recall": lambda truth, p: _one_against_rest("recall", truth, p, one_hot=True),
    "f1": lambda truth, p: _one_against_rest("f1", truth, p, one_hot=True),
    "roc_auc": lambda truth, p: _one_against_rest("roc_auc", truth, p, one_hot=False),
    "average_precision": lambda truth, p: _one_against_rest("average_precision", truth, p, one_hot=False),
    "brier": _multiclass_brier,
    "log_loss": _multiclass_log_loss,
    "mcc": _multiclass_mcc,
}
_REGRESSION: dict[str, Callable[[Array, Floats], Floats]] = {
    "mse": lambda truth, value: np.square(truth - value).mean(axis=-1),
    "rmse": lambda truth, value: np.sqrt(np.square(truth - value).mean(axis=-1)),
    "mae": lambda truth, value: np.abs(truth - value).mean(axis=-1),
    "r2": _r2,
}
