"""The fully connected networks of all members as one stack of batched products.

A layer is one product (member, row, inputs + 1) · (member, inputs + 1, outputs): the last input is
1, so that the bias and its gradient are part of the product. PyTorch's batched product gives each
member the same bits in any company of two or more, at any place; one alone takes another path, so
a population never has fewer than two (`training.at_least_two`).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from paribus.population.activations import ACTIVATIONS
from paribus.population.buffers import Padded, Stack, padded
from paribus.population.grouping import Shape


class StackedMLP:
    """Forward and backward passes of `members` networks over batches of `rows` rows."""

    def __init__(self, shape: Shape, members: int, rows: int) -> None:
        hidden = shape.widths[1:-1]
        self.activation = ACTIVATIONS[shape.activation]
        self.sums: list[Padded] = [padded(members, rows, width) for width in shape.widths[1:]]
        self.inputs: list[Tensor] = [torch.ones(members, rows, width + 1) for width in hidden]
        self.gradients: list[Padded] = []
        self.size = (members, rows)
        self.hidden = hidden
        self._first: Tensor | None = None

    def forward(self, rows: Tensor, weights: Stack, masks: Sequence[Tensor | None] = ()) -> Padded:
        """Logits (member, row, output) of `rows`, (member, row, feature + 1).

        `masks[layer]` multiplies the activations of a hidden layer: dropout's noise.
        """
        self._first = rows
        current = rows
        for layer, (matrix, sums) in enumerate(zip(weights.layers, self.sums, strict=True)):
            torch.bmm(current, matrix, out=sums.view)
            if layer < len(self.hidden):
                current = self.inputs[layer]
                values = current[..., :-1]
                self.activation.apply(sums, values)
                if masks and (mask := masks[layer]) is not None:
                    values.mul_(mask)
        return self.sums[-1]

    def backward(self, by_logits: Tensor, weights: Stack, into: Stack, masks: Sequence[Tensor | None]) -> None:
        """Write the gradients by all weights into `into`, after a `forward` of the same rows."""
        assert self._first is not None
        if not self.gradients:
            self.gradients = [padded(*self.size, width) for width in self.hidden]
        by_sums = by_logits
        for layer in reversed(range(len(weights.layers))):
            below = self.inputs[layer - 1] if layer else self._first
            torch.bmm(below.transpose(1, 2), by_sums, out=into.layers[layer])
            if layer:
                gradient = self.gradients[layer - 1]
                torch.bmm(by_sums, weights.layers[layer][:, :-1].transpose(1, 2), out=gradient.view)
                if masks and (mask := masks[layer - 1]) is not None:
                    gradient.view.mul_(mask)
                self.activation.through_(gradient, self.sums[layer - 1])
                by_sums = gradient.view
