"""Adam. Kingma & Ba, ICLR 2015; AdamW (Loshchilov & Hutter, ICLR 2019) differs in its decay alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from paribus.population.optimizers.base import Optimizer, Piece, average_
from paribus.population.settings import Column, Step


class Adam(Optimizer):
    """Epsilon beside the uncorrected root (Keras) or the corrected one (PyTorch)."""

    n_states: ClassVar[int] = 2

    def factors(self, rate: Column, step: Step) -> tuple[Column, ...]:
        """See `Optimizer.factors`."""
        first, root = 1 - self.exact.beta_1**step, np.sqrt(1 - self.exact.beta_2**step)
        return (rate / first, 1 / root) if self.torch else (rate * root / first,)

    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """See `Optimizer.move`."""
        settings, (scratch, _), gradient = piece.settings, piece.scratch, piece.gradient
        first, second = piece.states
        average_(second, settings.beta_2, settings.new_2, torch.mul(gradient, gradient, out=scratch))
        average_(first, settings.beta_1, settings.new_1, gradient)
        torch.sqrt(second, out=scratch)
        if self.torch:
            scratch.mul_(factors[1])
        torch.div(first, scratch.add_(settings.epsilon), out=scratch)
        piece.weights.sub_(scratch.mul_(factors[0]))
