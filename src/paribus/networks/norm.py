"""Batch normalisation in either convention."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn


class BatchNorm(nn.BatchNorm1d):
    """PyTorch's, and what it doesn't do: Keras' moving variance (by n, not n − 1), and a batch of one row.

    Ioffe & Szegedy, ICML 2015.
    """

    def __init__(self, units: int, epsilon: float, keep: float, convention: str) -> None:
        super().__init__(units, eps=epsilon, momentum=1 - keep)
        self.keep, self.convention = keep, convention

    def forward(self, sums: Tensor) -> Tensor:
        """Standardised sums, scaled and shifted: (row, unit)."""
        if not self.training or (self.convention == "torch" and len(sums) > 1):
            return super().forward(sums)
        mean, variance = sums.mean(0), sums.var(0, correction=0)
        with torch.no_grad():
            for moving, now in ((self.running_mean, mean), (self.running_var, variance)):
                cast(Tensor, moving).mul_(self.keep).add_((1 - self.keep) * now)
        standard = (sums - mean) / (variance + self.eps).sqrt()
        return standard * self.weight + self.bias
