"""What pixels of 0 to 255 become."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.images import Images

BRIGHTEST = 255
"""What a pixel is at most."""


class Pixels(NamedTuple):
    """A pixel is worth `pixel · scale + offset`: float32 (channel,) each."""

    scale: NDArray[np.float32]
    offset: NDArray[np.float32]


def fit_pixels(name: str, images: Images) -> Pixels:
    """By `prepare.pixels`: standard learns from these images, which are training ones.

    A network with pixels of its own is handed those of 0 to 1, and makes its own of them.
    """
    mean, deviation = np.zeros(images.shape[2]), np.ones(images.shape[2])
    if name == "symmetric":
        mean, deviation = mean + 0.5, deviation / 2
    if name == "standard":
        n_pixels = len(images) * images.shape[0] * images.shape[1]
        mean = images.sums.sum(axis=0) / n_pixels / BRIGHTEST
        variance = images.squares.sum(axis=0) / n_pixels / BRIGHTEST**2 - mean**2
        deviation = np.sqrt(np.maximum(variance, BRIGHTEST**-2.0))
    scale, offset = 1 / (BRIGHTEST * deviation), -mean / deviation
    return Pixels(scale.astype(np.float32), offset.astype(np.float32))
