"""Images of a request: files as base64 in JSON rows, files of a form, or one file as the whole body."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.decoding.decode import Decoded, decode, look
from paribus.decoding.files import Broken
from paribus.deliver.images import asked_of, reason_of
from paribus.deliver.schema import Column
from paribus.errors import DataError, nearest

MOST_BYTES = 2**28
"""Of images as the model takes them, in one request and of all that wait."""


def files_of(rows: Sequence[Mapping[str, Any]], column: Column) -> list[bytes]:
    """The file in each row. Raises DataError for another column, and for what is no base64."""
    return list(_files(rows, column.name))


def _files(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[bytes]:
    for number, row in enumerate(rows, start=1):
        other = next((each for each in row if each != name), None)
        if other is not None:
            shown = other.encode("utf-8", "replace").decode()[:80]
            raise DataError(f"row {number}: '{shown}' is no column of the model{nearest(other, [name])}")
        cell = row.get(name)
        if not isinstance(cell, str):
            raise DataError(f"row {number}: '{name}' must hold an image's file as base64")
        try:
            yield b64decode(cell.partition("base64,")[2] or cell, validate=True)
        except (binascii.Error, ValueError):
            raise DataError(f"row {number}: '{name}' holds no base64: encode the image's file") from None


def images_of(
    files: Sequence[bytes], column: Column, most: int, names: Sequence[str] = ()
) -> NDArray[np.uint8]:
    """The images, (row, height, width, channel). None is unpacked before all are known to be small enough:
    `most` pixels together. Raises DataError that calls a file by its name, by its row where it has none.
    """
    called = names or [f"row {number}" for number in range(1, len(files) + 1)]
    asked = asked_of(column)
    if len(files) > (fit := max(1, MOST_BYTES // prod(asked.shape))):
        raise DataError(
            f"{len(files):,} images of {asked.height}×{asked.width}; at most {fit:,} in a request"
        )
    pixels, seen = np.zeros((len(files), *asked.shape), dtype=np.uint8), 0
    for name, file in zip(called, files, strict=True):
        found = look(file, "")
        if isinstance(found, Broken):
            raise DataError(f"{name}: the image {found.reason}")
        seen += found.height * found.width
        if seen > most:
            raise DataError(f"{name}: with its image the request has more than {most:,} pixels")
    for place, file in enumerate(files):
        unpacked = decode(file, "", asked)
        if reason := reason_of(unpacked, asked):
            raise DataError(f"{called[place]}: the image {reason}")
        assert isinstance(unpacked, Decoded)  # else there was a reason
        assert unpacked.pixels is not None
        pixels[place] = unpacked.pixels
    return pixels
