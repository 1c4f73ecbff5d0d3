"""Lion: steps by the sign of a moving average. Chen et al., NeurIPS 2023."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece, average_


class Lion(Optimizer):
    """One average for the sign, another that is kept."""

    n_states: ClassVar[int] = 1

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        settings, (scratch, other), gradient = piece.settings, piece.scratch, piece.gradient
        average = piece.states[0]
        torch.mul(average, settings.beta_1, out=scratch)
        scratch.add_(torch.mul(gradient, settings.new_1, out=other)).sgn_()
        average_(average, settings.beta_2, settings.new_2, gradient)
        piece.weights.sub_(scratch.mul_(factors[0]))
