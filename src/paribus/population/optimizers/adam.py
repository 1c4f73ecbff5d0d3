"""Adam. Kingma & Ba, ICLR 2015: the form before section 2.1's end, epsilon beside the uncorrected root."""

from __future__ import annotations

from typing import ClassVar

import torch

from paribus.population.buffers import Stack
from paribus.population.optimizers.base import Optimizer


class Adam(Optimizer):
    """step = lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε), as in Keras."""

    n_states: ClassVar[int] = 2

    def direction(self, gradient: Stack, step: int) -> tuple[Stack, float]:
        """See `Optimizer.direction`."""
        first, second = (state.flat for state in self.states)
        root = self.scratch.flat
        first.lerp_(gradient.flat, 1 - self.beta_1)
        second.mul_(self.beta_2).addcmul_(gradient.flat, gradient.flat, value=1 - self.beta_2)
        torch.sqrt(second, out=root).add_(self.epsilon)
        torch.div(first, root, out=root)
        return self.scratch, (1 - self.beta_2**step) ** 0.5 / (1 - self.beta_1**step)
