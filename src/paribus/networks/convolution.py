"""The layers of a convolutional network, from its recipe (`study/convolution.py`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from paribus.errors import StudyError
from paribus.networks.dropped import RowDropout
from paribus.networks.initial import filter_weights
from paribus.networks.mlp import activation
from paribus.networks.norm import MapNorm
from paribus.study.configuration import Configuration
from paribus.study.conventions import norm_constants
from paribus.study.convolution import Block, Step

ENDS = ("average", "max", "flatten")
"""Words that bring maps to one row of values."""


class Added(nn.Module):
    """Where what entered a block is added."""


class Layers(nn.Module):
    """The layers of one block, one after another: (row, channel, height, width) → the same axes."""

    def __init__(self, layers: Iterable[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, entered: Tensor) -> Tensor:
        """What leaves the block."""
        maps = entered
        for layer in self.layers:
            maps = maps + entered if isinstance(layer, Added) else layer(maps)
        return maps


class Summary(nn.Module):
    """Maps as one row of values: the mean or the largest of each channel, or all of them."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, maps: Tensor) -> Tensor:
        """(row, channel, height, width) → (row, value)."""
        if self.kind == "average":
            return maps.mean((2, 3))
        return maps.amax((2, 3)) if self.kind == "max" else maps.flatten(1)


class Recipe:
    """Makes a network's layers, step by step, and knows the shape (channel, height, width) on the way.

    `names`: (seed, fold). Raises StudyError for what doesn't fit the images.
    """

    def __init__(self, asked: Configuration, image: tuple[int, int, int], names: tuple[int, int]) -> None:
        self.asked, self.network, self.names = asked, asked.network, names
        self.image = self.shape = image
        self.seen: Counter[tuple[int, int, int]] = Counter()

    def block(self, steps: Sequence[Step]) -> Layers:
        """The layers of a block, or of a part of it."""
        entered, ordered = self.shape, self._pooled_first(steps)
        before = [None, *(step.kind for step in ordered)]
        return Layers([self.layer(step, entered, was) for step, was in zip(ordered, before, strict=False)])

    def _pooled_first(self, steps: Sequence[Step]) -> list[Step]:
        """The largest of relu's values is relu of the largest: the same bits and gradients for less work."""
        ordered = list(steps)
        for place in range(1, len(ordered)):
            kinds = [step.kind for step in ordered[place - 1 : place + 1]]
            if kinds == ["activation", "pool"] and self.network.activation == "relu":
                ordered[place - 1], ordered[place] = ordered[place], ordered[place - 1]
        return ordered

    def layer(self, step: Step, entered: tuple[int, int, int], before: str | None) -> nn.Module:
        """One layer. `entered`: the shape that the block began with; `before`: the word before."""
        if step.kind == "convolution":
            return self._convolution(step)
        if step.kind == "norm":
            constants = norm_constants(self.network, self.asked.train.convention)
            return MapNorm(self.shape[0], *constants, self.asked.train.convention)
        if step.kind == "activation":
            return self._activation(before)
        if step.kind == "pool":
            self._shrink(step.size, step.size, 0)
            return nn.MaxPool2d(step.size)
        if step.kind == "dropout":
            return RowDropout(step.rate, self.network.dropout_kind, self.shape)
        return self._added(entered)

    def _activation(self, before: str | None) -> nn.Module:
        # Nothing else needs what these leave.
        if self.network.activation == "relu" and before in ("convolution", "norm", "pool"):
            return nn.ReLU(inplace=True)
        return activation(self.network)

    def _convolution(self, step: Step) -> nn.Conv2d:
        """Padded by half the kernel all round: of stride 1 it keeps the size."""
        channels = self.shape[0]
        made = nn.Conv2d(channels, step.filters, step.size, step.stride, step.size // 2)
        shape = (channels, step.filters, step.size)
        fresh = filter_weights(self.network, *shape, self.seen[shape], self.names)
        self.seen[shape] += 1
        with torch.no_grad():
            made.weight.copy_(torch.from_numpy(fresh))
            made.bias.zero_()  # type: ignore[union-attr]
        self._shrink(step.size, step.stride, step.size // 2, step.filters)
        return made

    def _shrink(self, size: int, stride: int, padding: int, filters: int | None = None) -> None:
        channels, *sides = self.shape
        height, width = ((side + 2 * padding - size) // stride + 1 for side in sides)
        if min(height, width) < 1:
            raise StudyError(
                f"network.blocks of '{self.network.kind}' pool images of {self.image[1]} × {self.image[2]} to"
                f" nothing: a pool of {size} meets maps of {sides[0]} × {sides[1]}. Pool less, or use larger"
                " images (data.size)"
            )
        self.shape = (filters or channels, height, width)

    def _added(self, entered: tuple[int, int, int]) -> Added:
        if self.shape != entered:
            raise StudyError(
                f"network.blocks: 'residual' adds the {entered[0]} channels that entered its block to"
                f" {self.shape[0]}: give its last convolution {entered[0]} filters, or put the block after"
                f" one of {self.shape[0]}"
            )
        return Added()


def parted(blocks: Sequence[Block]) -> tuple[list[Block], str, Block]:
    """The blocks before what ends them, the word that does, and the steps behind it."""
    *before, last = blocks
    place = next(place for place, step in enumerate(last) if step.kind in ENDS)
    return [*before, last[:place]], last[place].kind, last[place + 1 :]
