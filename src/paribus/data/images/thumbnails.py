"""Small pictures for pages: PNG as base64 text."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 96
"""Pixels of a small picture's longer side, at most."""


def png_text(pixels: NDArray[np.uint8], side: int = SIDE) -> str:
    """The PNG of one image, (height, width, channel) with one channel or three, as base64 text; a larger one
    is made smaller.
    """
    image = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    image.thumbnail((side, side), Image.Resampling.BOX)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return b64encode(file.getvalue()).decode("ascii")
