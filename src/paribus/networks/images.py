"""What all networks that see images share: maps, their summary, a head behind it, views of one image."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from paribus.errors import StudyError
from paribus.networks.headed import HeadedNetwork
from paribus.study.configuration import Configuration

AT_ONCE = {"cpu": 32, "cuda": 256}
"""Images that are predicted together: always so many, so that what stands beside an image changes no bit."""

View = Callable[[Tensor], Tensor]


class ImageNetwork(HeadedNetwork):
    """Images (row, channel, height, width) → `maps` → `summary` (row, value) → head: logits (row, output).

    See `HeadedNetwork`: what differs by kind is the way to the summary.
    """

    def __init__(self, asked: Configuration, image: tuple[int, int, int]) -> None:
        """`image`: (channel, height, width). Raises StudyError where views need square images."""
        super().__init__()
        network = asked.network
        if network.views > 4 and image[1] != image[2]:
            raise StudyError(
                f"network.views = {network.views} turns images by right angles, and these are {image[1]} high"
                f" and {image[2]} wide: use 1, 2 or 4, or square ones (data.size)"
            )
        self.views = network.views

    @abstractmethod
    def maps(self, images: Tensor) -> Tensor:
        """The last maps that still have places, (row, channel, height, width)."""

    @abstractmethod
    def summary(self, maps: Tensor) -> Tensor:
        """The maps as one row of values, (row, value)."""

    def summaries(self, rows: Tensor) -> Tensor:
        """See `HeadedNetwork.summaries`: of images."""
        return self.summary(self.maps(rows))

    def evaluate(self, images: Tensor) -> Tensor:
        """Logits outside of training: their mean over the network's views."""
        seen = [self(view(images)) for view in views(self.views)]
        return torch.stack(seen).mean(0) if len(seen) > 1 else seen[0]

    def logits(self, rows: NDArray[Any] | csr_array) -> NDArray[Any]:
        """See `BuiltNetwork.logits`. The last images are filled up with empty ones."""
        self.eval()
        count = rows.shape[0]
        high = AT_ONCE.get(next(self.parameters()).device.type, AT_ONCE["cpu"])
        found = []
        with torch.inference_mode():
            for start in range(0, count, high):
                images = self.given(rows[start : start + high])
                found.append(self.evaluate(_filled(images, high))[: len(images)].numpy(force=True))
        return np.concatenate(found)


def views(number: int) -> list[View]:
    """So many ways to see an image: as it is; its mirror image; both mirrors; and each of them turned."""
    mirrors: list[View] = [
        lambda images: images,
        lambda images: images.flip(3),
        lambda images: images.flip(2),
        lambda images: images.flip((2, 3)),
    ]
    turned: list[View] = [lambda images, mirror=mirror: mirror(images.transpose(2, 3)) for mirror in mirrors]  # type: ignore[misc]
    return [*mirrors, *turned][:number]


def _filled(images: Tensor, high: int) -> Tensor:
    missing = high - len(images)
    return torch.cat([images, images.new_zeros(missing, *images.shape[1:])]) if missing else images
