"""Buffers whose length makes results independent of how many members stand in them.

PyTorch's vectorised loops treat the last elements of a buffer one by one, and a function such as
tanh may round there in another way. A length that is a multiple of the loop's leaves no such rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import torch
from torch import Tensor

LOOP = 64
"""A multiple of the elements that any of PyTorch's CPU loops takes at once."""
ROW = 16
"""A member's numbers start at a multiple of this."""


class Place(NamedTuple):
    """Where a population's numbers live, and how many bits they have."""

    dtype: torch.dtype = torch.float32
    device: torch.device = torch.device("cpu")

    def tensor(self, values: object) -> Tensor:
        """`values` as a tensor here."""
        return torch.as_tensor(values, dtype=self.dtype, device=self.device)


CPU = Place()


class Padded(NamedTuple):
    """A tensor (`view`) at the start of a buffer (`flat`) of padded length."""

    flat: Tensor
    view: Tensor


def padded(*shape: int, place: Place = CPU) -> Padded:
    """A zeroed tensor of `shape` in a buffer of padded length."""
    size = prod(shape)
    flat = torch.zeros(-(-size // LOOP) * LOOP, dtype=place.dtype, device=place.device)
    return Padded(flat, flat[:size].view(shape))


class Stack:
    """The arrays of many networks: a row of `table` a member, an array after the other.

    `shapes` are those of one network's arrays. `table` is (member, number), each row padded; `arrays`
    are views into it, (member, *shape) each.
    """

    def __init__(self, shapes: Sequence[tuple[int, int]], members: int, place: Place = CPU) -> None:
        self.shapes, self.members, self.place = tuple(shapes), members, place
        sizes = [prod(shape) for shape in self.shapes]
        self.width = -(-sum(sizes) // ROW) * ROW
        self.flat, self.table = padded(members, self.width, place=place)
        self.columns: list[slice] = []
        start = 0
        for size in sizes:
            self.columns.append(slice(start, start + size))
            start += size
        self.arrays = [
            self.table[:, columns].view(members, *shape)
            for columns, shape in zip(self.columns, self.shapes, strict=True)
        ]

    def take(self, members: Tensor) -> Stack:
        """The stack of the chosen `members` alone."""
        taken = Stack(self.shapes, len(members), self.place)
        torch.index_select(self.table, 0, members, out=taken.table)
        return taken

    def put(self, members: Tensor, source: Stack) -> None:
        """Overwrite the chosen `members` with those of `source`."""
        self.table.index_copy_(0, members, source.table.index_select(0, members))


def by_array(scratch: Tensor, shapes: Sequence[tuple[int, int]], members: int) -> list[Tensor]:
    """Contiguous tensors (member, *shape), one after the other in the flat `scratch`.

    Batched products are fast only where they write into contiguous tensors.
    """
    found, start = [], 0
    for shape in shapes:
        size = members * prod(shape)
        found.append(scratch[start : start + size].view(members, *shape))
        start += size
    return found
