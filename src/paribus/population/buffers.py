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


class Padded(NamedTuple):
    """A tensor (`view`) at the start of a buffer (`flat`) of padded length."""

    flat: Tensor
    view: Tensor


def padded(*shape: int) -> Padded:
    """A zeroed float32 tensor of `shape` in a buffer of padded length."""
    size = prod(shape)
    flat = torch.zeros(-(-size // LOOP) * LOOP)
    return Padded(flat, flat[:size].view(shape))


class Stack:
    """One (member, inputs + 1, outputs) tensor a layer, all in one flat buffer.

    The last row of a layer is its bias. The buffer is what optimizers work on.
    """

    def __init__(self, layers: Sequence[tuple[int, int]], members: int) -> None:
        sizes = [members * (inputs + 1) * outputs for inputs, outputs in layers]
        self.shapes = tuple(layers)
        self.members = members
        self.flat = padded(sum(sizes)).flat
        self.layers: list[Tensor] = []
        start = 0
        for (inputs, outputs), size in zip(layers, sizes, strict=True):
            self.layers.append(self.flat[start : start + size].view(members, inputs + 1, outputs))
            start += size

    def take(self, members: Tensor) -> Stack:
        """The stack of the chosen `members` alone."""
        taken = Stack(self.shapes, len(members))
        for ours, theirs in zip(self.layers, taken.layers, strict=True):
            torch.index_select(ours, 0, members, out=theirs)
        return taken

    def put(self, members: Tensor, source: Stack) -> None:
        """Overwrite the chosen `members` with those of `source`."""
        for ours, theirs in zip(self.layers, source.layers, strict=True):
            ours.index_copy_(0, members, theirs.index_select(0, members))
