"""The fully connected networks of all members as one stack of batched products.

A layer is one product (member, row, inputs + 1) · (member, inputs + 1, outputs): the last input is
1, so that the bias and its gradient are part of the product. PyTorch's batched product gives each
member the same bits in any company of two or more, at any place; one alone takes another path, so
a population never has fewer than two (`training.at_least_two`).

All buffers and views are made once. A step is then a fixed list of calls that write into them:
networks this small are bound by the number of calls.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from paribus.population.activations import ACTIVATIONS
from paribus.population.buffers import Padded, Stack, padded
from paribus.population.grouping import Shape

Masks = Sequence[Padded | None]
"""For each hidden layer, what multiplies its values: dropout's noise, or nothing."""


class StackedMLP:
    """Forward and backward passes over batches of `rows` rows, with the weights of `weights`."""

    def __init__(self, shape: Shape, weights: Stack, rows: int) -> None:
        members, hidden = weights.members, shape.widths[1:-1]
        self.apply_, self.through_ = ACTIVATIONS[shape.activation]
        self.matrices = weights.layers
        self.sums = [padded(members, rows, width) for width in shape.widths[1:]]
        self.inputs = [torch.ones(members, rows, width + 1) for width in hidden]
        self.values = [inputs[..., :-1] for inputs in self.inputs]
        self.depth = len(hidden)
        self.size = (members, rows)

    def forward(self, rows: Tensor, masks: Masks) -> Padded:
        """Logits (member, row, output) of `rows`, (member, row, feature + 1)."""
        current = rows
        for layer in range(self.depth):
            sums = self.sums[layer]
            torch.bmm(current, self.matrices[layer], out=sums.view)
            self.apply_(sums.flat)
            current = self.inputs[layer]
            if masks and (mask := masks[layer]) is not None:
                torch.mul(sums.view, mask.view, out=self.values[layer])
            else:
                self.values[layer].copy_(sums.view)
        logits = self.sums[-1]
        torch.bmm(current, self.matrices[-1], out=logits.view)
        return logits


class TrainedMLP(StackedMLP):
    """The same with a backward pass, which writes into `gradients`."""

    def __init__(self, shape: Shape, weights: Stack, rows: int, gradients: Stack) -> None:
        super().__init__(shape, weights, rows)
        self.into = gradients.layers
        self.transposed = [matrix[:, :-1].transpose(1, 2) for matrix in weights.layers]
        self.below = [inputs.transpose(1, 2) for inputs in self.inputs]
        self.by_values = [padded(*self.size, width) for width in shape.widths[1:-1]]

    def backward(self, rows: Tensor, by_logits: Tensor, masks: Masks) -> None:
        """Write the gradients by all weights, after a `forward` of the same `rows`."""
        by_sums = by_logits
        for layer in range(self.depth, 0, -1):
            torch.bmm(self.below[layer - 1], by_sums, out=self.into[layer])
            gradient = self.by_values[layer - 1]
            # A product over one output is a multiplication; the library's way there is slow.
            product = torch.mul if by_sums.shape[-1] == 1 else torch.bmm
            product(by_sums, self.transposed[layer], out=gradient.view)
            if masks and (mask := masks[layer - 1]) is not None:
                gradient.flat.mul_(mask.flat)
            self.through_(gradient.flat, self.sums[layer - 1].flat)
            by_sums = gradient.view
        torch.bmm(rows, by_sums, out=self.into[0])
