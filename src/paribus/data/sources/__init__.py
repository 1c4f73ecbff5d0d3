"""Where rows come from: a builtin data set, openml.org, a file here or behind an address, a DataFrame."""

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
from paribus.data.sources.locate import locate
from paribus.data.sources.openml import read_openml
from paribus.data.sources.parquet import read_parquet
from paribus.data.sources.rows import Rows
from paribus.errors import DataError, nearest

READERS: dict[str, Callable[[Path], Rows]] = {
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".parquet": read_parquet,
    ".xlsx": read_xlsx,
}


def read(source: str, folder: Path, data_dir: Path | None, frame: pd.DataFrame | None) -> Rows:
    """The rows of `source`, at least one, under distinct column names. Raises DataError."""
    if frame is not None:
        return read_frame(frame, source)
    if source.startswith("builtin:"):
        return read_builtin(source)
    if source.startswith("openml:"):
        return read_openml(source)
    if source.lower().startswith(("http://", "https://")):
        _check_suffix(Path(urlsplit(source).path), source)
        path = download(source)
    else:
        path = locate(source, folder, data_dir)
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
