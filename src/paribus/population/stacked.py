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

from paribus.population.activations import activation
from paribus.population.buffers import Padded, Stack, padded
from paribus.population.dropout import Mask
from paribus.population.grouping import Shape
from paribus.population.norms import Norm
from paribus.population.sparse import SparseBatch

Masks = Sequence[Mask | None]
"""For each hidden layer, dropout's mask, or nothing."""


class StackedMLP:
    """Forward passes over batches of `rows` rows, with the arrays of `weights`."""

    def __init__(self, shape: Shape, weights: Stack, rows: int) -> None:
        members, hidden, place = weights.members, shape.widths[1:-1], weights.place
        self.depth, self.size = len(hidden), (members, rows)
        self.activation = activation(*shape.activation)
        self.matrices = weights.arrays[: self.depth + 1]
        self.sums = [padded(members, rows, width, place=place) for width in shape.widths[1:]]
        self.acted = [
            sums if self.activation.by_value else padded(*sums.view.shape, place=place)
            for sums in self.sums[:-1]
        ]
        self.inputs = [
            torch.ones(members, rows, width + 1, dtype=place.dtype, device=place.device) for width in hidden
        ]
        self.values = [inputs[..., :-1] for inputs in self.inputs]
        self.residual = shape.residual
        self.product = rounded_product if shape.common.precision == "bfloat16" else product
        self.norms: list[Norm] = []
        if shape.norm[0] != "none":
            trained = weights.arrays[self.depth + 1 : 2 * self.depth + 1]
            moving: list[Tensor | None] = [*weights.arrays[2 * self.depth + 1 :]] or [None] * self.depth
            self.norms = [Norm(shape, *each, rows) for each in zip(trained, moving, strict=True)]

    def forward(self, rows: Tensor | SparseBatch, masks: Masks = (), trains: bool = False) -> Padded:
        """Logits (member, row, output) of `rows`, (member, row, feature + 1) or sparse."""
        current: Tensor | SparseBatch = rows
        for layer in range(self.depth):
            sums, acted, values = self.sums[layer], self.acted[layer], self.values[layer]
            self._sums(current, self.matrices[layer], sums.view)
            if self.norms:
                self.norms[layer].forward(sums.view, trains)
            self.activation.apply(sums.flat, acted.flat)
            if masks and (mask := masks[layer]) is not None:
                torch.mul(acted.view, mask.factor.view, out=values)
                if mask.offset is not None:
                    values.add_(mask.offset)
            else:
                values.copy_(acted.view)
            if self.residual[layer]:
                values.add_(self.values[layer - 1])
            current = self.inputs[layer]
        logits = self.sums[-1]
        self._sums(current, self.matrices[-1], logits.view)
        return logits

    def _sums(self, inputs: Tensor | SparseBatch, matrix: Tensor, out: Tensor) -> None:
        """Write a layer's sums: (member, row, unit)."""
        if isinstance(inputs, SparseBatch):
            inputs.sums(matrix, out)
        else:
            self.product(inputs, matrix, out)


def product(one: Tensor, other: Tensor, out: Tensor) -> None:
    """Write a batched product."""
    torch.bmm(one, other, out=out)


def rounded_product(one: Tensor, other: Tensor, out: Tensor) -> None:
    """Write a batched product of numbers rounded to bfloat16; it is rounded so itself."""
    out.copy_(torch.bmm(one.bfloat16(), other.bfloat16()))


class TrainedMLP(StackedMLP):
    """The same with a backward pass, which writes into `gradients`, one tensor an array."""

    def __init__(self, shape: Shape, weights: Stack, rows: int, gradients: Sequence[Tensor]) -> None:
        super().__init__(shape, weights, rows)
        self.into = gradients
        self.transposed = [matrix[:, :-1].transpose(1, 2) for matrix in self.matrices]
        self.below = [inputs.transpose(1, 2) for inputs in self.inputs]
        self.by_values = [padded(*self.size, width, place=weights.place) for width in shape.widths[1:-1]]

    def backward(self, rows: Tensor | SparseBatch, by_logits: Tensor, masks: Masks) -> None:
        """Write the gradients by all arrays, after a `forward` of `rows`."""
        by_sums, skipped = by_logits, None
        for layer in range(self.depth, 0, -1):
            self.product(self.below[layer - 1], by_sums, self.into[layer])
            gradient = self.by_values[layer - 1]
            if by_sums.shape[-1] == 1:  # a multiplication: the library's way to such a product is slow
                torch.mul(by_sums, self.transposed[layer], out=gradient.view)
            else:
                self.product(by_sums, self.transposed[layer], gradient.view)
            if skipped is not None:
                gradient.view.add_(skipped)
            skipped = gradient.view.clone() if self.residual[layer - 1] else None
            if masks and (mask := masks[layer - 1]) is not None:
                gradient.flat.mul_(mask.factor.flat)
            known = self.acted[layer - 1] if self.activation.by_value else self.sums[layer - 1]
            self.activation.through_(gradient.flat, known.flat)
            if self.norms:
                self.norms[layer - 1].backward(gradient.view, self.into[self.depth + layer])
            by_sums = gradient.view
        if isinstance(rows, SparseBatch):
            rows.gradient(by_sums, self.into[0])
        else:
            self.product(rows.transpose(1, 2), by_sums, self.into[0])
