"""Prepared images: whole numbers in a file, and what they become where a network reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.images import Images, mapped
from paribus.data.prepare.pixels import Pixels
from paribus.data.prepare.prepared import Prepared


@dataclass(frozen=True, eq=False)
class ImageRows:
    """Images as networks read them, (row, channel, height, width). `pixel_values`: what a pixel is worth.

    Small: the pixels stay in the file at `path`, uint8 (image, height, width, channel), at `places`.
    """

    path: Path
    image: tuple[int, int, int]
    places: NDArray[np.int64]
    pixel_values: Pixels

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(row, channel, height, width)."""
        height, width, channels = self.image
        return len(self.places), channels, height, width

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Of the pixels."""
        return np.dtype(np.uint8)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: NDArray[np.int64] | slice) -> ImageRows:
        return replace(self, places=self.places[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self.numbers().astype(dtype or np.float32, copy=False)

    def pixels(self) -> NDArray[np.uint8]:
        """Read from the file: (row, height, width, channel)."""
        found: NDArray[np.uint8] = mapped(self.path)[self.places]
        return found

    def numbers(self) -> NDArray[np.float32]:
        """What the pixels are worth: (row, channel, height, width)."""
        return np.moveaxis(self.pixels() * self.pixel_values.scale + self.pixel_values.offset, -1, 1)


def image_rows(images: Images, pixels: Pixels) -> Prepared:
    """The images of a part, with what their pixels are worth: they stand for an array of numbers."""
    return cast(Prepared, ImageRows(images.path, images.shape, images.places, pixels))
