"""Adagrad. Duchi, Hazan & Singer, Journal of Machine Learning Research 12, 2011."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece
from paribus.population.settings import Settings


class Adagrad(Optimizer):
    """Steps by the root of the sum of squares; epsilon under it (Keras) or beside it."""

    n_states: ClassVar[int] = 1

    def start(self, states: Sequence[Tensor], settings: Settings) -> None:
        """See `Optimizer.start`."""
        states[0].copy_(settings.first_squares.expand_as(states[0]))

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        (scratch, _), gradient, (squares,) = piece.scratch, piece.gradient, piece.states
        squares.add_(torch.mul(gradient, gradient, out=scratch))
        if self.torch:
            torch.sqrt(squares, out=scratch).add_(piece.settings.epsilon)
        else:
            torch.add(squares, piece.settings.epsilon, out=scratch).sqrt_()
        piece.weights.sub_(gradient.mul_(factors[0]).div_(scratch))
