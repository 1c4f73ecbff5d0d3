"""Losses by the logits z (row, output), each with its gradient. Their papers: `paribus options loss`.

y is the truth (row, output), 0 or 1 for classes. A row's loss has *parts*, whose mean it is: one an
output, or a single one over all classes. `slope` is the gradient of a part by its logits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from paribus.engines.numpy.activations import sigmoid, softplus
from paribus.engines.numpy.matrix import Matrix
from paribus.population.losses import resolve_loss
from paribus.population.outcome import Task
from paribus.study.conventions import loss_shape
from paribus.study.spec import Train


class Formula(NamedTuple):
    """Parts (row, part) and their slopes (row, output), of z, y and the loss's shape."""

    parts: Callable[[Matrix, Matrix, float], Matrix]
    slope: Callable[[Matrix, Matrix, float], Matrix]


def _probabilities(z: Matrix) -> Matrix:
    return softmax(z, axis=1)


PREDICTED: dict[str, Callable[[Matrix], Matrix]] = {
    "binary": sigmoid,
    "multilabel": sigmoid,
    "multiclass": _probabilities,
    "regression": lambda z: z,
}


def _away(z: Matrix, y: Matrix) -> Matrix:
    """How far a logit lies on the wrong side."""
    return (1 - 2 * y) * z


def _focal_slope(wrong: Matrix, loss: Matrix, gamma: float) -> Matrix:
    """Of (1 − q)^γ · (−log q) by how far a logit lies on the wrong side; `wrong` is 1 − q."""
    return wrong**gamma * (gamma * (1 - wrong) * loss + wrong)


def _by_sigmoid(p: Matrix, slope: Matrix) -> Matrix:
    """A slope by p = sigmoid(z), by z."""
    return slope * p * (1 - p)


LABELS = {
    "binary_crossentropy": Formula(
        # For a smoothed truth both sides count; for 0 and 1 this is softplus((1 − 2y) z).
        lambda z, y, _: y * softplus(-z) + (1 - y) * softplus(z),
        lambda z, y, _: sigmoid(z) - y,
    ),
    "mse": Formula(
        lambda z, y, _: (sigmoid(z) - y) ** 2,
        lambda z, y, _: _by_sigmoid(sigmoid(z), 2 * (sigmoid(z) - y)),
    ),
    "mae": Formula(
        lambda z, y, _: np.abs(sigmoid(z) - y),
        lambda z, y, _: _by_sigmoid(sigmoid(z), np.sign(sigmoid(z) - y)),
    ),
    "hinge": Formula(
        lambda z, y, _: np.maximum(0, 1 + _away(z, y)),
        lambda z, y, _: (1 - 2 * y) * (1 + _away(z, y) > 0),
    ),
    "focal": Formula(
        lambda z, y, gamma: sigmoid(_away(z, y)) ** gamma * softplus(_away(z, y)),
        lambda z, y, gamma: (1 - 2 * y) * _focal_slope(sigmoid(_away(z, y)), softplus(_away(z, y)), gamma),
    ),
}


def _sum(values: Matrix) -> Matrix:
    """Over the classes: (row, 1)."""
    return values.sum(axis=1, keepdims=True)


def _by_softmax(p: Matrix, slope: Matrix) -> Matrix:
    """A slope by p = softmax(z), by z."""
    return p * (slope - _sum(slope * p))


def _likelihood(z: Matrix, y: Matrix) -> Matrix:
    """−log of the probability of the right class, (row, 1)."""
    return -_sum(y * log_softmax(z, axis=1))


def _missed(z: Matrix, y: Matrix) -> Matrix:
    """How much each wrong class lacks to stand 1 below the right one; 0 for the right class."""
    return (1 - y) * np.maximum(0, 1 - _sum(y * z) + z)


def _hinge_slope(z: Matrix, y: Matrix, _: float) -> Matrix:
    missed = (_missed(z, y) > 0).astype(np.float64)
    return (missed - y * _sum(missed)) / z.shape[1]


def _focal(z: Matrix, y: Matrix, gamma: float) -> Matrix:
    return _sum((1 - y) * _probabilities(z)) ** gamma * _likelihood(z, y)


