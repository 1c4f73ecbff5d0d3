"""Where an image's pixels come from: flips, turns, rotation, shear, zoom and shift as one movement."""

from __future__ import annotations

from math import radians

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample

from paribus.data.prepare.pixels import BRIGHTEST
from paribus.networks.augment import native
from paribus.networks.augment.by_row import by_row
from paribus.networks.augment.draws import Draws
from paribus.study.sections.augment import Augment

PADDING = {"reflect": "reflection", "nearest": "border", "constant": "zeros"}
"""The names of `fill` in PyTorch."""


def moved(
    images: Tensor,
    asked: Augment,
    draws: Draws,
    dtype: torch.dtype = torch.float32,
    cut: bool = False,
) -> Tensor:
    """Images (row, channel, height, width) moved, each by its own draws; pixels become intensities, `dtype`.
    What has been read between pixels may lie beyond 1 by rounding, unless it is `cut` off.

    Flips and turns alone put every pixel in another's place, unchanged. Anything else reads between pixels:
    bilinear, the pixels' centres at whole numbers, the image's centre held. An image that isn't square keeps
    its shape when it is turned, and is filled where it doesn't reach.
    """
    height, width = images.shape[2:]
    size = (height, width)
    between = bool(
        asked.rotate or asked.shift or asked.zoom or asked.shear or (asked.turn and height != width)
    )
    if not (between or asked.turn or asked.flip != "none"):
        return intensities(images, dtype)
    back = draws.once(("movements", asked, size), lambda whole: movements(asked, whole, size))
    fill = asked.fill if between else "nearest"
    if native.moves(images, dtype):
        across, down = _sources(back, size, images.new_empty(0, dtype=dtype))
        return native.moved(images, across, down, fill, not between, cut)
    found = _sampled(intensities(images, dtype), back, "bilinear" if between else "nearest", PADDING[fill])
    return found.clamp_(0.0, 1.0) if cut else found


def intensities(images: Tensor, dtype: torch.dtype) -> Tensor:
    """Pixels of 0 to 255 as intensities of 0 to 1; what is intensities already as it is."""
    return images if images.is_floating_point() else images.to(dtype).div_(BRIGHTEST)


def movements(asked: Augment, draws: Draws, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where the pixel at (x, y) comes from, both in pixels right and down of the centre: (row, 2, 3), what
    (x, y, 1) is multiplied by. The image is flipped, turned and rotated, sheared (its rows against each
    other), zoomed, shifted; this is the way back.
    """
    height, width = size
    flips, turns = _flips(asked, draws), _turns(asked, draws)
    angle = np.radians(draws.around("rotate", asked.rotate))
    cos, sin = np.cos(angle), np.sin(angle)
    for _ in range(1, 4):
        more = turns > 0
        cos, sin, turns = np.where(more, -sin, cos), np.where(more, cos, sin), turns - more
    slope = np.tan(draws.around("shear", radians(asked.shear)))
    zoom = 1.0 + draws.around("zoom", asked.zoom)
    shift = (2.0 * draws.uniform("shift", 2) - 1.0) * asked.shift * (width, height)
    mirror = np.where(flips, -1.0, 1.0)
    across = mirror[:, 0, None] * np.stack([cos, cos * slope - sin], axis=1) / zoom[:, None]
    down = mirror[:, 1, None] * np.stack([sin, sin * slope + cos], axis=1) / zoom[:, None]
    linear = np.stack([across, down], axis=1)
    back = -(linear[:, :, 0] * shift[:, :1] + linear[:, :, 1] * shift[:, 1:])
    return np.concatenate([linear, back[:, :, None]], axis=2)


def _flips(asked: Augment, draws: Draws) -> NDArray[np.bool_]:
    """Whether left and right, and whether top and bottom change places: (row, 2)."""
    may = (asked.flip in ("horizontal", "both"), asked.flip in ("vertical", "both"))
    found: NDArray[np.bool_] = (draws.uniform("flip", 2) < 0.5) & np.array(may)
    return found


def _turns(asked: Augment, draws: Draws) -> NDArray[np.int64]:
    """How many right angles: (row,)."""
    return (draws.uniform("turn")[:, 0] * 4).astype(np.int64) * asked.turn


def _sampled(images: Tensor, back: NDArray[np.float64], mode: str, padding: str) -> Tensor:
    """Read at the places that `back` (row, 2, 3) leads to."""
    height, width = images.shape[2:]
    across, down = _sources(back, (height, width), images)
    # (row, 2, height, width), each of x and y whole in memory: twice as fast as in pairs.
    places = across[:, :, None, :] + down[:, :, :, None]
    return grid_sample(images, places.permute(0, 2, 3, 1), mode, padding, align_corners=False)


def _sources(back: NDArray[np.float64], size: tuple[int, int], like: Tensor) -> tuple[Tensor, Tensor]:
    """Where pixels come from, x and y: by column (row, 2, width) and by line (row, 2, height), in sum."""
    height, width = size
    # PyTorch's places run from -1 to 1 between the outer edges of the outer pixels.
    back = back * np.array([[2.0 / width], [2.0 / height]])
    across = by_row(back[:, :, :1] * _from_centre(width), like)
    return across, by_row(back[:, :, 1:2] * _from_centre(height) + back[:, :, 2:], like)


def _from_centre(pixels: int) -> NDArray[np.float64]:
    return np.arange(pixels, dtype=np.float64) - (pixels - 1) / 2
