"""Losses by the logits z and the truth y, (row, output) each. Their papers: `paribus options loss`.

A row's loss has parts, whose mean it is: one an output, or a single one over all classes.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax, logsigmoid, relu, softmax

from paribus.population.losses import resolve_loss
from paribus.population.outcome import Task
from paribus.study.conventions import loss_shape
from paribus.study.spec import Train

Parts = Callable[[Tensor, Tensor, float], Tensor]
"""(z, y, the loss's shape) → parts, (row, part)."""


def _focal(z: Tensor, y: Tensor, gamma: float) -> Tensor:
    away = (1 - 2 * y) * z
    # The probability of the wrong side by its logarithm: the power of a 0 has no gradient.
    return -torch.exp(gamma * logsigmoid(away)) * logsigmoid(-away)


LABELS: dict[str, Parts] = {
    "binary_crossentropy": lambda z, y, _: binary_cross_entropy_with_logits(z, y, reduction="none"),
    "mse": lambda z, y, _: (torch.sigmoid(z) - y).square(),
    "mae": lambda z, y, _: (torch.sigmoid(z) - y).abs(),
    "hinge": lambda z, y, _: relu(1 - (2 * y - 1) * z),
    "focal": _focal,
}


def _mean(values: Tensor) -> Tensor:
    """Over the classes: (row, 1)."""
    return values.mean(1, keepdim=True)


def _likelihood(z: Tensor, y: Tensor) -> Tensor:
    """−log of the probability of the right class, (row, 1)."""
    return -(y * log_softmax(z, 1)).sum(1, keepdim=True)


def _hinge(z: Tensor, y: Tensor, _: float) -> Tensor:
    right = (y * z).sum(1, keepdim=True)
    return _mean((1 - y) * relu(1 - right + z))


def _focal_of_classes(z: Tensor, y: Tensor, gamma: float) -> Tensor:
    every, others = torch.logsumexp(z, 1), torch.logsumexp(z.masked_fill(y == 1, -torch.inf), 1)
    return torch.exp(gamma * (others - every))[:, None] * _likelihood(z, y)


CLASSES: dict[str, Parts] = {
    "categorical_crossentropy": lambda z, y, _: _likelihood(z, y),
    "mse": lambda z, y, _: _mean((softmax(z, 1) - y).square()),
    "mae": lambda z, y, _: _mean((softmax(z, 1) - y).abs()),
    "hinge": _hinge,
    "focal": _focal_of_classes,
}


def _huber(z: Tensor, y: Tensor, delta: float) -> Tensor:
    error = (z - y).abs()
    return torch.where(error <= delta, error.square() / 2, delta * (error - delta / 2))


VALUES: dict[str, Parts] = {
    "mse": lambda z, y, _: (z - y).square(),
    "mae": lambda z, y, _: (z - y).abs(),
    "huber": _huber,
}
PARTS = {"binary": LABELS, "multilabel": LABELS, "multiclass": CLASSES, "regression": VALUES}


class Objective:
    """What is trained on: the mean over rows of weight · loss, and the penalties."""

    def __init__(self, train: Train, task: Task) -> None:
        name = resolve_loss(train.loss, task.kind)
        self.parts, self.shape = PARTS[task.kind][name], loss_shape(train)
        self.smoothing = train.label_smoothing if name.endswith("crossentropy") else 0.0
        self.classes = task.n_outputs if task.kind == "multiclass" else 2
        self.l1, self.l2 = train.l1, train.l2

    def __call__(self, z: Tensor, y: Tensor, weights: Tensor, penalised: list[Tensor]) -> Tensor:
        """From logits and truth (row, output), weights (row, 1 or output), and the weights of all layers."""
        smoothed = y * (1 - self.smoothing) + self.smoothing / self.classes
        found = (weights * self.parts(z, smoothed, self.shape)).mean()
        for layer in penalised if self.l1 or self.l2 else ():
            found = found + self.l1 * layer.abs().sum() + self.l2 * layer.square().sum()
        return found
