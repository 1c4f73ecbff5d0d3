"""Images in a folder for each class, in folders of the given parts or without them.

`train/tumour/0_9.png`, or `tumour/0_9.png`; folders around them, and below a class, change nothing.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from paribus.data.columns import shown
from paribus.data.part_words import PART_WORDS
from paribus.data.sources.image_listing import Listing
from paribus.data.sources.rows import Rows, make_rows
from paribus.data.sources.text_folder import SPLIT
from paribus.errors import DataError
from paribus.study.spec import Data


def read_class_folders(listing: Listing, data: Data) -> Rows:
    """The images as rows: the columns that data.image and data.target name, and `split`.

    A file beside the folders of classes has no class: its target is missing. Raises DataError for another
    layout.
    """
    assert data.image is not None  # else nothing is read as images
    names = listing.files.names
    folders = [tuple(name.split("/")[:-1]) for name in names]
    around = _around(folders)
    inner = [folder[around:] for folder in folders]
    in_parts = any(folder and folder[0].lower() in PART_WORDS for folder in inner)
    classes = [folder[in_parts] if len(folder) > in_parts else None for folder in inner]
    if len({each for each in classes if each is not None}) < 2:
        raise DataError(_refusal(listing, names))
    columns: dict[str, object] = {data.image: list(names), data.targets[0]: classes}
    if in_parts:
        columns[SPLIT] = [folder[0] if folder else None for folder in inner]
    frame = pd.DataFrame(columns, index=pd.Index(names, dtype=object))
    rows = make_rows(frame, list(columns), str(listing.path), counted="file")
    return replace(rows, files=listing.files)


def _around(folders: list[tuple[str, ...]]) -> int:
    """How many folders stand around all images, and are neither a part nor a class."""
    shortest = min((len(folder) for folder in folders), default=0)
    depth = 0
    while depth < shortest - 1 and len({folder[depth] for folder in folders}) == 1:
        if folders[0][depth].lower() in PART_WORDS:
            break
        depth += 1
    return depth


def _refusal(listing: Listing, names: tuple[str, ...]) -> str:
    layout = "as in tumour/1.png and normal/1.png, or train/tumour/1.png where train and test are given"
    if names:
        return (
            f"{listing.path} holds {len(names):,} images, the first {shown(names[0])}, but no folders of two"
            f" classes or more: a folder for each class is needed, {layout}; or a table of labels, named in"
            " data.labels"
        )
    others = (
        f" ({len(listing.others):,} other files, such as {shown(listing.others[0])})"
        if listing.others
        else ""
    )
    return (
        f"{listing.path} holds no images{others}: files of .jpg, .png, .tif or .bmp are needed in a folder"
        f" for each class, {layout}; or a table of labels for them, named in data.labels"
    )
