"""Raw columns as a model's inputs, read as its training rows were; what can't be read is told by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import Distinct, check_size, distinct, listed, shown, storage_of
from paribus.data.dates import AmbiguousDatesError, parse_dates, stored_dates
from paribus.data.kinds import MISSING_LEVELS, MISSING_NUMBERS, is_number, without_missing
from paribus.data.sources.rows import Rows
from paribus.deliver.images import usable
from paribus.deliver.schema import Column, Schema
from paribus.errors import DataError, nearest

_EPOCH = pd.Timestamp("1970-01-01")


def feeds(rows: Rows, schema: Schema) -> dict[str, NDArray[Any]]:
    """The model's inputs by name, (row,) each. Columns that it doesn't know are left alone.

    Raises DataError for a column that isn't there and for a cell that can't be read.
    """
    for name in schema.names:
        if name not in rows.names:
            raise DataError(
                f"{rows.label}: the model needs a column '{name}', and there is none"
                f"{nearest(name, rows.names)} (columns: {listed(rows.names)})"
            )
    return {column.name: as_input(rows, column) for column in schema.columns}


def as_input(rows: Rows, column: Column) -> NDArray[Any]:
    """One of the inputs, (row,); images (row, height, width, channel). Raises DataError for a bad cell."""
    if column.kind == "image":
        return usable(rows, column)
    cells = rows.column(column.name)
    if column.kind == "words":
        return _words(rows, column.name, cells)
    if column.kind == "number":
        return _numbers(rows, column.name, cells)
    return _dates(rows, column, cells) if column.kind == "date" else _texts(rows, column, cells)


def _numbers(rows: Rows, name: str, cells: pd.Series[Any]) -> NDArray[np.float64]:
    match storage_of(cells):
        case "number" | "bool":
            numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0
        case "date":
            _, spans = stored_dates(cells)
            if spans is None:
                raise _wrong(rows, name, cells.first_valid_index(), cells, "a number")
            numbers = spans
        case _:
            numbers = _read_numbers(rows, name, cells)
    check_size(rows, name, numbers)
    return numbers


def _read_numbers(rows: Rows, name: str, cells: pd.Series[Any]) -> NDArray[np.float64]:
    plain = pd.to_numeric(cells.astype(object), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if not (np.isnan(plain) & ~cells.isna().to_numpy(dtype=bool)).any():
        return np.asarray(plain + 0.0)
    values = without_missing(distinct(rows, name, cells), MISSING_NUMBERS)
    found = [{"True": 1.0, "False": 0.0}.get(text) for text in values.values]
    for code, text in enumerate(values.values):
        if found[code] is None:
            if not is_number(text):
                raise _unreadable(rows, name, values, code, "a number")
            found[code] = float(text)
    return np.array([*found, np.nan], dtype=np.float64)[values.codes]


def _words(rows: Rows, name: str, cells: pd.Series[Any]) -> NDArray[np.object_]:
    """Texts as they stand, empty where missing."""
    found = cells.astype(object).where(~cells.isna(), "").to_numpy(dtype=object)
    for place, cell in enumerate(found):
        try:
            if isinstance(cell, str):
                cell.encode()
                continue
        except UnicodeEncodeError:
            pass
        raise DataError(
            f"{rows.label}: column '{name}' holds {shown(cell)} in {rows.at(place)}: the model needs a text"
            " there, or an empty cell"
        )
    return found


def _texts(rows: Rows, column: Column, cells: pd.Series[Any]) -> NDArray[np.object_]:
    values = distinct(rows, column.name, cells)
    if storage_of(cells) in ("text", "category"):
        values = without_missing(values, MISSING_LEVELS)
    known = set(column.levels)
    told = [_as_known(text, known) for text in values.values]
    for code, text in enumerate(told):
        if column.closed and text not in known:
            raise _unreadable(rows, column.name, values, code, f"one of {listed(column.levels)}")
    return np.array([*told, ""], dtype=object)[values.codes]


def _as_known(text: str, known: set[str]) -> str:
    """A level as the model knows it, where a file's kind has written it in another way: 1.0, 01, TRUE."""
    if text in known:
        return text
    written = [text.capitalize()]
    if is_number(text) and float(text).is_integer():
        written.append(str(int(float(text))))
    return next((each for each in written if each in known), text)


def _dates(rows: Rows, column: Column, cells: pd.Series[Any]) -> NDArray[np.float64]:
    """Seconds since 1970-01-01 in UTC, NaN where missing."""
    name = column.name
    if storage_of(cells) == "date":
        dates, _ = stored_dates(cells)
        if dates is None:
            raise _wrong(rows, name, cells.first_valid_index(), cells, "a date")
        return _seconds(dates)
    if cells.isna().all():
        return np.full(len(cells), np.nan)
    values = without_missing(distinct(rows, name, cells), MISSING_NUMBERS)
    if not values.values:
        return np.full(len(cells), np.nan)
    try:
        dates = parse_dates(values.values, column.written, column.day_first)
    except AmbiguousDatesError:
        raise DataError(
            f"{rows.label}: column '{name}' holds dates such as {shown(values.values[0])}, and none says"
            " which of day and month comes first: write them as 2024-01-31"
        ) from None
    except ValueError:  # the first text has no form of a date
        raise _unreadable(rows, name, values, 0, "a date") from None
    if dates.isna().any():
        raise _unreadable(rows, name, values, int(np.argmax(dates.isna())), "a date")
    return _seconds(pd.DatetimeIndex([*dates, pd.NaT])[values.codes])


def _seconds(dates: pd.DatetimeIndex) -> NDArray[np.float64]:
    return np.asarray((dates - _EPOCH) / pd.Timedelta(seconds=1), dtype=np.float64)


def _unreadable(rows: Rows, name: str, values: Distinct, code: int, wanted: str) -> DataError:
    return DataError(
        f"{rows.label}: column '{name}' holds {shown(values.values[code])} in {rows.at(values.first(code))}:"
        f" the model needs {wanted} there, or an empty cell"
    )


def _wrong(rows: Rows, name: str, label: Any, cells: pd.Series[Any], wanted: str) -> DataError:
    return DataError(
        f"{rows.label}: column '{name}' holds {shown(cells[label])} in {rows.index.name} {label}: the model"
        f" needs {wanted} there, or an empty cell"
    )
