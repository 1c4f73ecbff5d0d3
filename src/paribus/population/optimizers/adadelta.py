"""Adadelta. Zeiler, arXiv 1212.5701, 2012."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece, average_


class Adadelta(Optimizer):
    """Steps by the ratio of two roots: of mean squared steps to mean squared gradients."""

    n_states: ClassVar[int] = 2

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        settings, (scratch, root), gradient = piece.settings, piece.scratch, piece.gradient
        squares, steps = piece.states
        average_(squares, settings.rho, settings.new_rho, torch.mul(gradient, gradient, out=scratch))
        gradient.mul_(torch.add(steps, settings.epsilon, out=root).sqrt_())
        gradient.div_(torch.add(squares, settings.epsilon, out=root).sqrt_())
        average_(steps, settings.rho, settings.new_rho, torch.mul(gradient, gradient, out=scratch))
        piece.weights.sub_(gradient.mul_(factors[0]))
