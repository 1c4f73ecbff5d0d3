"""What a study of some data would begin with: found by looking at a folder, an archive or a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from paribus.data.columns import listed
from paribus.data.part_words import PART_WORDS
from paribus.data.sources.image_classes import read_class_folders
from paribus.data.sources.image_labels import share_named
from paribus.data.sources.image_listing import Listing, list_folder, list_zip
from paribus.data.sources.images import taken_out
from paribus.data.sources.read import READERS, read
from paribus.data.sources.rows import Rows
from paribus.data.sources.text_folder import SPLIT, SUFFIX
from paribus.data.target import read_target
from paribus.data.text.column import text_column
from paribus.decoding.decode import Decoded, calm, look
from paribus.errors import DataError, StudyError, nearest
from paribus.study.spec import Data

IMAGE, TEXT, LABEL = "image", "text", "label"
"""What columns are called that are made of files and their folders."""
ASKED = ("label", "labels", "class", "target", "y")
"""Columns of a table of labels that are taken as the target where nothing is said."""
LOOKED_AT = 64
"""Images whose headers tell of their sizes; cells that are looked at before all are."""
LARGEST = 128
"""Pixels of a side that a first study takes: small networks on a processor take long with more."""
NUMBERS = ("rmse", "mae", "r2")
"""Metrics of a target of numbers, where a template has those of classes."""


@dataclass(frozen=True)
class Start:
    """A template, and what stands in its `[data]` and `[protocol]` instead; None for what goes."""

    template: str
    data: dict[str, Any]
    protocol: dict[str, Any] = field(default_factory=dict)


def start_of(path: Path, target: str | None = None) -> Start:
    """How a study of what lies at `path` begins; its data.source is for the caller to say.

    `target`: the column that is asked for; of class folders what it is to be called. Raises DataError, and
    StudyError where it must be told which column is asked for.
    """
    if path.suffix.lower() in READERS:
        return _of_table(_table(path), target)
    if not path.is_dir() and path.suffix.lower() != ".zip":
        raise DataError(
            f"{path} is neither a folder, nor a file of {', '.join((*READERS, '.zip'))}: take a template"
            " (paribus templates), and write where the data come from"
        )
    listing = list_folder(path) if path.is_dir() else list_zip(path)
    if listing.files.names:
        return _of_images(listing, target)
    if any(name.lower().endswith(SUFFIX) for name in listing.others) and path.is_dir():
        return _of_texts(listing, target)
    raise DataError(
        f"{path} holds neither images nor, in a folder for each class, texts (.txt): docs/images.md and"
        " docs/text.md say which layouts are read"
    )


def _table(path: Path) -> Rows:
    return read(str(path.absolute()), path.parent, None, None)


def _of_table(rows: Rows, target: str | None) -> Start:
    found = _target(rows, rows.names, target)
    numbers = read_target(rows, Data(source="table", target=found)).task == "regression"
    parts = {name: told for name in rows.names if name != found and (told := _part_words(rows, name))}
    if text := text_column(rows, [name for name in rows.names if name != found and name not in parts]):
        data = {"text": text, "target": found, **_positive(rows, found)}
        begun = Start("texts", data, {"metrics": list(NUMBERS)} if numbers else {})
    else:
        begun = Start(
            "regression" if numbers else "classification", {"target": found, **_positive(rows, found)}
        )
    column = next(iter(parts), None)
    return begun if column is None else _split(begun, parts[column], column)


def _part_words(rows: Rows, name: str) -> list[str]:
    """A column's values, if each says which part a row is of; else none."""
    cells = rows.column(name).dropna()
    if not {str(cell).lower() for cell in cells.iloc[:LOOKED_AT]} <= PART_WORDS.keys():
        return []
    values = [str(value) for value in cells.unique()]
    return values if {value.lower() for value in values} <= PART_WORDS.keys() else []


