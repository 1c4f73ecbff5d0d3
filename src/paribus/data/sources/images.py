"""Images and their labels: a folder, a .zip, arrays in a file, or a Parquet file with a column of bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from paribus.data.columns import listed, shown
from paribus.data.sources.array_files import SUFFIXES as ARRAYS
from paribus.data.sources.cache import cache_folder
from paribus.data.sources.image_arrays import read_arrays
from paribus.data.sources.image_classes import read_class_folders
from paribus.data.sources.image_labels import read_labelled
from paribus.data.sources.image_listing import Listing, list_folder, list_zip
from paribus.data.sources.image_tables import read_image_table
from paribus.data.sources.locate import locate
from paribus.data.sources.rows import Rows
from paribus.errors import DataError
from paribus.study.spec import Data

KINDS = (".zip", *ARRAYS, ".parquet")
"""Files that hold images; a folder does, too."""
NAMED = 3

ReadTable = Callable[[Path], Rows]


def read_image_source(
    path: Path, folder: Path, data_dir: Path | None, data: Data, read_table: ReadTable
) -> Rows:
    """The rows of what lies at `path`, with their images.

    data.labels is looked for in it, beside it, then as sources are; `read_table` reads it. Raises DataError.
    """
    suffix = "" if path.is_dir() else path.suffix.lower()
    if suffix and suffix not in KINDS:
        raise DataError(
            f"{path}: data.image reads images from a folder or a file of {', '.join(KINDS)}, not from"
            f" '{suffix}'. Where it is a table of labels, name it in data.labels, and the folder with the"
            " images in data.source"
        )
    if suffix == ".parquet":
        if data.labels:
            raise DataError(f"{path} holds the labels itself: remove data.labels = '{data.labels}'")
        return read_image_table(path, data)
    if suffix in ARRAYS:
        beside = _beside(path, folder, data_dir, data.labels) if data.labels else None
        arrays = beside is not None and beside.suffix.lower() in ARRAYS
        return read_arrays(path, beside if beside is None or arrays else read_table(beside), data)
    listing = list_zip(path) if suffix else list_folder(path)
    if not data.labels:
        return replace(read_class_folders(listing, data), notes=_left_alone(listing))
    labels = _labels(listing, folder, data_dir, data.labels, read_table)
    return read_labelled(listing, labels, data)


def _beside(path: Path, folder: Path, data_dir: Path | None, labels: str) -> Path:
    near = path.parent / labels
    return near if near.is_file() else locate(labels, folder, data_dir, key="data.labels")


def _labels(
    listing: Listing, folder: Path, data_dir: Path | None, labels: str, read_table: ReadTable
) -> Rows:
    inside = [name for name in listing.others if name == labels or name.endswith(f"/{labels}")]
    if len(inside) > 1 and labels not in inside:
        raise DataError(
            f"data.labels = '{labels}': {len(inside)} files in {listing.path} are called so"
            f" ({listed(inside, NAMED)}): write the path of one"
        )
    if not inside:
        return read_table(_beside(listing.path, folder, data_dir, labels))
    name = labels if labels in inside else inside[0]
    if listing.path.is_dir():
        return read_table(listing.path / name)
    return replace(read_table(taken_out(listing.path, name)), label=f"{listing.path}: {name}")


def taken_out(archive: Path, name: str) -> Path:
    """A table in an archive, as a file in the cache folder: its own name there says what is in it."""
    with ZipFile(archive) as held:
        info = next(info for info in held.infolist() if info.filename.replace("\\", "/") == name)
        kept = cache_folder("files") / f"{info.CRC:08x}-{info.file_size}-{PurePosixPath(name).name}"
        if not kept.exists():
            part = kept.with_name(f".{kept.name}")
            part.write_bytes(held.read(info))
            part.replace(kept)
    return kept


def _left_alone(listing: Listing) -> tuple[str, ...]:
    if not listing.others:
        return ()
    first = ", ".join(map(shown, listing.others[:NAMED]))
    more = f" and {len(listing.others) - NAMED:,} more" if len(listing.others) > NAMED else ""
    return (f"files that aren't images by their names are left alone: {first}{more}",)
