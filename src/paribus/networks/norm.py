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
        self.num_batches_tracked = None  # a count that nothing needs is no parameter

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


class MapNorm(nn.BatchNorm2d):
    """The same for the channels of images, (row, channel, height, width): over rows and places."""

    def __init__(self, channels: int, epsilon: float, keep: float, convention: str) -> None:
        super().__init__(channels, eps=epsilon, momentum=1 - keep)
        self.keep, self.convention = keep, convention
        self.num_batches_tracked = None  # as above

    def forward(self, maps: Tensor) -> Tensor:
        """Standardised maps, scaled and shifted."""
        count = maps.numel() // self.num_features
        if not self.training or (self.convention == "torch" and count > 1):
            return super().forward(maps)
        mean, variance = (torch.zeros_like(cast(Tensor, self.running_mean)) for _ in range(2))
        # PyTorch's own pass, told to forget what it kept, leaves this batch's variance by n − 1.
        found = torch.batch_norm(maps, self.weight, self.bias, mean, variance, True, 1.0, self.eps, True)
        variance = variance * (count - 1) / count if count > 1 else torch.zeros_like(variance)
        with torch.no_grad():
            for moving, now in ((self.running_mean, mean), (self.running_var, variance)):
                cast(Tensor, moving).mul_(self.keep).add_((1 - self.keep) * now)
        return found
