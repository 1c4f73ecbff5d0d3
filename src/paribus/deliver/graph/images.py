"""A network that sees images as operators: PyTorch's own export takes it apart, each part is one of ONNX."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from paribus.data.prepare.pixels import BRIGHTEST, Pixels
from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.traced import traced
from paribus.deliver.schema import Column
from paribus.networks.images import ImageNetwork
from paribus.networks.network import BuiltNetwork

_TRACED = 7
"""Images that the network is shown to be taken apart. Such a number elsewhere is taken as fixed."""


class _Seen(nn.Module):
    """What is computed outside of training."""

    def __init__(self, network: BuiltNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Logits, (row, output), of (row, channel, height, width)."""
        evaluate = self.network.evaluate if isinstance(self.network, ImageNetwork) else self.network
        logits: Tensor = evaluate(images)
        return logits


def see(b: Builder, image: Column, pixels: Pixels, network: BuiltNetwork) -> Value:
    """Logits, (row, output) float32, of uint8 images (row, height, width, channel).

    Raises UnwrittenError for a network with a part that can't be written.
    """
    assert image.shape is not None  # images have one
    height, width, channels = image.shape
    scale, offset = network.pixels or pixels
    upright = b.cast(b.add("Transpose", image.name, perm=[0, 3, 1, 2]), np.float32)
    valued = b.chain(
        upright,
        ("Div", float(BRIGHTEST)),
        ("Mul", (scale * np.float32(BRIGHTEST))[:, None, None]),
        ("Add", offset[:, None, None]),
        kind=np.float32,
    )
    return traced(b, _Seen(network).eval(), (valued,), (torch.zeros(_TRACED, channels, height, width),))
