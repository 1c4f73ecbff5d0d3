"""Images with a table of labels: each row of the table names its file, whose suffix may be left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from posixpath import basename, dirname, splitext

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import display, listed, shown
from paribus.data.sources.image_listing import Listing
from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import DataError, nearest
from paribus.study.spec import Data


def read_labelled(listing: Listing, labels: Rows, data: Data) -> Rows:
    """The rows of `labels`, then a row without any cell but its name for each image that it leaves out.

    Folders in which no image is named at all are left alone: Kaggle's test images lie in one. Raises
    DataError for a table without the column data.image, and names that several files have.
    """
    assert data.image is not None  # else nothing is read as images
    if data.image not in labels.names:
        raise DataError(
            f"{labels.label}: data.image names '{data.image}', which is no column"
            f"{nearest(data.image, labels.names)} (columns: {listed(labels.names)})"
        )
    cells = labels.column(data.image)
    if cells.isna().any():
        row = labels.at(np.argmax(cells.isna()))
        raise DataError(
            f"{labels.label}: column '{data.image}' (data.image) is missing in {row}: name its file"
        )
    asked = [display(cell) for cell in cells]
    places = places_of(listing, labels, asked)
    if (places < 0).all():
        raise _none_found(listing, labels, asked)
    left = _unlabelled(listing.files.names, places)
    found = [
        listing.files.names[place] if place >= 0 else name for place, name in zip(places, asked, strict=True)
    ]
    names = (*found, *(listing.files.names[place] for place in left))
    frame = pd.DataFrame({name: labels.column(name).to_numpy() for name in labels.names}, index=labels.index)
    more = pd.DataFrame(
        {data.image: [listing.files.names[place] for place in left]},
        index=[listing.files.names[place] for place in left],
    )
    frame = pd.concat([frame.astype(object), more]).infer_objects() if left else frame
    rows = make_rows(frame, list(labels.names), labels.label, counted=str(labels.index.name))
    return replace(rows, files=listing.files.arranged(np.array([*places, *left], dtype=np.int64), names))


def places_of(listing: Listing, labels: Rows, asked: Sequence[str]) -> NDArray[np.int64]:
    """The place of the file that each row names, -1 where there is none. Raises DataError for several."""
    exact = {name: [place] for place, name in enumerate(listing.files.names)}
    by_name = _by_name(listing.files.names)
    places = np.full(len(asked), -1, dtype=np.int64)
    for row, name in enumerate(asked):
        path = name.removeprefix("./").replace("\\", "/")
        found = exact.get(path) or by_name.get(path) or by_name.get(_number(name), ())
        if len(found) > 1:
            told = listed([listing.files.names[place] for place in found], 3)
            raise DataError(
                f"{labels.label}: {labels.at(row)} names {shown(name)}, and {len(found)} files in"
                f" {listing.path} are called so ({told}): write their paths in the table"
            )
        if found:
            places[row] = found[0]
    return places


def share_named(listing: Listing, labels: Rows, column: str) -> float:
    """The share of a table's rows whose cell of `column` names an image."""
    known = _by_name(listing.files.names)
    cells = [display(cell) for cell in labels.column(column).dropna()]
    named = sum(cell.removeprefix("./") in known or _number(cell) in known for cell in cells)
    return named / max(1, len(labels))


def _by_name(names: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Every way to name a file: with its folders or without them, with its suffix or without it."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        base, stem = basename(name), splitext(basename(name))[0]
        for way in dict.fromkeys((name, base, splitext(name)[0], stem, _number(stem))):
            if way:
                found[way].append(place)
    return found


def _number(name: str) -> str:
    """A file's number as a table reads it: 0012 as 12. Empty for what is no number, or begins with none."""
    return f"\0{name.lstrip('0') or '0'}" if name.isdecimal() else ""


def _none_found(listing: Listing, labels: Rows, asked: Sequence[str]) -> DataError:
    there = f"such as {shown(listing.files.names[0])}" if listing.files.names else "none at all"
    return DataError(
        f"{labels.label}: no row names a file in {listing.path}: {labels.at(0)} has {shown(asked[0])}, and"
        f" the images there are {there}. Correct data.image, data.labels or data.source"
    )


def _unlabelled(names: Sequence[str], places: NDArray[np.int64]) -> list[int]:
    """The files that no row names, in folders in which some are named."""
    named = set(places[places >= 0].tolist())
    folders = {dirname(names[place]) for place in named}
    return [place for place, name in enumerate(names) if place not in named and dirname(name) in folders]
