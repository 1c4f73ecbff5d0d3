"""RMSprop. Tieleman & Hinton, Coursera lecture 6.5, 2012."""

from __future__ import annotations

from typing import ClassVar

import torch

from paribus.population.buffers import Stack
from paribus.population.optimizers.base import Optimizer


class RMSprop(Optimizer):
    """step = lr · gradient / √(mean of squares + ε), as in Keras."""

    n_states: ClassVar[int] = 1

    def direction(self, gradient: Stack, step: int) -> tuple[Stack, float]:
        """See `Optimizer.direction`."""
        squares, root = self.states[0].flat, self.scratch.flat
        squares.mul_(self.rho).addcmul_(gradient.flat, gradient.flat, value=1 - self.rho)
        torch.add(squares, self.epsilon, out=root).sqrt_()
        torch.div(gradient.flat, root, out=root)
        return self.scratch, 1.0
