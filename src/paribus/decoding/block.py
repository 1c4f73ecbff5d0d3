"""A block of images, decoded into its place in a file of pixels, with what was found of each."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from paribus.decoding.decode import Asked, Decoded, calm, decode
from paribus.decoding.files import UNREAD, Broken, Files

_AT_ONCE = 2**19
"""Bytes of pixels that are decoded, looked at and written together: they stay in a core's own memory."""
_IN_16_BITS = 257
"""Pixels of a column, at most, whose sum fits 16 bits."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_PRINT = (8, 9)
"""Rows and columns of the squares whose brightness makes a fingerprint: 64 comparisons."""
_POINTS = 4
"""Pixels down and across a square that tell its brightness."""


@dataclass(frozen=True, eq=False)
class Found:
    """What is known of images beside their pixels, (image,) each, `sums` and `squares` (image, channel).

    `keys`: equal for equal pixels; 32 bits of them are the pixels' CRC-32; `prints`: near for images that
    look alike; `modes` and `sizes`, (height, width), as in the files, 0 where unknown; `largest`: the
    largest value of 16-bit pixels; `reasons`: why an image can't be used, empty where it can.
    """

    keys: NDArray[np.uint64]
    prints: NDArray[np.uint64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    modes: NDArray[np.str_]
    sizes: NDArray[np.int32]
    largest: NDArray[np.int32]
    reasons: NDArray[np.str_]

    @property
    def checksums(self) -> NDArray[np.uint32]:
        """CRC-32 of the pixels, (image,)."""
        return (self.keys >> np.uint64(32)).astype(np.uint32)

    def save(self, path: Path) -> None:
        """Write them as one file, there whole or not at all; not if some image may be read the next time."""
        if any(str(reason).startswith(UNREAD) for reason in self.reasons):
            return
        held = BytesIO()
        np.savez(held, **vars(self))
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_bytes(held.getvalue())
        part.replace(path)


def load_found(path: Path) -> Found:
    """What was saved. Raises OSError, ValueError, KeyError or BadZipFile for a damaged file."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
        return Found(**{name: held[name] for name in Found.__dataclass_fields__})


def joined(blocks: list[Found]) -> Found:
    """Those of all blocks, in order."""
    fields = Found.__dataclass_fields__
    return Found(**{name: np.concatenate([getattr(block, name) for block in blocks]) for name in fields})


def decode_block(files: Files, asked: Asked, path: Path, offset: int, kept: Path) -> Found:
    """Decode `files` to `offset` (bytes) in the file of pixels at `path`; save what was found at `kept`."""
    with calm(), path.open("r+b") as file:
        file.seek(offset)
        found = _decoded(files, asked, file)
    found.save(kept)
    return found


def _decoded(files: Files, asked: Asked, file: BinaryIO) -> Found:
    """What was found of images; their pixels are written one after the other."""
    each = max(1, _AT_ONCE // prod(asked.shape))
    room = np.empty((each, *asked.shape), dtype=np.uint8)
    named = zip(files.contents(), files.names, strict=True)
    told: list[Decoded | Broken] = []
    looked_at = []
    while some := list(islice(named, each)):
        pixels = room[: len(some)]
        for place, (content, name) in enumerate(some):
            told.append(_put(decode(content, name, asked), pixels[place]))
        file.write(pixels.data)
        looked_at.append((_checksums(pixels), _prints(pixels), *_sums(pixels)))
    return _found(told, *(np.concatenate(parts) for parts in zip(*looked_at, strict=True)))


def _put(decoded: Decoded | Broken, place: NDArray[np.uint8]) -> Decoded | Broken:
    """Put the pixels in their place, black where there are none; what is told of them is left."""
    if isinstance(decoded, Broken) or decoded.pixels is None:
        place[:] = 0
        return decoded
    place[:] = decoded.pixels
    return Decoded(decoded.mode, decoded.height, decoded.width, largest=decoded.largest)


def _found(
    told: list[Decoded | Broken],
    checksums: NDArray[np.uint64],
    prints: NDArray[np.uint64],
    sums: NDArray[np.uint64],
    squares: NDArray[np.uint64],
) -> Found:
    known = [None if isinstance(each, Broken) else each for each in told]
    return Found(
        keys=checksums << np.uint64(32) | _mixed(np.column_stack([prints, sums, squares])),
        prints=prints,
        sums=sums.astype(np.float64),
        squares=squares.astype(np.float64),
        modes=np.array([each.mode if each else "" for each in known], dtype=np.str_),
        sizes=np.array([(each.height, each.width) if each else (0, 0) for each in known], dtype=np.int32),
        largest=np.array([each.largest if each else 0 for each in known], dtype=np.int32),
        reasons=np.array([each.reason if isinstance(each, Broken) else "" for each in told], dtype=np.str_),
    )


def _checksums(pixels: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """CRC-32 of each image: (image,)."""
    return np.array([zlib.crc32(image.data) for image in pixels], dtype=np.uint64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """32 bits of each row of (image, value), in which every value has a say: (image,)."""
    mixed = np.zeros(len(values), dtype=np.uint64)
    for column in values.T:
        mixed = (mixed ^ column) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return mixed >> np.uint64(32)


def _sums(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Of pixels and of their squares, to the unit: (image, channel) each."""
    n_images, height, width, channels = pixels.shape
    lines, columns = pixels.reshape(n_images, height, width * channels), (n_images, width, channels)
    down = lines.sum(axis=1, dtype=np.uint16 if height <= _IN_16_BITS else np.uint32)
    squared = np.einsum("ijk,ijk->ik", lines, lines, dtype=np.uint32, casting="safe")
    return (
        down.reshape(columns).sum(axis=1, dtype=np.uint64),
        squared.reshape(columns).sum(axis=1, dtype=np.uint64),
    )


def _prints(pixels: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """64 bits an image: whether a square is brighter than its neighbour on the left (the difference hash of
    N. Krawetz, hackerfactor.com, 2013), on some of the pixels of one channel. (image,)
    """
    (rows, columns), n_images = _PRINT, len(pixels)
    height, width, channels = pixels.shape[1:]
    down, across = (
        np.arange(parts * _POINTS) * length // (parts * _POINTS)
        for parts, length in ((rows, height), (columns, width))
    )
    some = pixels[:, down[:, None], across, channels // 2]
    squares = some.reshape(n_images, rows, _POINTS, columns, _POINTS).sum(axis=(2, 4), dtype=np.uint16)
    brighter = squares[:, :, 1:] > squares[:, :, :-1]
    packed: NDArray[Any] = np.ascontiguousarray(np.packbits(brighter.reshape(n_images, -1), axis=1))
    return packed.view(">u8").reshape(n_images).astype(np.uint64)
