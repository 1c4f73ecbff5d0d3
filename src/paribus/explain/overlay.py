"""A heat map laid over its image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""How bright red, green and blue look (ITU-R BT.601)."""
_LOW, _HIGH = np.array([213, 94, 0], dtype=np.float32), np.array([255, 230, 70], dtype=np.float32)
"""Vermillion to yellow, told apart from grey without seeing red and green."""
_STRONGEST = 0.8


def overlay(pixels: NDArray[np.uint8], heat: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The image in grey, coloured where it speaks for the class, the hottest place the most.

    `pixels`: (height, width, channel); `heat`: (height, width), what is below 0 is left grey. Returns
    (height, width, 3).
    """
    grey = pixels[..., :1].astype(np.float32) if pixels.shape[-1] == 1 else (pixels @ _GREY)[..., None]
    speaking = np.maximum(heat, 0)[..., None]
    share = speaking / max(float(speaking.max()), np.finfo(np.float32).tiny)
    colour = _LOW + share * (_HIGH - _LOW)
    found: NDArray[np.uint8] = (grey + _STRONGEST * share * (colour - grey)).round().astype(np.uint8)
    return found
