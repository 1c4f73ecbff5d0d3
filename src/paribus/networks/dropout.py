"""Dropout of one hidden layer. Their papers: `paribus options dropout`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

ALPHA = -1.7580993408473766
"""Selu's lower limit, where alpha dropout leaves a unit."""


class Dropout(nn.Module):
    """Dropout by given noise; by PyTorch's own where none is given.

    `noise` is uniform, float32, (row, unit): a value is dropped where it is below the rate.
    """

    def __init__(self, rate: float, kind: str) -> None:
        super().__init__()
        self.rate, self.alpha = rate, kind == "alpha"
        self.noise: Tensor | None = None

    def forward(self, values: Tensor) -> Tensor:
        """What stays of `values` in training, (row, unit)."""
        if not self.training or not self.rate:
            return values
        if self.noise is None:
            own = functional.alpha_dropout if self.alpha else functional.dropout
            drawn: Tensor = own(values, self.rate, training=True)
            return drawn
        kept = self.noise >= self.rate
        if not self.alpha:
            return values * kept / (1 - self.rate)
        scale: float = ((1 - self.rate) * (1 + self.rate * ALPHA**2)) ** -0.5
        return scale * torch.where(kept, values, ALPHA) - scale * self.rate * ALPHA
