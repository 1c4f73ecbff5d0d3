"""Gradient descent, with momentum (Polyak 1964) and Nesterov's look ahead (Sutskever et al. 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece


class SGD(Optimizer):
    """Keras' velocity holds the learning rate; PyTorch's doesn't."""

    n_states: ClassVar[int] = 0

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        step = piece.gradient if self.torch else piece.gradient.mul_(factors[0])
        if self.momentum:
            kept, (velocity,) = piece.settings.momentum, piece.states
            velocity.mul_(kept).add_(step)
            step = torch.mul(velocity, kept, out=piece.scratch[0]).add_(step) if self.nesterov else velocity
        if self.torch:
            step = torch.mul(step, factors[0], out=piece.scratch[0])
        piece.weights.sub_(step)
