"""Two sources as one: the study's rows, then those of a given test file."""

from __future__ import annotations

from typing import Any

import pandas as pd

from paribus.data.columns import listed
from paribus.data.sources.rows import Rows
from paribus.decoding.files import JoinedFiles
from paribus.errors import DataError


def join(rows: Rows, test: Rows) -> Rows:
    """`rows`, then `test`'s, which must have the same columns, in any order. Raises DataError."""
    missing = [name for name in rows.names if name not in test.names]
    more = [name for name in test.names if name not in rows.names]
    if missing or more:
        told = [
            *([f"{test.label} lacks {listed(missing)}"] * bool(missing)),
            *([f"{rows.label} lacks {listed(more)}"] * bool(more)),
        ]
        raise DataError(
            f"data.test must have the same columns as data.source, but {' and '.join(told)}:"
            " add or remove these columns"
        )

    def fetch(name: str) -> pd.Series[Any]:
        return pd.concat([rows.column(name), test.column(name)], ignore_index=True)

    index = pd.Index([*rows.index, *(f"{number} of {test.label}" for number in test.index)], dtype=object)
    files = JoinedFiles(rows.files, test.files) if rows.files and test.files else None
    return Rows(
        rows.names, index.rename(rows.index.name), rows.label, fetch, files, (*rows.notes, *test.notes)
    )
