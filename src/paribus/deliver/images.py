"""Images as a model's input, decoded as in training; what can't be read is told by its name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.columns import shown
from paribus.data.sources.rows import Rows
from paribus.decoding.decode import SUFFIXES, Asked, Decoded, calm, decode
from paribus.decoding.files import Broken, Content
from paribus.deliver.schema import Column, Schema
from paribus.errors import DataError

_AT_ONCE = 2 * (os.cpu_count() or 1)
"""Files that are held in memory together: each may be much larger than what it becomes."""


def image_of(schema: Schema) -> Column | None:
    """The column of images, which is the only one then."""
    return next((column for column in schema.columns if column.kind == "image"), None)


def asked_of(column: Column) -> Asked:
    """What every image becomes."""
    assert column.shape is not None  # an image has one
    return Asked(*column.shape, resized=column.resized)


def decoded(rows: Rows, column: Column) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The images of `rows`, (row, height, width, channel), and why each can't be used, empty where it can."""
    asked = asked_of(column)
    if rows.files is not None:
        names, contents = rows.files.names, rows.files.contents()
    else:
        names = tuple(map(rows.at, range(len(rows))))
        contents = map(_content, rows.column(column.name))
    pixels = np.zeros((len(rows), *asked.shape), dtype=np.uint8)
    reasons = []
    for place, found in enumerate(_decoded(contents, names, asked)):
        reasons.append(reason_of(found, asked))
        if isinstance(found, Decoded) and found.pixels is not None:
            pixels[place] = found.pixels
    return pixels, tuple(reasons)


def usable(rows: Rows, column: Column) -> NDArray[np.uint8]:
    """The same where all can be used. Raises DataError for the first that can't."""
    pixels, reasons = decoded(rows, column)
    for place, reason in enumerate(reasons):
        if reason:
            raise DataError(f"{rows.label}: {name_of(rows, place)} {reason}")
    return pixels


def name_of(rows: Rows, place: int) -> str:
    """What an image is called, as a message has it."""
    return f"'{rows.files.names[place]}'" if rows.files is not None else f"the image in {rows.at(place)}"


def _decoded(contents: Iterable[Content], names: Iterable[str], asked: Asked) -> Iterator[Decoded | Broken]:
    """In their order, by all cores."""
    given = zip(contents, names, strict=True)
    with calm(), ThreadPoolExecutor(os.cpu_count()) as pool:
        while some := list(islice(given, _AT_ONCE)):
            yield from pool.map(lambda each: decode(each[0], _suffix(each[1]), asked), some)


def _suffix(name: str) -> str:
    """A file's name where it ends as files of images do: what isn't from a file may hold any kind."""
    return name if Path(name).suffix.lower() in SUFFIXES else ""


def _content(cell: Any) -> Content:
    """A cell of a frame: what a file holds, its path, or pixels (height, width[, channel])."""
    if isinstance(cell, str | Path):
        try:
            return Path(cell).read_bytes()
        except OSError as error:
            return Broken(f"can't be read from {shown(str(cell))}: {error.strerror or error}")
    if isinstance(cell, np.ndarray):
        fits = cell.ndim == 2 or (cell.ndim == 3 and cell.shape[2] in (1, 3, 4))
        if fits and cell.dtype in (np.uint8, np.uint16) and cell.size:
            return cell
        return Broken(f"is an array of {cell.dtype} {cell.shape}: uint8 (height, width, channel) is needed")
    if isinstance(cell, bytes | bytearray):
        return bytes(cell)
    return Broken(f"is {shown(cell)}: a file's path, its bytes, or pixels are needed")


def reason_of(found: Decoded | Broken, asked: Asked) -> str:
    """Why an image can't be used; empty where it can."""
    if isinstance(found, Broken):
        return found.reason
    if found.pixels is None:
        return (
            f"is {found.height}×{found.width} pixels, and the model's images are {asked.height}×{asked.width}"
            " (height × width)"
        )
    return ""
