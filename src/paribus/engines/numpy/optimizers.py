"""Optimizers: how far one array moves at a step. Their papers: `paribus options optimizer`.

Letters as in the papers: g the gradient, m and v its running moments, t the step from 1; s and d as in
docs/arithmetic.md. `rate` is the step's learning rate.
"""

from __future__ import annotations

import numpy as np

from paribus.engines.numpy.matrix import Matrix
from paribus.study.conventions import constants, first_squares
from paribus.study.spec import Train


class Optimizer:
    """The optimizer of one array, with its numbers and its memory."""

    def __init__(self, train: Train, array: Matrix) -> None:
        self.torch, self.nesterov = train.convention == "torch", train.nesterov
        self.momentum, self.rho, self.beta_1, self.beta_2, self.epsilon = constants(train)
        self.start(train, np.zeros_like(array))

    def start(self, train: Train, zeros: Matrix) -> None:
        """Its memory before the first step."""
        raise NotImplementedError

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """What to subtract from the array at step t."""
        raise NotImplementedError


class StochasticGradientDescent(Optimizer):
    """With momentum, the velocity holds the learning rate (torch convention: it doesn't)."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """At rest."""
        self.velocity = zeros

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        inside, outside = (1.0, rate) if self.torch else (rate, 1.0)
        self.velocity = self.momentum * self.velocity + inside * g
        ahead = self.momentum * self.velocity + inside * g if self.nesterov else self.velocity
        return outside * ahead


class RMSprop(Optimizer):
    """By a running mean of squares."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """Nothing met, at rest."""
        self.s, self.velocity = zeros, zeros

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        self.s = self.rho * self.s + (1 - self.rho) * g**2
        if self.torch:
            self.velocity = self.momentum * self.velocity + g / (np.sqrt(self.s) + self.epsilon)
            return rate * self.velocity
        self.velocity = self.momentum * self.velocity + rate * g / np.sqrt(self.s + self.epsilon)
        return self.velocity


class Adam(Optimizer):
    """By both moments."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """Nothing met."""
        self.m, self.v = zeros, zeros

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        self.moments(g)
        rate = rate / (1 - self.beta_1**t)
        root = np.sqrt(1 - self.beta_2**t)
        if self.torch:
            return rate * self.m / (np.sqrt(self.v) / root + self.epsilon)
        return rate * root * self.m / (np.sqrt(self.v) + self.epsilon)

    def moments(self, g: Matrix) -> None:
        """Take in a gradient."""
        self.m = self.beta_1 * self.m + (1 - self.beta_1) * g
        self.v = self.beta_2 * self.v + (1 - self.beta_2) * g**2


class Nadam(Adam):
    """Adam whose momentum uₜ rises, with a look ahead."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """Nothing met; the product of all uₜ so far."""
        super().start(train, zeros)
        self.product = 1.0

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        self.moments(g)
        now, after = self.rising(t), self.rising(t + 1)
        self.product *= now
        first = after * self.m / (1 - self.product * after) + (1 - now) * g / (1 - self.product)
        return rate * first / (np.sqrt(self.v / (1 - self.beta_2**t)) + self.epsilon)

    def rising(self, t: int) -> float:
        """uₜ."""
        return self.beta_1 * (1 - 0.96 ** (0.004 * t if self.torch else t) / 2)


class Adamax(Optimizer):
    """By the first moment and the largest gradient, which fades."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """Nothing met."""
        self.m, self.largest = zeros, zeros

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        self.m = self.beta_1 * self.m + (1 - self.beta_1) * g
        inside, outside = (self.epsilon, 0.0) if self.torch else (0.0, self.epsilon)
        self.largest = np.maximum(self.beta_2 * self.largest, np.abs(g) + inside)
        return rate / (1 - self.beta_1**t) * self.m / (self.largest + outside)


class Adagrad(Optimizer):
    """By the sum of all squares."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """The convention's first sum."""
        self.s = zeros + first_squares(train)

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        self.s = self.s + g**2
        return rate * g / (np.sqrt(self.s) + self.epsilon if self.torch else np.sqrt(self.s + self.epsilon))


class Adadelta(Optimizer):
    """By running means of squared gradients and of squared steps."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """Nothing met, no step taken."""
        self.s, self.steps = zeros, zeros

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        self.s = self.rho * self.s + (1 - self.rho) * g**2
        d = g * np.sqrt(self.steps + self.epsilon) / np.sqrt(self.s + self.epsilon)
        self.steps = self.rho * self.steps + (1 - self.rho) * d**2
        return rate * d


class Lion(Optimizer):
    """By the sign of a running moment."""

    def start(self, train: Train, zeros: Matrix) -> None:
        """Nothing met."""
        self.m = zeros

    def move(self, g: Matrix, rate: float, t: int) -> Matrix:
        """See `Optimizer.move`."""
        step = np.sign(self.beta_1 * self.m + (1 - self.beta_1) * g)
        self.m = self.beta_2 * self.m + (1 - self.beta_2) * g
        return rate * step


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": StochasticGradientDescent,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": Adam,
    "nadam": Nadam,
    "adamax": Adamax,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "lion": Lion,
}
