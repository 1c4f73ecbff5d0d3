"""Tables as CSV and Parquet: raw numbers, and text that no spreadsheet runs."""

from __future__ import annotations

import io
import re

import pandas as pd

from paribus.report.exports.table import Table
from paribus.report.formats import level

_FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")


def csv_text(frame: pd.DataFrame) -> str:
    """A frame as CSV. Text that a spreadsheet would run as a formula begins with an apostrophe."""
    guarded = frame.copy()
    for name in guarded.columns:
        if guarded[name].dtype == object or pd.api.types.is_string_dtype(guarded[name]):
            guarded[name] = guarded[name].map(harmless)
    guarded.columns = pd.Index([harmless(name) for name in guarded.columns])
    return guarded.to_csv(index=False, lineterminator="\n")


def harmless(value: object) -> object:
    """Text that begins with = + - @ (and is no number) after an apostrophe; anything else as it is."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.match(value.strip()):
        return f"'{value}"
    return value


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as Parquet, as it is."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def file_frame(table: Table) -> pd.DataFrame:
    """A table's raw values, the levels of a column in one type: numbers, or words as a study writes them."""
    frame = table.frame()
    for column in table.columns:
        if column.kind != "level":
            continue
        values = [row[table.columns.index(column)] for row in table.rows]
        if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            frame[column.name] = [level(value) for value in values]
    return frame
