"""Images that stand as one array in a file: .npy, .npz, HDF5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from paribus.decoding.files import Content

_AT_ONCE = 64
"""Images that are read together from HDF5, which unpacks what stands together."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """`rows` of an array `label` in the file at `path`; `stamp` changes with the array."""

    path: Path
    label: str
    shape: tuple[int, ...]
    dtype: str
    stamp: str
    rows: NDArray[np.int64]

    @property
    def uniform(self) -> bool:
        """See `Files.uniform`."""
        return True

    @property
    def names(self) -> tuple[str, ...]:
        """See `Files.names`."""
        return tuple(f"{self.label}[{row}]" for row in self.rows.tolist())

    @property
    def n_bytes(self) -> int:
        """See `Files.n_bytes`."""
        return len(self.rows) * prod(self.shape[1:]) * np.dtype(self.dtype).itemsize

    def take(self, rows: NDArray[np.int64]) -> Self:
        """See `Files.take`."""
        return replace(self, rows=self.rows[rows])

    def stamps(self) -> Iterator[str]:
        """See `Files.stamps`."""
        yield f"{self.stamp}\0{self.shape}\0{self.dtype}"
        yield from map(str, self.rows.tolist())


@dataclass(frozen=True, eq=False)
class NumpyFiles(_Rows):
    """Of an array that stands unpacked from byte `offset` on, by columns if `fortran`."""

    offset: int = 0
    fortran: bool = False

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        pixels: NDArray[Any] = np.memmap(
            self.path,
            np.dtype(self.dtype),
            mode="r",
            offset=self.offset,
            shape=self.shape,
            order="F" if self.fortran else "C",
        )
        for row in self.rows.tolist():
            yield np.asarray(pixels[row])


@dataclass(frozen=True, eq=False)
class HDF5Files(_Rows):
    """Of a data set of an HDF5 file. Needs the extra `hdf5`."""

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        import h5py  # noqa: PLC0415  an extra

        with h5py.File(self.path, "r") as file:
            pixels = file[self.label]
            for start in range(0, len(self.rows), _AT_ONCE):
                rows = self.rows[start : start + _AT_ONCE]
                yield from _picked(pixels, rows)


def _picked(pixels: Any, rows: NDArray[np.int64]) -> NDArray[Any]:
    """These rows, read as pieces that stand together: (row, ...)."""
    first, last = int(rows[0]), int(rows[-1])
    if last - first < 4 * _AT_ONCE:
        whole: NDArray[Any] = pixels[first : last + 1]
        return whole[rows - first]
    return np.stack([pixels[row] for row in rows.tolist()])
