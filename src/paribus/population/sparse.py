"""Rows of which most features are 0: only what stands there is stored, and no dense copy is ever made.

A product with sparse rows is a sum of some of the other matrix' rows, each with a weight; the gradient by
the weights is the same with the rows' entries laid out by feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor
from torch.nn.functional import embedding_bag

from paribus.population.buffers import Place


class Bags(NamedTuple):
    """A sparse matrix (row, column), row by row: where each row's entries begin (row,), and of each entry
    its column and value, (entry,).
    """

    starts: Tensor
    columns: Tensor
    values: Tensor

    @classmethod
    def of(cls, matrix: csr_array, place: Place) -> Bags:
        """The entries of `matrix`."""
        starts, columns = (
            torch.from_numpy(numbers.astype(np.int64)).to(place.device)
            for numbers in (matrix.indptr[:-1], matrix.indices)
        )
        return cls(starts, columns, place.tensor(np.array(matrix.data)))

    def times(self, matrix: Tensor) -> Tensor:
        """The product with a dense (column, other): (row, other). A row's bits depend on its own entries."""
        if not len(self.columns):
            return matrix.new_zeros(len(self.starts), matrix.shape[1])
        found: Tensor = embedding_bag(
            self.columns, matrix, self.starts, mode="sum", per_sample_weights=self.values
        )
        return found


class SparseBatch(NamedTuple):
    """The rows of a batch by view, and each member's view; where it trains, the same rows by feature."""

    bags: Sequence[Bags]
    view_of: Sequence[int]
    turned: Sequence[Bags] = ()

    def sums(self, weights: Tensor, out: Tensor) -> None:
        """Write the first layer's sums (member, row, unit), with `weights` (member, feature + 1, unit)."""
        for member, view in enumerate(self.view_of):
            torch.add(self.bags[view].times(weights[member, :-1]), weights[member, -1], out=out[member])

    def gradient(self, by_sums: Tensor, out: Tensor) -> None:
        """Write the gradient by the weights, (member, feature + 1, unit), from that by the sums,
        (member, row, unit).
        """
        for member, view in enumerate(self.view_of):
            errors = by_sums[member].contiguous()
            out[member, :-1] = self.turned[view].times(errors)
            torch.sum(errors, dim=0, out=out[member, -1])
