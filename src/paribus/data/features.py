"""The feature columns: all but the target and those dropped, every cell a finite number."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from paribus.data.columns import Column, check_size, listed, read_column, shown
from paribus.data.sources.rows import UNNAMED, Rows
from paribus.errors import DataError, nearest
from paribus.study.spec import Data

_LIKE_A_DATE = re.compile(r"\d{4}-\d\d?-\d\d?\b|\d\d?[./-]\d\d?[./-]\d{2,4}\b")


def read_features(rows: Rows, data: Data) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names and features, (row, feature). Raises DataError for whatever is no finite number."""
    names = _names(rows, data)
    columns = [read_column(name, rows.frame[name]) for name in names]
    _refuse_dates(rows, columns)
    _refuse_text(rows, columns)
    _refuse_missing(rows, columns)
    features = np.empty((len(rows.frame), len(names)))
    for position, column in enumerate(columns):
        check_size(rows, column)
        features[:, position] = column.numbers
    return tuple(names), features


def _names(rows: Rows, data: Data) -> list[str]:
    for name in data.drop:
        if name not in rows.names:
            raise DataError(
                f"{rows.label}: data.drop names '{name}', which is no column{nearest(name, rows.names)}"
                f" (columns: {listed(rows.names)})"
            )
    if data.target in data.drop:
        raise DataError(f"data.drop names '{data.target}', which is data.target: a study needs its target")
    names = [name for name in rows.names if name != data.target and name not in data.drop]
    if not names:
        raise DataError(
            f"{rows.label}: no feature column is left beside the target '{data.target}'"
            f" and {len(data.drop)} dropped: a study needs at least one"
        )
    for name in names:
        if name.startswith(UNNAMED):
            raise DataError(
                f"{rows.label}: column {rows.names.index(name) + 1} has no name of its own. If it only counts"
                f" the rows, add '{name}' to data.drop; otherwise name it in the header"
            )
    return names


def _refuse_dates(rows: Rows, columns: list[Column]) -> None:
    found = [column for column in columns if column.kind == "date" or _text_date(rows, column)]
    dates = [column.name for column in found]
    if found:
        first = int(found[0].unreadable[0])
        value = rows.frame[dates[0]].iloc[first]
        raise DataError(
            f"{rows.label}: column{'s' * (len(dates) > 1)} {listed(dates)} holds dates or times"
            f" (such as {shown(value)} in {rows.at(first)}), and features must be numbers."
            " Turn them into numbers, such as days since a fixed date,"
            " or name them in data.drop"
        )


def _text_date(rows: Rows, column: Column) -> bool:
    if column.kind not in ("text", "category") or not len(column.unreadable):
        return False
    return bool(_LIKE_A_DATE.match(str(rows.frame[column.name].iloc[column.unreadable[0]])))


def _refuse_text(rows: Rows, columns: list[Column]) -> None:
    texts = [column for column in columns if column.kind in ("text", "category")]
    if not texts:
        return
    name, unreadable = texts[0].name, texts[0].unreadable
    cells = rows.frame[name]
    position = int(unreadable[0]) if len(unreadable) else int(np.argmin(texts[0].missing))
    others = [column.name for column in texts[1:]]
    also = f" The same holds for {listed(others)}." if others else ""
    raise DataError(
        f"{rows.label}: column '{name}' holds {shown(cells.iloc[position])} in {rows.at(position)}, and"
        f" features"
        f" must be numbers (with a decimal point) or true/false.{also} Categories come in a later version:"
        " encode such a column as numbers, or name it in data.drop"
    )


def _refuse_missing(rows: Rows, columns: list[Column]) -> None:
    gaps = [column for column in columns if column.missing.any()]
    if not gaps:
        return
    counted = [
        f"'{column.name}' ({int(column.missing.sum())}, first in {rows.at(np.argmax(column.missing))})"
        for column in gaps[:6]
    ]
    more = f" and {len(gaps) - 6} more columns" if len(gaps) > 6 else ""
    total = sum(int(column.missing.sum()) for column in gaps)
    raise DataError(
        f"{rows.label}: {total} value{'s are' if total > 1 else ' is'} missing, in"
        f" {', '.join(counted)}{more}."
        " Every cell must hold a number: fill them, remove these rows, or name the columns in data.drop"
    )
