"""Gradient descent with classical momentum. Polyak, USSR Comp. Math. and Math. Phys. 4, 1964."""

from __future__ import annotations

from typing import ClassVar

from paribus.population.buffers import Stack
from paribus.population.optimizers.base import Optimizer


class SGD(Optimizer):
    """velocity = momentum · velocity + gradient; the step is lr · velocity."""

    n_states: ClassVar[int] = 1

    def direction(self, gradient: Stack, step: int) -> tuple[Stack, float]:
        """See `Optimizer.direction`."""
        if not self.momentum:
            return gradient, 1.0
        self.states[0].flat.mul_(self.momentum).add_(gradient.flat)
        return self.states[0], 1.0
