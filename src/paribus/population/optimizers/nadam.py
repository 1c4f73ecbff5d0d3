"""Nadam: Adam that looks ahead along the first moment. Dozat, ICLR workshop 2016."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece, average_
from paribus.population.settings import Column, Exact, Step


class Nadam(Optimizer):
    """The momentum rises with 0.96ᵗ (Keras) or 0.96^(0.004 t) (PyTorch)."""

    n_states: ClassVar[int] = 2

    def __init__(self, convention: str, momentum: bool, nesterov: bool, exact: Exact) -> None:
        super().__init__(convention, momentum, nesterov, exact)
        self.reached: tuple[int, Column] = 0, np.ones_like(exact.beta_1)

    def factors(self, rate: Column, step: Step) -> tuple[Column, ...]:
        """See `Optimizer.factors`."""
        assert isinstance(step, int)
        now, after = self._share(np.array([step])), self._share(np.array([step + 1]))
        product = self._product(step)
        return (
            rate * after / (1 - product * after),
            rate * (1 - now) / (1 - product),
            1 / np.sqrt(1 - self.exact.beta_2**step),
        )

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        settings, (scratch, root), gradient = piece.settings, piece.scratch, piece.gradient
        first, second = piece.states
        average_(second, settings.beta_2, settings.new_2, torch.mul(gradient, gradient, out=scratch))
        first.mul_(settings.beta_1).add_(torch.mul(gradient, settings.new_1, out=scratch))
        torch.sqrt(second, out=root).mul_(factors[2]).add_(settings.epsilon)
        torch.mul(first, factors[0], out=scratch).add_(gradient.mul_(factors[1]))
        piece.weights.sub_(scratch.div_(root))

    def _share(self, steps: NDArray[np.integer]) -> Column:
        """The momentum of each step: (member, step)."""
        share: Column = self.exact.beta_1 * (1 - 0.5 * 0.96 ** (steps * (0.004 if self.torch else 1.0)))
        return share

    def _product(self, step: int) -> Column:
        """The product of the momenta of all steps so far."""
        reached, product = self.reached
        missing = self._share(np.arange(reached + 1, step + 1)).prod(axis=1, keepdims=True)
        self.reached = step, product * missing
        return self.reached[1]
