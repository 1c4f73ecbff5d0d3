"""A step of training: gradients clipped, weight decay, the optimizer."""

from __future__ import annotations

import numpy as np

from paribus.engines.numpy.matrix import Matrix
from paribus.engines.numpy.optimizers import OPTIMIZERS
from paribus.study.conventions import couples_decay
from paribus.study.spec import Train


def clipped(gradients: list[Matrix], train: Train) -> list[Matrix]:
    """The gradients of all arrays, none beyond `clip_value`, or together no longer than `clip_norm`."""
    if train.clip_value is not None:
        return [np.clip(gradient, -train.clip_value, train.clip_value) for gradient in gradients]
    if train.clip_norm is None:
        return gradients
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    if train.convention == "torch":
        length = length + 1e-6
    return [gradient * np.minimum(1, train.clip_norm / length) for gradient in gradients]


class Descent:
    """Moves the arrays that are trained, in place."""

    def __init__(self, train: Train, trained: list[Matrix]) -> None:
        self.train, self.trained, self.steps = train, trained, 0
        self.optimizers = [OPTIMIZERS[train.optimizer](train, array) for array in trained]

    def step(self, gradients: list[Matrix], rate: float) -> None:
        """One step at the learning rate `rate`."""
        self.steps += 1
        share, coupled = self.train.weight_decay, couples_decay(self.train)
        arrays = zip(self.trained, clipped(gradients, self.train), self.optimizers, strict=True)
        for array, gradient, optimizer in arrays:
            if coupled:
                array[:] = array - optimizer.move(gradient + share * array, rate, self.steps)
            else:
                array[:] = array - rate * share * array - optimizer.move(gradient, rate, self.steps)
