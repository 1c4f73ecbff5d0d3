"""Adamax: Adam by the largest gradient. Kingma & Ba, ICLR 2015, section 7.1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece, average_
from paribus.population.settings import Column, Step


class Adamax(Optimizer):
    """Epsilon beside the maximum (Keras) or inside it (PyTorch)."""

    n_states: ClassVar[int] = 2

    def factors(self, rate: Column, step: Step) -> tuple[Column, ...]:
        """See `Optimizer.factors`."""
        return (rate / (1 - self.exact.beta_1**step),)

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        settings, (scratch, _), gradient = piece.settings, piece.scratch, piece.gradient
        first, largest = piece.states
        torch.abs(gradient, out=scratch)
        if self.torch:
            scratch.add_(settings.epsilon)
        torch.maximum(largest.mul_(settings.beta_2), scratch, out=largest)
        average_(first, settings.beta_1, settings.new_1, gradient)
        divisor = largest if self.torch else torch.add(largest, settings.epsilon, out=scratch)
        torch.div(first, divisor, out=scratch)
        piece.weights.sub_(scratch.mul_(factors[0]))