def _positive(rows: Rows, target: str) -> dict[str, Any]:
    """Which of two words would count as positive where nothing is said: so that it is seen."""
    classes = list(rows.column(target).dropna().unique())
    two_words = len(classes) == 2 and all(isinstance(name, str) for name in classes)
    return {"positive": max(classes)} if two_words else {}


def _target(rows: Rows, columns: list[str] | tuple[str, ...], target: str | None) -> str:
    """The column that is asked for. Raises StudyError where that can't be known."""
    known = [name for name in columns if name.lower() in ASKED]
    if target is None and len(columns) > 1 and len(known) != 1:
        raise StudyError(
            f"which column of {rows.label} is asked for? Say --target COLUMN (columns: {listed(columns)})"
        )
    found = target or (known or list(columns))[0]
    if found not in columns:
        raise StudyError(
            f"--target {found}: {rows.label} has no such column{nearest(found, columns)} (columns:"
            f" {listed(columns)})"
        )
    return found


def _of_images(listing: Listing, target: str | None) -> Start:
    inside = [name for name in listing.others if Path(name).suffix.lower() in READERS]
    for name in inside:
        path = listing.path / name if listing.path.is_dir() else taken_out(listing.path, name)
        if found := _labelled(listing, _table(path), name, target):
            return found
    try:
        rows = read_class_folders(listing, Data(source="images", image=IMAGE, target=target or LABEL))
    except DataError:
        for path in sorted(each for each in listing.path.parent.iterdir() if each.suffix.lower() in READERS):
            if found := _labelled(listing, _table(path), path.name, target):
                return found
        raise
    parts = list(rows.column(SPLIT).dropna().unique()) if SPLIT in rows.names else []
    asked = target or LABEL
    data = {"image": IMAGE, "target": asked, **_positive(rows, asked), **_size(listing)}
    return _split(Start("images", data), parts)


def _labelled(listing: Listing, labels: Rows, name: str, target: str | None) -> Start | None:
    """With a table of labels, if one of its columns names the images."""
    shares = {column: share_named(listing, labels, column) for column in labels.names}
    image = max(shares, key=lambda column: shares[column])
    if shares[image] < 0.5:
        return None
    found = _target(labels, [column for column in labels.names if column != image], target)
    task = read_target(labels, Data(source="table", target=found)).task
    data = {"labels": name, "image": image, "target": found, **_positive(labels, found), **_size(listing)}
    return Start("images", data, {"metrics": list(NUMBERS)} if task == "regression" else {})


def _size(listing: Listing) -> dict[str, Any]:
    """data.size, where images have several sizes or are large: near the middle of them."""
    n_images = len(listing.files.names)
    some = listing.files.take(np.arange(0, n_images, max(1, n_images // LOOKED_AT)))
    with calm():
        looked = [look(content, name) for content, name in zip(some.contents(), some.names, strict=True)]
    sizes = [(each.height, each.width) for each in looked if isinstance(each, Decoded)]
    if not sizes or (len(set(sizes)) == 1 and max(sizes[0]) <= LARGEST):
        return {}
    height, width = np.median(sizes, axis=0)
    smaller = min(1.0, LARGEST / max(height, width))
    return {"size": [max(1, round(smaller * height)), max(1, round(smaller * width))]}


def _of_texts(listing: Listing, target: str | None) -> Start:
    around = {name.split("/")[0] for name in listing.others if name.count("/") > 1}
    parts = [folder for folder in around if folder.lower() in PART_WORDS]
    return _split(Start("texts", {"text": TEXT, "target": target or LABEL}), parts)


def _split(start: Start, told: Sequence[str], column: str = SPLIT) -> Start:
    """With the parts that folders, or the cells of a column, are named after."""
    parts = {PART_WORDS[each.lower()] for each in told}
    if len(parts) < 2:
        return start
    protocol = dict(start.protocol)
    if "test" in parts:
        protocol["test"] = None
    if "validation" in parts:
        protocol["validation"] = "given"
    return Start(start.template, {**start.data, "split": column}, protocol)
