"""`builtin:imdb`: 50,000 film reviews, from a folder of the user's or fetched once.

Maas et al., ACL 2011.
"""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pandas as pd

from paribus.data.sources.cache import cache_folder, download
from paribus.data.sources.parquet import read_parquet
from paribus.data.sources.rows import Rows, make_rows
from paribus.data.sources.text_folder import read_text_folder
from paribus.errors import DataError
from paribus.study.spec import Data

ADDRESS = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
REVIEWS = 50_000
"""In the archive, without those that nobody has judged."""
_CLASSES = {"neg": 0, "pos": 1}
_FILES = ("imdb/imdb.parquet", "imdb.parquet")
_FOLDER = "aclImdb"


def read_imdb(places: Sequence[Path]) -> Rows:
    """The reviews as the columns text, label (1 positive) and split (train, test). Raises DataError."""
    for place in places:
        for name in _FILES:
            if (place / name).is_file():
                return read_parquet(place / name)
        if (place / _FOLDER).is_dir():
            return _of_folder(place / _FOLDER)
    return read_parquet(_fetched(places))


def _of_folder(folder: Path) -> Rows:
    rows = read_text_folder(folder, Data(source=str(folder), text="text", target="label", split="split"))
    frame = pd.DataFrame({name: rows.column(name) for name in rows.names})
    unknown = sorted(set(frame["label"]) - set(_CLASSES))
    if unknown:
        raise DataError(
            f"{folder}: '{unknown[0]}' is no class of the IMDB reviews (neg, pos): remove the folder"
        )
    frame["label"] = frame["label"].map(_CLASSES)
    return make_rows(frame, list(frame.columns), str(folder), counted="file")


def _fetched(places: Sequence[Path]) -> Path:
    """The reviews as one file in the cache, fetched if it isn't there."""
    kept = cache_folder("files") / "imdb.parquet"
    if kept.is_file():
        return kept
    try:
        archive = download(ADDRESS)
    except DataError as error:
        looked = ", ".join(str(place) for place in places)
        raise DataError(
            f"builtin:imdb is in none of the places looked in ({looked}): put {_FILES[0]} (columns text,"
            f" label, split) or the unpacked folder {_FOLDER}/ there, or name its place with --data-dir or"
            f" PARIBUS_DATA. {error}"
        ) from None
    part = kept.with_suffix(".part")
    _unpacked(archive).to_parquet(part)
    part.replace(kept)
    archive.unlink()
    return kept


def _unpacked(archive: Path) -> pd.DataFrame:
    """The reviews of the archive, sorted by name, read without unpacking it on disk."""
    found = []
    try:
        with tarfile.open(archive, "r:gz") as files:
            for member in files:
                path = PurePosixPath(member.name)
                *_, split, label, _name = ("", "", *path.parts)
                if path.suffix == ".txt" and split in ("train", "test") and label in _CLASSES:
                    content = files.extractfile(member)
                    text = content.read().decode("utf-8") if content else ""
                    found.append((member.name, split, text, _CLASSES[label]))
    except (tarfile.TarError, OSError, EOFError) as error:
        archive.unlink()
        raise DataError(f"{ADDRESS} came damaged ({error}): run this again") from None
    if len(found) != REVIEWS:  # a bad header looks like an archive's end
        archive.unlink()
        raise DataError(
            f"{ADDRESS} came damaged: {len(found):,} of {REVIEWS:,} reviews are in it. Run this again"
        )
    return pd.DataFrame(sorted(found), columns=["file", "split", "text", "label"]).drop(columns="file")
