"""RMSprop. Tieleman & Hinton, Coursera lecture 6.5, 2012."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece, average_


class RMSprop(Optimizer):
    """Steps by the root of a running mean of squares; epsilon under it (Keras) or beside it."""

    n_states: ClassVar[int] = 1

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        settings, (scratch, _), gradient = piece.settings, piece.scratch, piece.gradient
        squares = piece.states[0]
        average_(squares, settings.rho, settings.new_rho, torch.mul(gradient, gradient, out=scratch))
        if self.torch:
            step = gradient.div_(torch.sqrt(squares, out=scratch).add_(settings.epsilon))
        else:
            step = gradient.div_(torch.add(squares, settings.epsilon, out=scratch).sqrt_()).mul_(factors[0])
        if self.momentum:
            step = piece.states[1].mul_(settings.momentum).add_(step)
        if self.torch:
            step = torch.mul(step, factors[0], out=scratch)
        piece.weights.sub_(step)
