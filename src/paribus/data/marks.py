"""The columns that say how rows are split: their group, their time, their given part."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import listed, shown
from paribus.data.part_words import PART_WORDS
from paribus.data.sources.rows import Rows
from paribus.errors import DataError, nearest
from paribus.study.sections.given import GivenRows, Values, limits
from paribus.study.spec import Data

TRAIN, VALIDATION, TEST = 0, 1, 2
_CODES = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


@dataclass(frozen=True, eq=False)
class Marks:
    """What a split must respect, (row,) each, None where the study names no such column.

    `groups`: equal codes stay together. `moments`: the row's place in time, from 0, equal times equal.
    `given`: TRAIN, VALIDATION or TEST.
    """

    groups: NDArray[np.int64] | None = None
    moments: NDArray[np.int64] | None = None
    given: NDArray[np.int64] | None = None

    def digest(self) -> bytes:
        """What a fingerprint takes in: equal marks, equal bytes."""
        named = {"groups": self.groups, "moments": self.moments, "given": self.given}
        return b"".join(
            name.encode() + marks.astype("<i8").tobytes()
            for name, marks in named.items()
            if marks is not None
        )


def read_marks(rows: Rows, data: Data, n_test: int = 0) -> Marks:
    """Read the columns that `data` names; the last `n_test` rows came from data.test. Raises DataError."""
    given = _given(rows, data.split) if data.split else None
    if n_test:
        given = np.full(len(rows), TRAIN)
        given[len(rows) - n_test :] = TEST
    return Marks(
        groups=_codes(_cells(rows, data.group, "group")) if data.group else None,
        moments=_moments(rows, data.time) if data.time else None,
        given=given,
    )


def _cells(rows: Rows, name: str, key: str) -> pd.Series[Any]:
    if name not in rows.names:
        raise DataError(
            f"{rows.label}: data.{key} = '{name}' is no column{nearest(name, rows.names)}"
            f" (columns: {listed(list(rows.names))})"
        )
    cells = rows.column(name)
    missing = cells.isna().to_numpy(dtype=bool)
    if missing.any():
        raise DataError(
            f"{rows.label}: column '{name}' (data.{key}) is missing in {int(missing.sum())} of {len(rows)}"
            f" rows, first in {rows.at(np.argmax(missing))}. Every row needs one: fill them, or remove these"
            " rows"
        )
    return cells


def _codes(cells: pd.Series[Any]) -> NDArray[np.int64]:
    """Codes by first appearance: equal cells, equal codes."""
    codes: NDArray[np.int64] = np.asarray(pd.factorize(cells)[0], dtype=np.int64)
    return codes


def _moments(rows: Rows, name: str) -> NDArray[np.int64]:
    cells = _cells(rows, name, "time")
    if pd.api.types.is_numeric_dtype(cells.dtype):
        values = cells.to_numpy(dtype=np.float64)
    else:
        values = _instants(rows, name, cells)
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _instants(rows: Rows, name: str, cells: pd.Series[Any]) -> NDArray[np.int64]:
    """Dates, times and ISO 8601 text as nanoseconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what can't be read is told below, with its row
        read = pd.to_datetime(cells.astype(object), errors="coerce", utc=True, format="ISO8601")
    wrong = read.isna().to_numpy(dtype=bool)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DataError(
            f"{rows.label}: column '{name}' (data.time) holds {shown(cells.iloc[first])} in {rows.at(first)},"
            " which is no time. Times are numbers, dates, or text such as 2024-01-31 or 2024-01-31T12:30:00"
        )
    return np.asarray(read.dt.as_unit("ns").astype("int64"), dtype=np.int64)


def _given(rows: Rows, split: str | GivenRows) -> NDArray[np.int64]:
    if isinstance(split, GivenRows):
        return _by_rules(rows, split)
    name, cells = split, _cells(rows, split, "split")
    words = cells.astype(str).str.strip().str.lower()
    given = words.map({word: _CODES[part] for word, part in PART_WORDS.items()})
    wrong = given.isna().to_numpy(dtype=bool)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DataError(
            f"{rows.label}: column '{name}' (data.split) holds {shown(cells.iloc[first])} in"
            f" {rows.at(first)}. Every row must say train, validation or test"
        )
    return np.asarray(given, dtype=np.int64)


def _by_rules(rows: Rows, split: GivenRows) -> NDArray[np.int64]:
    cells = _cells(rows, split.column, "split")
    given = np.full(len(rows), TRAIN)
    for key, values, code in (("test", split.test, TEST), ("validation", split.validation, VALIDATION)):
        if values is None:
            continue
        found = _among(cells, values)
        if not found.any():
            raise DataError(
                f"{rows.label}: no row of column '{split.column}' is among data.split's {key} = {values!r}:"
                " correct the values"
            )
        given[found] = code
    return given


def _among(cells: pd.Series[Any], values: Values) -> NDArray[np.bool_]:
    if isinstance(values, str):
        low, high = limits(values)
        return pd.to_numeric(cells, errors="coerce").between(low, high).to_numpy(dtype=bool)
    return cells.astype(str).isin([str(value) for value in values]).to_numpy(dtype=bool)
