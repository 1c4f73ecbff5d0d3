"""Dropout for all members at once: one noise for members of equal seed and fold, a rate each.

Srivastava et al., Journal of Machine Learning Research 15, 2014: values that stay are scaled up.
Alpha dropout, Klambauer et al., NIPS 2017: values that go become selu's lower limit, and an affine map
keeps mean and variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from paribus.population.activations import SELU_ALPHA, SELU_SCALE
from paribus.population.buffers import Padded, padded
from paribus.population.grouping import Shape

LIMIT = -SELU_ALPHA * SELU_SCALE

Noise = Sequence[Tensor | None]
"""For each hidden layer, uniform noise (1 or member, row, unit), or None where nothing is dropped."""


class Mask(NamedTuple):
    """What hidden values are multiplied by, and what is then added, if anything."""

    factor: Padded
    offset: Tensor | None


class Dropout:
    """The masks of batches of `rows` rows. `rates` is (member, layer)."""

    def __init__(self, shape: Shape, rates: Tensor, rows: int) -> None:
        self.alpha = shape.drops == "alpha"
        self.rates = [rate[:, None, None] for rate in rates.unbind(1)]
        place = shape.common.place
        self.factors = [padded(len(rates), rows, width, place=place) for width in shape.widths[1:-1]]
        exact = rates.double().numpy(force=True).T[..., None, None]
        if self.alpha:
            scales = ((1 - exact) * (1 + exact * LIMIT**2)) ** -0.5
            self.kept = place.tensor(-scales * exact * LIMIT)
            self.dropped = place.tensor(np.where(exact > 0, scales * LIMIT * (1 - exact), 0.0))
        else:
            scales = 1 / (1 - exact)
        self.scales = place.tensor(scales)

    def draw(self, noise: Noise, rows: slice) -> list[Mask | None]:
        """The masks of one step, from the epoch's noise."""
        return [
            self._mask(layer, drawn[:, rows]) if drawn is not None else None
            for layer, drawn in enumerate(noise)
        ]

    def _mask(self, layer: int, noise: Tensor) -> Mask:
        factor = self.factors[layer]
        torch.ge(noise, self.rates[layer], out=factor.view)
        offset = None
        if self.alpha:
            offset = torch.where(factor.view > 0, self.kept[layer], self.dropped[layer])
        factor.view.mul_(self.scales[layer])
        return Mask(factor, offset)
