"""The images of a table: their pixels in a file that is mapped into memory, taken by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Images:
    """One image a row, all of one shape. Small: the pixels stay in the file.

    `path`: a .npy file of uint8 (image, height, width, channel); `places`: where in it each row's image
    stands, (row,); `names`: the images' file names; `keys`: (row,) uint64, equal for equal pixels; `sums` and
    `squares`: of the pixels and of their squares, (row, channel) float64; `prints`:
    near for images that look alike, (row,).
    """

    path: Path
    shape: tuple[int, int, int]
    places: NDArray[np.int64]
    names: tuple[str, ...]
    keys: NDArray[np.uint64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    prints: NDArray[np.uint64]

    def __post_init__(self) -> None:
        for array in (self.places, self.keys, self.sums, self.squares, self.prints):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: NDArray[np.int64]) -> Images:
        """The images of these rows: positions, (row,)."""
        names = tuple(self.names[row] for row in rows)
        return replace(
            self,
            places=self.places[rows],
            names=names,
            keys=self.keys[rows],
            sums=self.sums[rows],
            squares=self.squares[rows],
            prints=self.prints[rows],
        )

    def pixels(self, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.uint8]:
        """The pixels of these rows, read from the file: (row, height, width, channel)."""
        found: NDArray[np.uint8] = mapped(self.path)[self.places[rows]]
        return found


@lru_cache(maxsize=16)
def mapped(path: Path) -> NDArray[Any]:
    """The array of a .npy file, read as it is asked for."""
    found: NDArray[Any] = np.load(path, mmap_mode="r")
    return found
