"""Convolutional networks as a list of blocks: kinds `simple_cnn`, `enhanced_cnn` and `cnn`.

LeCun, Bottou, Bengio & Haffner, Proceedings of the IEEE 86, 1998. What a block's words mean stands in
`study/convolution.py`, the arithmetic in docs/arithmetic.md.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from paribus.networks.convolution import Recipe, Summary, parted
from paribus.networks.dropped import RowDropout
from paribus.networks.images import ImageNetwork
from paribus.study.configuration import Configuration


class ConvolutionalNetwork(ImageNetwork):
    """Blocks of convolutions, a summary, fully connected layers."""

    def __init__(
        self,
        asked: Configuration,
        image: tuple[int, int, int],
        n_outputs: int,
        names: tuple[int, int],
    ) -> None:
        """`image`: (channel, height, width); `names`: (seed, fold). Raises StudyError."""
        super().__init__(asked, image)
        blocks, end, behind = parted(asked.network.recipe)
        recipe = Recipe(asked, image, names)
        self.blocks = nn.Sequential(*(recipe.block(steps) for steps in blocks if steps))
        channels, height, width = recipe.shape
        values = channels * height * width if end == "flatten" else channels
        self.end = nn.Sequential(
            Summary(end),
            *(RowDropout(step.rate, asked.network.dropout_kind, (values,)) for step in behind),
        )
        self.add_head(asked, values, n_outputs, names)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def maps(self, images: Tensor) -> Tensor:
        """See `ImageNetwork.maps`."""
        return cast(Tensor, self.blocks(images))

    def summary(self, maps: Tensor) -> Tensor:
        """See `ImageNetwork.summary`."""
        return cast(Tensor, self.end(maps))


def convolutional_network(
    asked: Configuration, shape: tuple[int, ...], n_outputs: int, seed: int, fold: int
) -> ConvolutionalNetwork:
    """The network as it starts: see `build.Builder`."""
    channels, height, width = shape
    return ConvolutionalNetwork(asked, (channels, height, width), n_outputs, (seed, fold))
