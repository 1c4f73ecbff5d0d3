"""Cutout: a square of an image is hidden, so that no network can rest on one place alone."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.augment.by_row import by_row, means
from paribus.networks.augment.draws import Draws


def cut_out(images: Tensor, share: float, draws: Draws) -> Tensor:
    """Images of which a square, its side that share of the shorter side, is each channel's mean.

    Its centre is uniform over the image, so that it may reach over the edge (DeVries & Taylor, arXiv
    1708.04552). A pixel is hidden where its centre lies in the square.
    """
    height, width = images.shape[2:]
    reach = share * min(height, width) / 2
    centres = draws.uniform("cutout", 2) * (height, width)
    down = by_row(_within(height, centres[:, 0], reach), images)[:, None, :, None]
    across = by_row(_within(width, centres[:, 1], reach), images)[:, None, None, :]
    return torch.where((down * across).bool(), means(images), images)


def _within(pixels: int, centres: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """1 where a pixel's centre is at most `reach` from the row's: (row, pixel)."""
    return (np.abs(np.arange(pixels) + 0.5 - centres[:, None]) <= reach).astype(np.float64)
