"""Batch and layer normalisation of all members at once, forward and backward.

Sums are (member, row, unit). Means over rows or units are batched products with ones: a member's bits
are the same in any company. Ioffe & Szegedy, ICML 2015; Ba, Kiros & Hinton, arXiv 1607.06450.
"""

from __future__ import annotations

import torch
from torch import Tensor

from paribus.population.grouping import Shape


class Norm:
    """The normalisation after one hidden layer, for batches of one size.

    `trained` is (member, 2, unit): scales and shifts; `moving` likewise: means and variances, for
    batch normalisation alone.
    """

    def __init__(self, shape: Shape, trained: Tensor, moving: Tensor | None, rows: int) -> None:
        self.name, self.epsilon, self.kept = shape.norm
        self.unbiased = shape.convention == "torch" and rows > 1
        members, _, units = trained.shape
        self.scale, self.shift = trained[:, :1], trained[:, 1:]
        self.moving = moving
        self.by_row = torch.ones_like(trained[:, :1, :1]).expand(-1, 1, rows).contiguous()
        self.over_units = torch.ones_like(trained[:, :1, :1]).expand(-1, units, 1).contiguous()
        self.rows, self.units = rows, units
        self.standard = trained.new_empty(members, rows, units)

    def forward(self, sums: Tensor, trains: bool) -> None:
        """Normalise `sums` in place; training moves the averages."""
        if self.moving is not None and not trains:
            mean, variance = self.moving[:, :1], self.moving[:, 1:]
        else:
            mean = self._mean(sums)
        torch.sub(sums, mean, out=self.standard)
        if self.moving is None or trains:
            variance = self._mean(self.standard * self.standard)
        if self.moving is not None and trains:
            self._move(mean, variance)
        self.inverse = (variance + self.epsilon).sqrt_().reciprocal_()
        self.standard.mul_(self.inverse)
        torch.mul(self.standard, self.scale, out=sums).add_(self.shift)

    def backward(self, gradient: Tensor, into: Tensor) -> None:
        """Turn the gradient by what `forward` gave into that by the sums, in place; `into`
        (member, 2, unit) takes the gradients by scales and shifts.
        """
        into[:, :1] = torch.bmm(self.by_row, gradient * self.standard)
        into[:, 1:] = torch.bmm(self.by_row, gradient)
        gradient.mul_(self.scale)
        along = self._mean(gradient * self.standard)
        gradient.sub_(self._mean(gradient)).sub_(self.standard.mul_(along)).mul_(self.inverse)

    def _mean(self, values: Tensor) -> Tensor:
        """Over the batch's rows (member, 1, unit) or over a row's units (member, row, 1)."""
        if self.moving is None:
            return torch.bmm(values, self.over_units).div_(self.units)
        return torch.bmm(self.by_row, values).div_(self.rows)

    def _move(self, mean: Tensor, variance: Tensor) -> None:
        assert self.moving is not None
        spread = variance * (self.rows / (self.rows - 1)) if self.unbiased else variance
        self.moving.mul_(self.kept).add_(torch.cat([mean, spread], dim=1).mul_(1 - self.kept))
