"""Numbers and means of the rows of a batch, the same to the bit whatever stands beside a row."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def by_row(numbers: NDArray[np.float64], like: Tensor) -> Tensor:
    """Numbers of the rows (row, ...) as the images' type, on their device, which isn't waited for."""
    found = torch.from_numpy(np.ascontiguousarray(numbers)).to(like.dtype)
    if like.is_cuda:
        found = found.pin_memory()  # a GPU waits for what is copied from elsewhere
    return found.to(like.device, non_blocking=True)


def means(images: Tensor) -> Tensor:
    """Each channel's mean: (row, channel, height, width) → (row, channel, 1, 1).

    Halves are added to halves. A library's sum adds in an order that may depend on the number of rows and of
    threads; this one doesn't, on any device.
    """
    pixels = images.shape[2] * images.shape[3]
    sums = images.flatten(2)
    while (left := sums.shape[2]) > 1:
        half = left // 2
        added = sums[:, :, :half] + sums[:, :, half : 2 * half]
        if left % 2:
            added[:, :, :1] += sums[:, :, -1:]
        sums = added
    return (sums / pixels)[..., None]
