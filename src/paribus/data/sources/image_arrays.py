"""Images and labels as arrays in a .npz or an HDF5 file, found by their shapes.

PatchCamelyon: x (image, height, width, channel) and y, in one file or two. MedMNIST: `train_images`,
`train_labels` and so on, which give the column `split`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import listed
from paribus.data.part_words import PART_WORDS
from paribus.data.sources.array_files import Array, describe
from paribus.data.sources.rows import Rows, make_rows
from paribus.data.sources.text_folder import SPLIT
from paribus.decoding.files import Files, JoinedFiles
from paribus.errors import DataError
from paribus.study.spec import Data

_CHANNELS = (1, 3, 4)
_LEAST = 4
"""Pixels of a side from which on (row, ., .) is an image without colour."""
_LABELS = ("y", "label", "labels", "target", "targets", "class", "classes")
"""What the array of a single target may be called, where it isn't called as the study calls it."""


def read_arrays(path: Path, labels: Path | Rows | None, data: Data) -> Rows:
    """The images of a file as rows: the columns that data.image and data.target name, other arrays with a
    value for each image, and `split` where the arrays' names tell the part.

    `labels`: another such file, or a table with a row for each image, in their order. Raises DataError.
    """
    assert data.image is not None  # else nothing is read as images
    arrays = [*describe(path), *(describe(labels) if isinstance(labels, Path) else [])]
    parts = _by_part(path, arrays)
    frames, files = [], []
    for part, images in parts.items():
        files.append(images.images())
        columns = _columns(arrays, images, part if len(parts) > 1 else None, data)
        frames.append(pd.DataFrame({data.image: files[-1].names, **columns}))
    frame = pd.concat(frames, ignore_index=True)
    if isinstance(labels, Rows):
        frame = _beside(frame, labels, data.image)
    _check_targets(path, arrays, frame, data.targets)
    rows = make_rows(frame, list(frame.columns), str(path), counted="image")
    joined: Files = files[0]
    for each in files[1:]:
        joined = JoinedFiles(joined, each)
    return replace(rows, files=joined)


def _by_part(path: Path, arrays: Sequence[Array]) -> Mapping[str, Array]:
    """The images, by the word for their part, or under no word. Raises DataError for none, or too many."""
    images = [array for array in arrays if _is_image(array)]
    if not images:
        raise DataError(
            f"{path} holds no images ({_told(arrays)}): an array image × height × width × channel (1, 3 or"
            " 4), or image × height × width, is needed, of whole numbers from 0 in 8 or 16 bits (uint8,"
            " uint16)"
        )
    found: dict[str, Array] = {}
    for array in images:
        other = found.setdefault(_part(array.name) or "", array)
        if other is not array or (len(images) > 1 and not _part(array.name)):
            raise DataError(
                f"{path}: '{images[0].name}' and '{images[1].name}' may both be the images ({_told(arrays)}):"
                " keep one, or tell the parts in their names, as in x_train and x_test"
            )
    return found


def _is_image(array: Array) -> bool:
    if array.dtype.kind != "u" or array.dtype.itemsize > 2 or not prod(array.shape):
        return False
    match array.shape:
        case (_, height, width):
            return min(height, width) >= _LEAST
        case (_, _, _, channels):
            return channels in _CHANNELS and prod(array.shape[1:]) > 1
    return False


def _part(name: str) -> str | None:
    """The word for a part in an array's name: train of x_train, val of val_images."""
    return next((word for word in re.split(r"[^a-z]+", name.lower()) if word in PART_WORDS), None)


def _columns(arrays: Sequence[Array], images: Array, part: str | None, data: Data) -> dict[str, Any]:
    """The arrays with one value for each image of a part; the target under the study's name."""
    of_part = [
        array
        for array in arrays
        if array.shape[:1] == images.shape[:1]
        and prod(array.shape[1:]) == 1
        and (part is None or _part(array.name) == part)
    ]
    names = {_plain(array.name, part): array for array in of_part}
    target = data.targets[0]
    if len(data.targets) == 1 and target not in names:
        likely = [name for name in names if name.lower() in _LABELS] or list(names)
        if len(likely) == 1:
            names = {target if name == likely[0] else name: array for name, array in names.items()}
    columns: dict[str, Any] = {name: _values(array) for name, array in names.items() if name != data.image}
    return columns if part is None else {**columns, SPLIT: part}


def _plain(name: str, part: str | None) -> str:
    """An array's name without the word for its part."""
    if part is None:
        return name
    return re.sub(rf"[^A-Za-z]*\b{part}\b[^A-Za-z]*", "", name.replace("_", " "), flags=re.I).replace(
        " ", "_"
    )


def _values(array: Array) -> NDArray[Any]:
    values = array.values().reshape(-1)
    return values.astype(str) if values.dtype.kind in "SO" else values


def _beside(frame: pd.DataFrame, labels: Rows, image: str) -> pd.DataFrame:
    """The columns of a table with a row for each image. Raises DataError if it has more or fewer."""
    if len(labels) != len(frame):
        raise DataError(
            f"{labels.label} has {len(labels):,} rows, but there are {len(frame):,} images: data.labels needs"
            " a row for each, in their order"
        )
    more = {name: labels.column(name).to_numpy() for name in labels.names if name != image}
    return frame.drop(columns=[name for name in more if name in frame]).assign(**more)


def _check_targets(path: Path, arrays: Sequence[Array], frame: pd.DataFrame, targets: Sequence[str]) -> None:
    for target in targets:
        if target not in frame.columns:
            raise DataError(
                f"{path}: no array is the target '{target}' ({_told(arrays)}): one value for each image is"
                f" needed, in an array called '{target}' or y, or in the file or table that data.labels names"
            )


def _told(arrays: Sequence[Array]) -> str:
    return f"arrays: {listed([str(array) for array in arrays])}" if arrays else "it holds no array"
