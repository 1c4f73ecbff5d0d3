"""Parquet files: rows by position from 0, as pandas counts them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from paribus.data.sources.rows import Rows, check_header, make_rows
from paribus.errors import DataError


def read_parquet(path: Path) -> Rows:
    """The rows of one Parquet file. Raises DataError."""
    try:
        with pq.ParquetFile(path) as file:
            # pyarrow reads a name that stands twice as one column, so the file's own schema is asked
            header = check_header(file.schema_arrow.names, str(path))
            frame = file.read().to_pandas().reset_index(drop=True)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} can't be read as Parquet ({error}): was it renamed, or cut off?") from error
    return make_rows(frame, [name for name in header if name in frame], str(path), counted="position")
