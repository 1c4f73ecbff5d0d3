"""One raw column: its cells as numbers, or as distinct values with a code a row."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.errors import DataError

if TYPE_CHECKING:
    from paribus.data.sources.rows import Rows

Storage = Literal["number", "bool", "date", "category", "text"]
"""How the cells stand in their source, before it is asked what they mean."""

FLOAT32_MAX = float(np.finfo(np.float32).max)

_DATES = {"date", "datetime", "datetime64", "time", "timedelta", "timedelta64", "period"}
_BY_INFERRED: dict[str, Storage] = {"boolean": "bool", **dict.fromkeys(_DATES, "date")}


@dataclass(frozen=True, eq=False)
class Column:
    """One column read. `numbers`: (row,) float64, NaN where a cell is missing or is no number."""

    name: str
    kind: Storage
    numbers: NDArray[np.float64]
    missing: NDArray[np.bool_]

    @property
    def unreadable(self) -> NDArray[np.intp]:
        """Positions of the cells that hold something, but no number. Shape: (cell,)."""
        return np.flatnonzero(np.isnan(self.numbers) & ~self.missing)


@dataclass(frozen=True, eq=False)
class Distinct:
    """A column's distinct values as text, numbers first and in their order; `codes`: (row,), -1 missing."""

    values: tuple[str, ...]
    codes: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each value: (value,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def first(self, value: int) -> int:
        """The position of the first row that holds the value of this code."""
        return int(np.argmax(self.codes == value))

    def without(self, missing: set[int]) -> Distinct:
        """The same with these codes as missing cells."""
        kept = [code for code in range(len(self.values)) if code not in missing]
        place = np.full(len(self.values) + 1, -1, dtype=np.int64)  # the last stands for code -1
        place[kept] = np.arange(len(kept))
        return Distinct(tuple(self.values[code] for code in kept), place[self.codes])


def read_column(name: str, cells: pd.Series[Any]) -> Column:
    """Read a column; text whose every cell reads as a number is numbers, in whichever kind of file."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        inner = read_column(name, cells.astype(object))
        return inner if inner.kind == "date" else Column(name, "category", inner.numbers, inner.missing)
    missing = cells.isna().to_numpy(dtype=bool)
    kind = storage_of(cells)
    if kind == "date":
        return Column(name, kind, np.full(len(cells), np.nan), missing)
    readable = cells.astype("str") if kind == "text" else cells
    numbers = pd.to_numeric(readable, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    column = Column(name, kind, numbers + 0.0, missing)  # + 0.0: no negative zero
    readable_text = kind == "text" and not len(column.unreadable)
    return Column(name, "number", column.numbers, missing) if readable_text else column


def storage_of(cells: pd.Series[Any]) -> Storage:
    """How the cells stand in their source."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return "date" if storage_of(pd.Series(cells.cat.categories)) == "date" else "category"
    if pd.api.types.is_bool_dtype(cells.dtype):
        return "bool"
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_complex_dtype(cells.dtype):
        return "number"
    return _BY_INFERRED.get(pd.api.types.infer_dtype(cells, skipna=True), "text")


def distinct(rows: Rows, name: str, cells: pd.Series[Any]) -> Distinct:
    """A column's distinct values, spaces at their ends taken off. Raises DataError for lists and the like."""
    try:
        codes, found = pd.factorize(cells, sort=False)
    except TypeError as error:
        raise DataError(
            f"{rows.label}: column '{name}' holds {shown(cells.dropna().iloc[0])} and other lists or tables:"
            " a cell must hold one value. Name the column in data.drop"
        ) from error
    texts = [display(value) for value in found]
    values = sorted(set(texts), key=in_order)
    place = {value: code for code, value in enumerate(values)}
    merged = np.array([*(place[text] for text in texts), -1], dtype=np.int64)  # the last stands for code -1
    return Distinct(tuple(values), merged[codes])


def display(value: object) -> str:
    """A value as the name of a level: 1.0 is 1, whichever kind of file it comes from."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def in_order(text: str) -> tuple[bool, float, str]:
    """The key that sorts numbers by value, and before texts."""
    try:
        number = float(text)
    except ValueError:
        return (True, 0.0, text)
    return (True, 0.0, text) if isnan(number) else (False, number, text)


def shown(value: object) -> str:
    """A cell's value as it stands in a message, cut short."""
    text = repr(str(value))
    return text if len(text) <= 42 else f"{text[:40]}...'"


def listed(names: list[str] | tuple[str, ...], most: int = 12) -> str:
    """`'a', 'b' and 7 more`."""
    quoted = ", ".join(f"'{name}'" for name in names[:most])
    return quoted if len(names) <= most else f"{quoted} and {len(names) - most} more"


def check_size(rows: Rows, name: str, numbers: NDArray[np.float64]) -> None:
    """Raise DataError for infinity and for what a 32-bit float can't hold."""
    too_large = np.flatnonzero(np.abs(numbers) > FLOAT32_MAX)
    if len(too_large):
        value = numbers[too_large[0]]
        raise DataError(
            f"{rows.label}: column '{name}' holds {value:g} in {rows.at(too_large[0])}"
            f" ({len(too_large)} such value{'s' * (len(too_large) > 1)}). Values must be finite and within"
            " ±3.4e38, the range of 32-bit floats: correct the value or remove the row"
        )
