"""Rows read from whatever a study names as their source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from paribus.data.sources.builtin import read_builtin
from paribus.data.sources.cache import download
from paribus.data.sources.delimited import read_csv, read_tsv
from paribus.data.sources.excel import read_xlsx
from paribus.data.sources.frame import read_frame
from paribus.data.sources.hugging_face import read_hugging_face
from paribus.data.sources.images import read_image_source
from paribus.data.sources.imdb import read_imdb
from paribus.data.sources.locate import locate, places
from paribus.data.sources.openml import read_openml
from paribus.data.sources.parquet import read_parquet
from paribus.data.sources.rows import Rows
from paribus.data.sources.text_folder import read_text_folder
from paribus.errors import DataError, nearest
from paribus.study.spec import Data

READERS: dict[str, Callable[[Path], Rows]] = {
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".parquet": read_parquet,
    ".xlsx": read_xlsx,
}

NAMED: dict[str, Callable[[str], Rows]] = {
    "builtin:": read_builtin,
    "openml:": read_openml,
    "hf:": read_hugging_face,
}


def read(
    source: str, folder: Path, data_dir: Path | None, frame: pd.DataFrame | None, data: Data | None = None
) -> Rows:
    """The rows of `source`, at least one, under distinct column names. Raises DataError.

    A folder is read where `data` names a text or an image: a file is one.
    """
    if frame is not None:
        return read_frame(frame, source)
    if source == "builtin:imdb":
        return read_imdb(places(folder, data_dir))
    for prefix, reader in NAMED.items():
        if source.startswith(prefix):
            return reader(source)
    if source.lower().startswith(("http://", "https://")):
        if data is None or not data.image:
            _check_suffix(Path(urlsplit(source).path), source)
        path = download(source)
    else:
        path = locate(source, folder, data_dir, folders=data is not None and bool(data.text or data.image))
    if data is not None and data.image:
        return read_image_source(path, folder, data_dir, data, _read_table)
    if data is not None and path.is_dir():
        return read_text_folder(path, data)
    return _read_table(path)


def _read_table(path: Path) -> Rows:
    suffix = _check_suffix(path, str(path))
    try:
        if not path.stat().st_size:
            raise DataError(f"{path} is empty: a header and rows are needed")
        return READERS[suffix](path)
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror or error}") from error


def _check_suffix(path: Path, told: str) -> str:
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise DataError(
            f"{told}: '{suffix}' is no kind of file that can be read{nearest(suffix, READERS)}"
            f" (allowed: {', '.join(READERS)}). Save the table as one of these"
        )
    return suffix
