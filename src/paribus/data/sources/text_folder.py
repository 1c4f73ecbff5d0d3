"""A folder of texts: a file a text, a folder a class, in folders of the given parts or without them.

`train/pos/0_9.txt`, as in aclImdb, or `pos/0_9.txt`. The texts of aclImdb without a class (`unsup`) are left
alone; so is whatever else is no text in a class's folder, and texts among it are said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd

from paribus.data.columns import shown
from paribus.data.part_words import PART_WORDS
from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import DataError
from paribus.study.spec import Data

SPLIT = "split"
"""The column that says which part's folder a text lies in."""
SUFFIX = ".txt"
_UNLABELLED = "unsup"
_NAMED = 3
"""Texts that are left alone, and named."""


def read_text_folder(folder: Path, data: Data) -> Rows:
    """The texts of a folder as rows: the columns that data.text and data.target name, and `split`.

    Raises DataError for a folder of another layout, or a text that isn't UTF-8.
    """
    assert data.text is not None  # else the folder is refused before
    parts = [each for each in _folders(folder) if each.name.lower() in PART_WORDS]
    classes = [each for part in parts or [folder] for each in _folders(part) if each.name != _UNLABELLED]
    files = [file for each in classes for file in sorted(each.iterdir()) if _is_text(file)]
    if not files:
        raise DataError(
            f"{folder} holds no texts: a file a text (.txt) is needed in a folder for each class, as in"
            f" {folder.name}/pos/1.txt, or {folder.name}/train/pos/1.txt where train and test are given"
        )
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        texts = list(pool.map(_text, files))
    columns = {data.text: texts, data.targets[0]: [file.parent.name for file in files]}
    if parts:
        columns[SPLIT] = [file.parent.parent.name for file in files]
    frame = pd.DataFrame(columns, index=[str(file.relative_to(folder)) for file in files])
    rows = make_rows(frame, list(columns), str(folder), counted="file")
    return replace(rows, notes=_left_alone(folder, set(files), with_parts=bool(parts)))


def _is_text(file: Path) -> bool:
    """Hidden files are none: archives made on a Mac hold a `._1.txt` beside each `1.txt`."""
    return file.suffix.lower() == SUFFIX and not file.name.startswith(".") and file.is_file()


def _left_alone(folder: Path, read: set[Path], *, with_parts: bool) -> tuple[str, ...]:
    """That texts lie where no class is, if any do."""
    others = [each for each in _texts_in(folder) if each not in read]
    if not others:
        return ()
    first = ", ".join(shown(each.relative_to(folder).as_posix()) for each in others[:_NAMED])
    more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
    layout = "train/pos/1.txt" if with_parts else "pos/1.txt"
    told = f"texts that don't lie in a class's folder, as {layout} does, are left alone: {first}{more}"
    return (told,)


def _texts_in(folder: Path) -> Iterator[Path]:
    """Those of a folder and of all in it, but hidden ones and those that nobody has judged."""
    for place, inner, names in os.walk(folder):
        inner[:] = sorted(each for each in inner if each != _UNLABELLED and not each.startswith("."))
        yield from (file for name in sorted(names) if _is_text(file := Path(place, name)))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    except OSError as error:
        raise DataError(f"{folder} can't be read: {error.strerror}") from None


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{file} isn't UTF-8: byte {error.start + 1:,} is 0x{error.object[error.start]:02x} (perhaps it"
            " is Windows-1252 or Latin-1, or no text at all). Save it as UTF-8"
        ) from None
    except OSError as error:
        raise DataError(f"{file} can't be read: {error.strerror}") from None
