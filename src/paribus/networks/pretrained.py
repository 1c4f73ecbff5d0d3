"""Networks that have learned on other images, with a new head: kind `pretrained`. Those of texts: `reader`.

Yosinski, Clune, Bengio & Lipson, NIPS 2014. They keep their own pixels: fed others, what they have learned is
lost without a word.
"""

from __future__ import annotations

from typing import Self, cast

import torch
from torch import Tensor, nn

from paribus.errors import StudyError
from paribus.networks.body import Body
from paribus.networks.efficientnet_lite import NAME, efficientnet_lite
from paribus.networks.freezing import freeze, given_weights, still
from paribus.networks.headed import HeadedNetwork
from paribus.networks.hub import hub_body
from paribus.networks.images import ImageNetwork
from paribus.networks.reader import text_reader
from paribus.study.configuration import Configuration

CHANNELS = 3
"""Of the images that pretrained networks have seen."""


class PretrainedNetwork(ImageNetwork):
    """A body, frozen, partly or not at all; its summary of an image; a head.

    What is frozen stays as outside of training: no dropout in it, and no batch of its own. Its batch
    normalisation is ruled by `network.norm_mode` alone.
    """

    def __init__(
        self, asked: Configuration, image: tuple[int, int, int], n_outputs: int, names: tuple[int, int]
    ) -> None:
        """`image`: (channel, height, width); `names`: (seed, fold). Raises StudyError and DataError."""
        super().__init__(asked, image)
        network = asked.network
        if image[0] != CHANNELS:
            raise StudyError(
                f"network.weights = '{network.weights}' has seen images of {CHANNELS} channels, and these"
                f' have {image[0]}: say channels = "rgb" in [data]'
            )
        self.body = pretrained_body(asked)
        self.own_pixels = self.body.pixels
        self.pool, self.freezes_norm = network.pool, network.freezes_norm
        freeze(self.body, self.body.blocks, asked)
        self.given_weights = given_weights(self.body, asked, buffers=self.freezes_norm)
        self.frozen_body = network.last == 0 and network.freezes_norm and network.views == 1
        self.add_head(asked, self._width(asked, image), n_outputs, names)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def maps(self, images: Tensor) -> Tensor:
        """See `ImageNetwork.maps`. Of a body that reads images as words: (row, word, value)."""
        return cast(Tensor, self.body(images))

    def summary(self, maps: Tensor) -> Tensor:
        """See `ImageNetwork.summary`."""
        return self.body.summary(maps, self.pool)

    def train(self, mode: bool = True) -> Self:
        """See `nn.Module.train`: for what isn't frozen."""
        super().train(mode)
        if not mode:
            return self
        still(self.body)
        for module in self.body.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.training = not self.freezes_norm
        return self

    def own(self) -> dict[str, Tensor]:
        """See `BuiltNetwork.own`."""
        return {name: each for name, each in super().own().items() if name not in self.given_weights}

    def _width(self, asked: Configuration, image: tuple[int, int, int]) -> int:
        """Values of a summary, by one empty image."""
        self.body.eval()
        try:
            with torch.inference_mode():
                return self.summary(self.maps(torch.zeros(1, *image))).shape[1]
        except (RuntimeError, ValueError, AttributeError, IndexError) as error:
            raise StudyError(
                f"network.weights = '{asked.network.weights}' can't see images of {image[1]} × {image[2]}"
                f" ({' '.join(str(error).split())[:160]}): bring them to another size (data.size), or choose"
                " another network"
            ) from None


def pretrained_network(
    asked: Configuration, shape: tuple[int, ...], n_outputs: int, seed: int, fold: int
) -> HeadedNetwork:
    """The network as it starts: see `build.Builder`. Raises StudyError and DataError."""
    if asked.reads_text:
        return text_reader(asked, n_outputs, (seed, fold))
    channels, height, width = shape
    return PretrainedNetwork(asked, (channels, height, width), n_outputs, (seed, fold))


def pretrained_body(asked: Configuration) -> Body:
    """The body that `network.weights` names. Raises StudyError for what can't be found or has no effect, and
    DataError for files that can't be read.
    """
    network, source = asked.network, asked.network.weights or ""
    body: Body
    if source == NAME:
        body = efficientnet_lite(network.fresh, asked.train.convention)
    else:
        body = hub_body(source, network.fresh)
    if body.pixels is None and asked.prepare.pixels in ("auto", "own"):
        raise StudyError(
            f"prepare.pixels = '{asked.prepare.pixels}': '{source}' has no preprocessor_config.json, so that"
            " nothing tells what its pixels were: add the file, or say unit, symmetric or standard"
        )
    if network.norm_mode and not any(isinstance(each, nn.BatchNorm2d) for each in body.modules()):
        raise StudyError(
            f"network.norm_mode = '{network.norm_mode}' has no effect: '{source}' has no batch normalisation."
            " Remove it"
        )
    return body
