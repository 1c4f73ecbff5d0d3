"""Dropout for all members at once: one noise for members of equal seed and fold, a rate each.

Srivastava et al., Journal of Machine Learning Research 15, 2014; values that stay are scaled up.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from paribus.population.buffers import Padded, padded
from paribus.population.grouping import Shape

Noise = Sequence[Tensor | None]
"""For each hidden layer, uniform noise (view or member, row, unit), or None where nothing is dropped."""


class Dropout:
    """The factors that multiply hidden values, for batches of `rows` rows. `rates` is (member,)."""

    def __init__(self, shape: Shape, rates: Tensor, rows: int) -> None:
        self.rates = rates[:, None, None]
        widths = zip(shape.widths[1:-1], shape.dropped, strict=True)
        self.masks = [padded(len(rates), rows, width) if follows else None for width, follows in widths]
        self.scales = [self._scale(mask) if mask else None for mask in self.masks]

    def _scale(self, mask: Padded) -> Tensor:
        scale = padded(*mask.view.shape)
        scale.view.copy_(1 / (1 - self.rates))
        return scale.flat

    def draw(self, noise: Noise, rows: slice) -> list[Padded | None]:
        """The factors of one step, from the epoch's noise (1 or member, row, unit)."""
        for mask, scale, layer in zip(self.masks, self.scales, noise, strict=True):
            if mask is not None and scale is not None and layer is not None:
                torch.ge(layer[:, rows], self.rates, out=mask.view)
                mask.flat.mul_(scale)
        return self.masks
