"""Rows of a request: JSON objects, a column by name, as the model's inputs. What is wrong is told by row."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import FLOAT32_MAX
from paribus.data.sources.rows import Rows
from paribus.deliver.columns import as_input
from paribus.deliver.schema import Column, Schema
from paribus.errors import DataError, nearest

Cell = str | float | int | bool | None
_PLAIN_DATE = re.compile(r"(?:1[789]|20|21)\d\d-\d\d-\d\d", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()


def to_feeds(rows: Sequence[Mapping[str, Cell]], schema: Schema) -> dict[str, NDArray[Any]]:
    """The model's inputs, (row,) each. A column that a row lacks is a missing value.

    Raises DataError for a column that the model doesn't know, and for a cell that can't be read.
    """
    known = set(schema.names)
    for number, row in enumerate(rows, start=1):
        _check_texts(number, row)
        if not known.issuperset(row):
            name = next(name for name in row if name not in known)
            raise DataError(f"row {number}: '{name}' is no column of the model{nearest(name, schema.names)}")
    return {column.name: _column(rows, column) for column in schema.columns}


def _check_texts(number: int, row: Mapping[str, Cell]) -> None:
    """JSON can hold halves of characters, which are no text."""
    for name, cell in row.items():
        try:
            name.encode()
            if isinstance(cell, str):
                cell.encode()
        except UnicodeEncodeError:
            raise DataError(f"row {number}: holds a text that is no Unicode") from None


def _column(rows: Sequence[Mapping[str, Cell]], column: Column) -> NDArray[Any]:
    cells = [row.get(column.name) for row in rows]
    if column.kind == "number" and all(cell is None or type(cell) in (int, float) for cell in cells):
        return _numbers(cells, column.name)
    if column.kind == "words" and all(cell is None or isinstance(cell, str) for cell in cells):
        return np.array(["" if cell is None else cell for cell in cells], dtype=object)
    if column.kind == "date" and column.written is None and (seconds := _plain_dates(cells)) is not None:
        return seconds
    if column.kind == "text" and all(_is_plain(cell, column) for cell in cells):
        return np.array(["" if cell is None else cell for cell in cells], dtype=object)
    index = pd.RangeIndex(1, len(cells) + 1, name="row")
    read = pd.Series([_as_text(cell) for cell in cells], index=index, dtype=object)
    return as_input(Rows((column.name,), index, "the request", lambda _: read), column)


def _plain_dates(cells: Sequence[Cell]) -> NDArray[np.float64] | None:
    """Dates written as 2024-01-31, or missing, as seconds since 1970-01-01; None where one is written in
    another way. Reading them as files' columns are read takes longer than all else of a request.
    """
    found = []
    for cell in cells:
        if cell is None:
            found.append(np.nan)
            continue
        if not (isinstance(cell, str) and _PLAIN_DATE.fullmatch(cell)):
            return None
        try:
            found.append((date.fromisoformat(cell).toordinal() - _EPOCH) * 86_400.0)
        except ValueError:  # 2024-02-31
            return None
    return np.array(found, dtype=np.float64)


def _is_plain(cell: Cell, column: Column) -> bool:
    """Whether a text is a level as it stands: nothing has to be looked at again."""
    return cell is None or (isinstance(cell, str) and cell in column.levels)


def _as_text(cell: Cell) -> str | None:
    """As a file would have it; an empty text is a missing value."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _numbers(cells: Sequence[Any], name: str) -> NDArray[np.float64]:
    for number, cell in enumerate(cells, start=1):
        if cell is not None and not abs(cell) <= FLOAT32_MAX:
            told = "no finite number" if isinstance(cell, float) and not math.isfinite(cell) else "too large"
            raise DataError(f"row {number}: column '{name}' holds {str(cell)[:40]}, which is {told}")
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
