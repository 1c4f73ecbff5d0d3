"""What arrays a .npz or HDF5 file holds, told without reading them."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from paribus.data.sources.cache import cache_folder
from paribus.decoding.arrays import HDF5Files, NumpyFiles
from paribus.decoding.files import Files
from paribus.errors import DataError

SUFFIXES = (".npz", ".h5", ".hdf5")
_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_LOCAL_HEADER = 30
"""Bytes of a zip member's own header before its name; the lengths of what follows stand in the last four."""


@dataclass(frozen=True)
class Array:
    """An array in a file: its name, its shape and type, how to read it whole, and its rows as images."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    values: Callable[[], NDArray[Any]]
    images: Callable[[], Files]

    def __str__(self) -> str:
        return f"{self.name} {'×'.join(map(str, self.shape)) or 'one value'} {self.dtype}"


def describe(path: Path) -> list[Array]:
    """The arrays of a file. Raises DataError for one that can't be read."""
    kind = ".npz" if path.suffix.lower() == ".npz" else "HDF5"
    try:
        return _of_npz(path) if kind == ".npz" else _of_hdf5(path)
    except (BadZipFile, OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(f"{path} can't be read as {kind} ({error}): was it renamed, or cut off?") from None


def _of_npz(path: Path) -> list[Array]:
    with ZipFile(path) as held:
        return [
            _of_member(path.resolve(), held, info)
            for info in held.infolist()
            if info.filename.endswith(".npy")
        ]


def _of_member(path: Path, held: ZipFile, info: ZipInfo) -> Array:
    with held.open(info) as file:
        shape, fortran, dtype = _READERS[np.lib.format.read_magic(file)](file)
        before = file.tell()
    name = info.filename.removesuffix(".npy")

    def values() -> NDArray[Any]:
        with np.load(path, allow_pickle=False) as arrays:
            found: NDArray[Any] = arrays[name]
        return found

    def images() -> Files:
        place, start = _stored(path, info) if info.compress_type == ZIP_STORED else (_unpacked(path, info), 0)
        rows, stamp = np.arange(shape[0]), f"{info.CRC}\0{info.file_size}"
        return NumpyFiles(place, name, shape, dtype.str, stamp, rows, start + before, fortran)

    return Array(name, shape, dtype, values, images)


def _stored(path: Path, info: ZipInfo) -> tuple[Path, int]:
    """Where a member that isn't packed begins."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        lengths = struct.unpack("<HH", file.read(_LOCAL_HEADER)[-4:])
    return path, info.header_offset + _LOCAL_HEADER + sum(lengths)


def _unpacked(path: Path, info: ZipInfo) -> Path:
    """A packed member, unpacked into the cache folder once: images are read from it at any place."""
    kept = cache_folder("images") / f"unpacked-{info.CRC:08x}-{info.file_size}.npy"
    if not kept.exists():
        part = kept.with_name(f".{kept.name}.{os.getpid()}")
        with ZipFile(path) as held, held.open(info) as file, part.open("wb") as unpacked:
            copyfileobj(file, unpacked, 2**20)
        part.replace(kept)
    return kept


def _of_hdf5(path: Path) -> list[Array]:
    try:
        import h5py  # noqa: PLC0415  an extra
    except ImportError:
        raise DataError(
            f"{path}: HDF5 files need the extra hdf5: pip install 'paribus[hdf5]', or save the arrays as .npz"
        ) from None
    found: list[Array] = []
    place = path.resolve()
    told = place.stat()
    stamp = f"{place}\0{told.st_size}\0{told.st_mtime_ns}"

    def visit(name: str, kept: Any) -> None:
        if not isinstance(kept, h5py.Dataset):
            return
        shape, dtype = tuple(kept.shape), kept.dtype

        def values() -> NDArray[Any]:
            with h5py.File(place, "r") as file:
                read: NDArray[Any] = file[name][()]
            return read

        def images() -> Files:
            return HDF5Files(place, name, shape, dtype.str, f"{stamp}\0{name}", np.arange(shape[0]))

        found.append(Array(name, shape, dtype, values, images))

    with h5py.File(place, "r") as file:
        file.visititems(visit)
    return found