def _focal_by_classes(z: Matrix, y: Matrix, gamma: float) -> Matrix:
    # Each wrong class by its share among the wrong ones, which exists where their sum is 0 too.
    share = _probabilities(np.where(y == 1, -np.inf, z))
    return (share - y) * _focal_slope(_sum((1 - y) * _probabilities(z)), _likelihood(z, y), gamma)


CLASSES = {
    "categorical_crossentropy": Formula(
        lambda z, y, _: _likelihood(z, y),
        lambda z, y, _: _probabilities(z) - y,
    ),
    "mse": Formula(
        lambda z, y, _: _sum((_probabilities(z) - y) ** 2) / z.shape[1],
        lambda z, y, _: _by_softmax(_probabilities(z), 2 * (_probabilities(z) - y)) / z.shape[1],
    ),
    "mae": Formula(
        lambda z, y, _: _sum(np.abs(_probabilities(z) - y)) / z.shape[1],
        lambda z, y, _: _by_softmax(_probabilities(z), np.sign(_probabilities(z) - y)) / z.shape[1],
    ),
    "hinge": Formula(lambda z, y, _: _sum(_missed(z, y)) / z.shape[1], _hinge_slope),
    "focal": Formula(_focal, _focal_by_classes),
}
VALUES = {
    "mse": Formula(lambda z, y, _: (z - y) ** 2, lambda z, y, _: 2 * (z - y)),
    "mae": Formula(lambda z, y, _: np.abs(z - y), lambda z, y, _: np.sign(z - y)),
    "huber": Formula(
        lambda z, y, delta: np.where(
            np.abs(z - y) <= delta, (z - y) ** 2 / 2, delta * (np.abs(z - y) - delta / 2)
        ),
        lambda z, y, delta: np.clip(z - y, -delta, delta),
    ),
}
FORMULAS = {"binary": LABELS, "multilabel": LABELS, "multiclass": CLASSES, "regression": VALUES}


class Loss:
    """The loss of a training."""

    def __init__(self, train: Train, task: Task) -> None:
        self.task, self.shape = task, loss_shape(train)
        name = resolve_loss(train.loss, task.kind)
        self.formula = FORMULAS[task.kind][name]
        self.smoothing = train.label_smoothing if name.endswith("crossentropy") else 0.0

    def truth(self, targets: NDArray[Any]) -> Matrix:
        """Targets as (row, output): one column a class where there are more than two."""
        if self.task.kind == "multiclass":
            return np.eye(self.task.n_outputs)[targets.astype(np.int64)]
        return targets.astype(np.float64).reshape(len(targets), -1)

    def plain(self, z: Matrix, y: Matrix) -> Matrix:
        """Each row's loss as it is reported, (row,)."""
        return self.formula.parts(z, y, self.shape).mean(axis=1)

    def gradient(self, z: Matrix, y: Matrix, weights: Matrix) -> Matrix:
        """The gradient by the logits, (row, output), of the mean over the rows of weight · loss;
        `weights` are (row, 1), or (row, output) for labels.
        """
        parts = len(z) if self.task.kind == "multiclass" else z.size
        return weights * self.formula.slope(z, self._smoothed(y), self.shape) / parts

    def predictions(self, z: Matrix) -> NDArray[np.float32]:
        """(row,) for one output, (row, output) for more."""
        found = PREDICTED[self.task.kind](z).astype(np.float32)
        alone = self.task.kind in ("binary", "regression") and self.task.n_outputs == 1
        return found[:, 0] if alone else found

    def _smoothed(self, y: Matrix) -> Matrix:
        classes = self.task.n_outputs if self.task.kind == "multiclass" else 2
        return y * (1 - self.smoothing) + self.smoothing / classes


def by_penalty(train: Train, weights: Matrix) -> Matrix:
    """The gradient of l1 Σ|W| + l2 ΣW² by one layer's weights and biases, (input + 1, unit)."""
    slope = train.l1 * np.sign(weights) + 2 * train.l2 * weights
    slope[-1] = 0
    return slope
