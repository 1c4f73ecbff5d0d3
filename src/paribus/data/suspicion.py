"""What looks suspicious in a column: an id, a copy, or what gives the target away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.column_profile import ColumnProfile
from paribus.data.table import Table

Rule = Callable[[NDArray[Any], NDArray[Any]], bool]
"""Of values and targets, (row,) each."""

_ROWS = 12
"""Fewer rows than these make no column suspicious: chance does as much."""
_WHOLE_ROWS = 100
"""Of so many rows and more, a whole number of its own in each is hardly a measurement."""
_FIRST = 10_000
"""Rows that are looked at first."""
_MANY = 0.5
"""A category with more levels than this share of its rows looks like an id."""


def suspicion(table: Table, column: ColumnProfile, values: NDArray[Any], twin: str) -> str:
    """Why a feature should be looked at before it is learned from, or nothing.

    `values`: (row,), NaN or code -1 where missing; `twin`: the first feature with the same values.
    """
    if table.n_rows < _ROWS:
        return ""
    for output, name in enumerate(table.outputs):
        target = table.target if table.target.ndim == 1 else table.target[:, output]
        if reason := _tells(column, values, target, name, table.task):
            return reason
    if twin != column.name:
        return f"equals the column '{twin}'"
    if column.distinct <= 1:
        return "one value beside missing ones"
    return _identifies(column, values, table.n_rows)


def _identifies(column: ColumnProfile, values: NDArray[Any], n_rows: int) -> str:
    """Whether a feature tells rows apart and says nothing of them."""
    known = n_rows - column.missing
    if column.kind == "category" and column.distinct > _MANY * known:
        return f"{column.distinct:,} levels in {known:,} rows: looks like an id"
    if column.kind != "numeric" or column.missing:
        return ""
    if (np.abs(np.diff(values)) == 1).all():
        return "counts the rows"
    if n_rows >= _WHOLE_ROWS and column.distinct == n_rows and (values % 1 == 0).all():
        return "another whole number in every row: looks like an id"
    return ""


def _tells(column: ColumnProfile, values: NDArray[Any], target: NDArray[Any], name: str, task: str) -> str:
    """How a feature gives the target away: by its values, or by where it is missing; or nothing."""
    known = ~np.isnan(values) if column.kind != "category" else values >= 0
    if task != "regression" and not known.all() and _parts(known, target):
        return f"is missing for some classes of the target '{name}' and for no other"
    values, target = values[known], target[known]
    if len(values) < _ROWS or column.distinct < 2:
        return ""
    if column.kind != "category" and np.array_equal(values, target.astype(np.float32).astype(np.float64)):
        return f"equals the target '{name}'"
    return (_tells_number if task == "regression" else _tells_class)(column, values, target, name)


def _tells_number(column: ColumnProfile, values: NDArray[Any], target: NDArray[Any], name: str) -> str:
    many = min(column.distinct, len(np.unique(target))) >= _ROWS
    if column.kind != "category" and many and _follows(values, target):
        return f"rises or falls with the target '{name}' throughout"
    return ""


def _tells_class(column: ColumnProfile, values: NDArray[Any], target: NDArray[Any], name: str) -> str:
    if len(np.unique(target)) < 2:
        return ""
    if column.distinct <= len(values) / 2 and _holds(_determines, values, target):
        return f"determines the target '{name}'"
    if column.kind != "category" and _holds(_separates, values, target):
        return f"separates the classes of the target '{name}' at one value"
    return ""


def _parts(known: NDArray[np.bool_], target: NDArray[Any]) -> bool:
    """Whether a class's cells are all there or all missing, for every class, and each stands in some."""
    with_value, without = np.unique(target[known]), np.unique(target[~known])
    return min(len(with_value), len(without)) > 0 and not np.isin(with_value, without).any()


def _holds(rule: Rule, values: NDArray[Any], target: NDArray[Any]) -> bool:
    """Whether a rule that holds for all rows if it holds for any of them does; most fail on the first."""
    return all(rule(values[:rows], target[:rows]) for rows in (_FIRST, len(values)))


def _follows(values: NDArray[Any], target: NDArray[Any]) -> bool:
    """Whether the target never falls where the values rise, or never rises."""
    return _holds(_rises, values, target) or _holds(_rises, values, -target)


def _rises(values: NDArray[Any], target: NDArray[Any]) -> bool:
    return bool((np.diff(target[np.lexsort((target, values))]) >= 0).all())


def _separates(values: NDArray[Any], target: NDArray[Any]) -> bool:
    """Whether the target changes once at most where the values rise."""
    return int(np.count_nonzero(np.diff(target[np.lexsort((target, values))]))) <= 1


def _determines(values: NDArray[Any], target: NDArray[Any]) -> bool:
    """Whether rows with equal values have equal targets."""
    codes = np.unique(values, return_inverse=True)[1]
    least, most = np.full(codes.max() + 1, target.max()), np.full(codes.max() + 1, target.min())
    np.minimum.at(least, codes, target)
    np.maximum.at(most, codes, target)
    return bool((least == most).all())
