"""Images to predict for: a folder, an archive, or a table that names files or holds them; some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np
import pandas as pd

from paribus.data.columns import display
from paribus.data.sources.image_labels import places_of
from paribus.data.sources.image_listing import Listing, list_folder, list_zip
from paribus.data.sources.rows import Rows
from paribus.deliver.reading import DELIMITERS, read_chunks
from paribus.deliver.schema import Column, Schema
from paribus.errors import DataError

KINDS = ("a folder", ".zip", *DELIMITERS, ".parquet")
PIXELS_AT_ONCE = 2**25
"""Numbers of images that are held in memory together."""
_NAMES_AT_ONCE = 65_536


def image_chunks(path: Path, rows: int, schema: Schema, column: Column) -> Iterator[tuple[Rows, float]]:
    """The images at `path`, at most so many rows at a time, each with the share that is read.

    A table has the column of images with a file's name in each row, looked for below the table's folder as
    those of data.labels are; or, in Parquet, with its bytes. Raises DataError.
    """
    suffix = path.suffix.lower()
    at_once = max(1, min(rows, PIXELS_AT_ONCE // prod(column.shape or (1,))))
    if path.is_dir() or suffix == ".zip":
        listing = list_folder(path) if path.is_dir() else list_zip(path)
        yield from _parts(_all_of(listing, column), at_once)
    elif suffix == ".parquet":
        yield from read_chunks(path, at_once, schema)
    elif suffix in DELIMITERS:
        listing = list_folder(path.parent)
        for named, share in read_chunks(path, _NAMES_AT_ONCE, schema):
            for part, _ in _parts(_named(named, listing, column), at_once):
                yield part, share
    else:
        raise DataError(
            f"{path}: '{suffix}' holds no images that are predicted for (allowed: {', '.join(KINDS)})"
        )


def _all_of(listing: Listing, column: Column) -> Rows:
    names = listing.files.names
    if not names:
        raise DataError(f"{listing.path}: holds no image (.png, .jpg, .tif, .bmp)")
    cells = pd.Series(list(names), index=pd.Index(names, name="file"), dtype=object)
    return Rows(
        (column.name,), cells.index, str(listing.path), {column.name: cells}.__getitem__, listing.files
    )


def _named(rows: Rows, listing: Listing, column: Column) -> Rows:
    """The rows of a table with the files that they name."""
    if column.name not in rows.names:
        raise DataError(
            f"{rows.label}: the model needs a column '{column.name}' with the images' file names (columns:"
            f" {', '.join(rows.names)})"
        )
    cells = rows.column(column.name)
    if cells.isna().any():
        raise DataError(
            f"{rows.label}: column '{column.name}' is empty in {rows.at(np.argmax(cells.isna()))}"
        )
    asked = tuple(map(display, cells))
    places = places_of(listing, rows, asked)
    found = tuple(
        listing.files.names[place] if place >= 0 else name for place, name in zip(places, asked, strict=True)
    )
    return replace(rows, files=listing.files.arranged(places, found))


def _parts(rows: Rows, at_once: int) -> Iterator[tuple[Rows, float]]:
    for start in range(0, len(rows), at_once):
        stop = min(len(rows), start + at_once)
        yield rows.take(np.arange(start, stop)), stop / len(rows)
