"""Brightness, contrast, saturation and hue: linear maps of an image's colours.

Numbers are cut off at 0 and 1 by the caller, once at the end, so that their order doesn't matter.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.augment.by_row import by_row, means
from paribus.networks.augment.draws import Draws
from paribus.study.sections.augment import Augment

LUMA = (0.299, 0.587, 0.114)
"""How bright red, green and blue are to the eye (ITU-R BT.601)."""
_YIQ = np.array([LUMA, (0.596, -0.274, -0.322), (0.211, -0.523, 0.312)])
"""From red, green and blue to luma and the two axes of colour of NTSC."""


def tinted(images: Tensor, asked: Augment, draws: Draws) -> Tensor:
    """Images of 3 channels with another saturation and hue."""
    return recoloured(images, draws.once(("tints", asked), lambda whole: tints(asked, whole)))


def toned(images: Tensor, asked: Augment, draws: Draws) -> Tensor:
    """Images of 3 channels, or of 1, with another contrast and brightness.

    A number is added to all intensities; their distances from the image's mean, one number, are multiplied.
    """
    if asked.contrast:
        factor = by_row(1.0 + draws.around("contrast", asked.contrast), images)[:, None, None, None]
        images = images * factor + _luma(means(images)) * (1.0 - factor)
    if asked.brightness:
        images = images + by_row(draws.around("brightness", asked.brightness), images)[:, None, None, None]
    return images


def tints(asked: Augment, draws: Draws) -> NDArray[np.float64]:
    """What red, green and blue become: (row, channel after, channel before).

    Saturation multiplies the distance from grey of the same luma; hue turns it round the axis of grey, in the
    YIQ colours of NTSC. Both leave luma, and greys, as they are (Haeberli, Matrix Operations for Image
    Processing, 1993).
    """
    saturation = 1.0 + draws.around("saturation", asked.saturation)
    angle = np.radians(draws.around("hue", asked.hue))
    turn = np.zeros((len(angle), 3, 3))
    turn[:, 0, 0] = 1.0
    turn[:, 1, 1] = turn[:, 2, 2] = saturation * np.cos(angle)
    turn[:, 2, 1] = saturation * np.sin(angle)
    turn[:, 1, 2] = -turn[:, 2, 1]
    found: NDArray[np.float64] = _RGB @ turn @ _YIQ
    return found


def recoloured(images: Tensor, matrices: NDArray[np.float64]) -> Tensor:
    """Each pixel's channels times its row's matrix (row, channel after, channel before)."""
    weights = by_row(matrices, images)[..., None, None]
    found = torch.empty(images.shape, dtype=images.dtype, device=images.device)
    for after in range(3):
        torch.mul(images[:, 0], weights[:, after, 0], out=found[:, after])
        for before in (1, 2):
            found[:, after] += images[:, before] * weights[:, after, before]
    return found


def _luma(colours: Tensor) -> Tensor:
    """(row, channel, 1, 1) → (row, 1, 1, 1): how bright; a single channel is itself."""
    if colours.shape[1] == 1:
        return colours
    red, green, blue = (colours[:, channel, None] * LUMA[channel] for channel in range(3))
    return red + green + blue


_RGB = np.linalg.inv(_YIQ)
