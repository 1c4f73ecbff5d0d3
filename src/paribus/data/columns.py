"""What one column holds: numbers, booleans, dates, categories or text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.sources.rows import Rows
from paribus.errors import DataError

Kind = Literal["number", "bool", "date", "category", "text"]

FLOAT32_MAX = float(np.finfo(np.float32).max)

_DATES = {"date", "datetime", "datetime64", "time", "timedelta", "timedelta64", "period"}
_BY_INFERRED: dict[str, Kind] = {"boolean": "bool", **dict.fromkeys(_DATES, "date")}


@dataclass(frozen=True, eq=False)
class Column:
    """One column read. `numbers`: (row,) float64, NaN where a cell is missing or is no number."""

    name: str
    kind: Kind
    numbers: NDArray[np.float64]
    missing: NDArray[np.bool_]

    @property
    def unreadable(self) -> NDArray[np.intp]:
        """Positions of the cells that hold something, but no number. Shape: (cell,)."""
        return np.flatnonzero(np.isnan(self.numbers) & ~self.missing)


def read_column(name: str, cells: pd.Series[Any]) -> Column:
    """Read a column; text whose every cell reads as a number is numbers, in whichever kind of file."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        inner = read_column(name, cells.astype(object))
        return inner if inner.kind == "date" else replace(inner, kind="category")
    missing = cells.isna().to_numpy(dtype=bool)
    kind = _kind(cells)
    if kind == "date":
        return Column(name, kind, np.full(len(cells), np.nan), missing)
    readable = cells.astype("str") if kind == "text" else cells
    numbers = pd.to_numeric(readable, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    column = Column(
        name, kind, numbers + 0.0, missing
    )  # + 0.0: no negative zero, equal rows have equal bytes
    return replace(column, kind="number") if kind == "text" and not len(column.unreadable) else column


def _kind(cells: pd.Series[Any]) -> Kind:
    if pd.api.types.is_bool_dtype(cells.dtype):
        return "bool"
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_complex_dtype(cells.dtype):
        return "number"
    return _BY_INFERRED.get(pd.api.types.infer_dtype(cells, skipna=True), "text")


def shown(value: object) -> str:
    """A cell's value as it stands in a message, cut short."""
    text = repr(str(value))
    return text if len(text) <= 42 else f"{text[:40]}...'"


def listed(names: list[str], most: int = 12) -> str:
    """`'a', 'b' and 7 more`."""
    quoted = ", ".join(f"'{name}'" for name in names[:most])
    return quoted if len(names) <= most else f"{quoted} and {len(names) - most} more"


def check_size(rows: Rows, column: Column) -> None:
    """Raise DataError for infinity and for what a 32-bit float can't hold."""
    too_large = np.flatnonzero(np.abs(column.numbers) > FLOAT32_MAX)
    if len(too_large):
        value = column.numbers[too_large[0]]
        raise DataError(
            f"{rows.label}: column '{column.name}' holds {value:g} in {rows.at(too_large[0])}"
            f" ({len(too_large)} such value{'s' * (len(too_large) > 1)}). Values must be finite and within"
            " ±3.4e38, the range of 32-bit floats: correct the value or remove the row"
        )
