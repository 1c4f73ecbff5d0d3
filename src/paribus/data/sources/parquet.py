"""Parquet files: rows by position from 0, as pandas counts them, read some columns at a time."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paribus.data.sources.rows import Rows, check_header
from paribus.errors import DataError

CELLS_AT_ONCE = 2**22
"""Read and held at a time: a large table never stands in memory twice."""


def read_parquet(path: Path, left_out: str | None = None) -> Rows:
    """The rows of one Parquet file, without the column `left_out`. Raises DataError."""
    try:
        with pq.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
            kept = set(map(str, schema.empty_table().to_pandas().columns))  # without an index that was saved
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error
    # pyarrow reads a name that stands twice as one column, so the file's own schema is asked
    header = check_header(schema.names, str(path))
    stored = {
        name: raw for name, raw in zip(header, schema.names, strict=True) if raw in kept and name != left_out
    }
    if not stored:
        raise DataError(f"{path} is empty: a header and rows are needed")
    if not n_rows:
        raise DataError(f"{path} has a header ({len(stored)} columns) but no rows")
    names, width = list(stored), max(1, CELLS_AT_ONCE // n_rows)

    @lru_cache(maxsize=1)
    def block(number: int) -> pd.DataFrame:
        wanted = [stored[name] for name in names[number * width : (number + 1) * width]]
        try:
            with pq.ParquetFile(path) as file:
                table = file.read(columns=wanted)
            check_letters(path, table)
            frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, error) from error
        del table
        pa.default_memory_pool().release_unused()
        return frame.reset_index(drop=True)

    def fetch(name: str) -> pd.Series[Any]:
        found: pd.Series[Any] = block(names.index(name) // width)[stored[name]]
        return found

    return Rows(tuple(names), pd.RangeIndex(n_rows, name="position"), str(path), fetch)


def check_letters(path: Path, table: pa.Table, first: int = 0) -> None:
    """Raise DataError for the first text that is no UTF-8: Arrow reads it, and pandas fails on it later.

    `first`: the position in the file of the table's first row.
    """
    for name, column in zip(table.column_names, table.columns, strict=True):
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            continue
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            _refuse_broken(path, name, column, first)
            raise


def _refuse_broken(path: Path, name: str, column: pa.ChunkedArray, first: int) -> None:
    for position, cell in enumerate(column, start=first):
        try:
            cell.as_py()
        except UnicodeDecodeError:
            raise DataError(
                f"{path}: column '{name}' holds broken UTF-8 in position {position}: save the texts as UTF-8,"
                " or remove the row"
            ) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"{path} can't be read as Parquet ({error}): was it renamed, or cut off?")
