"""A table's profile: what each column holds, how the target is spread, what looks suspicious."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Feature
from paribus.data.table import Table

COMMONEST = 3
"""Levels of a category that a profile names."""
_ROWS = 12
"""Fewer rows than these make no column suspicious: chance does as much."""
_MANY = 0.5
"""A category with more levels than this share of its rows looks like an id."""


@dataclass(frozen=True)
class ColumnProfile:
    """One feature before preparation. `low`, `high`: of numbers; `commonest`: levels with their rows."""

    name: str
    kind: str
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    commonest: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class TargetProfile:
    """One target: the rows of each class, or of label 1, or quartiles from the least to the largest."""

    name: str
    counts: tuple[tuple[str, int], ...] = ()
    quartiles: tuple[float, ...] = ()


@dataclass(frozen=True)
class TableProfile:
    """All that a table's owner should see before it is learned from.

    `dropped`: columns with the reason; `suspicious`: features with the reason; `notes`: how cells were read.
    """

    columns: tuple[ColumnProfile, ...]
    targets: tuple[TargetProfile, ...]
    dropped: tuple[tuple[str, str], ...]
    suspicious: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def table_profile(table: Table) -> TableProfile:
    """The profile of all rows. Nothing of it is used to prepare or to train."""
    columns, suspicious = [], []
    number = category = 0
    for feature in table.columns:
        if feature.is_number:
            values: NDArray[Any] = table.features.numbers(number, number + 1)[:, 0]
            number += 1
            columns.append(_of_numbers(feature, values))
        else:
            values = table.features.codes(category)
            category += 1
            columns.append(_of_levels(feature, values))
        if reason := _suspicion(table, columns[-1], values):
            suspicious.append((feature.name, reason))
    return TableProfile(
        tuple(columns),
        _targets(table),
        tuple((each.name, each.reason) for each in table.dropped),
        tuple(suspicious),
        table.notes,
    )


def _of_numbers(feature: Feature, values: NDArray[np.float64]) -> ColumnProfile:
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
    missing = len(values) - len(known)
    return ColumnProfile(feature.name, feature.kind, missing, len(np.unique(known)), low, high)


def _of_levels(feature: Feature, codes: NDArray[np.int32]) -> ColumnProfile:
    known = codes[codes >= 0]
    counts = np.bincount(known, minlength=len(feature.levels))
    order = np.argsort(-counts, kind="stable")[:COMMONEST]
    commonest = tuple((feature.levels[code], int(counts[code])) for code in order if counts[code])
    missing = len(codes) - len(known)
    distinct = int((counts > 0).sum())
    return ColumnProfile(feature.name, feature.kind, missing, distinct, commonest=commonest)


def _targets(table: Table) -> tuple[TargetProfile, ...]:
    if table.task == "regression":
        columns = table.target.reshape(table.n_rows, -1).T
        return tuple(
            TargetProfile(name, quartiles=tuple(map(float, np.quantile(values, (0, 0.25, 0.5, 0.75, 1)))))
            for name, values in zip(table.outputs, columns, strict=True)
        )
    if table.task == "multilabel":
        return tuple(
            TargetProfile(name, (("1", count), ("0", table.n_rows - count)))
            for name, count in table.class_counts.items()
        )
    return (TargetProfile(table.outputs[0], tuple(table.class_counts.items())),)


def _suspicion(table: Table, column: ColumnProfile, values: NDArray[Any]) -> str:
    """Why a feature should be looked at before it is learned from, or nothing."""
    if table.n_rows < _ROWS:
        return ""
    known = table.n_rows - column.missing
    for output, name in enumerate(table.outputs):
        target = table.target if table.target.ndim == 1 else table.target[:, output]
        if reason := _tells(column, values, target, name, table.task):
            return reason
    if column.distinct <= 1:
        return "one value beside missing ones"
    if column.kind == "numeric" and column.missing == 0 and (np.abs(np.diff(values)) == 1).all():
        return "counts the rows"
    if column.kind == "category" and column.distinct > _MANY * known:
        return f"{column.distinct:,} levels in {known:,} rows: looks like an id"
    return ""


def _tells(column: ColumnProfile, values: NDArray[Any], target: NDArray[Any], name: str, task: str) -> str:
    """Whether a feature equals the target, or determines it by values that stand in several rows."""
    known = ~np.isnan(values) if column.kind != "category" else values >= 0
    values, target = values[known], target[known]
    if len(values) < _ROWS or column.distinct < 2:
        return ""
    if column.kind != "category" and np.array_equal(values, target.astype(np.float32).astype(np.float64)):
        return f"equals the target '{name}'"
    if task == "regression":
        correlation = abs(np.corrcoef(values, target)[0, 1]) if column.kind != "category" else 0.0
        return f"is the target '{name}' on another scale" if correlation > 1 - 1e-9 else ""
    if column.distinct > len(values) / 2:
        return ""
    codes = np.unique(values, return_inverse=True)[1]
    least, most = np.full(codes.max() + 1, target.max()), np.full(codes.max() + 1, target.min())
    np.minimum.at(least, codes, target)
    np.maximum.at(most, codes, target)
    return f"determines the target '{name}'" if (least == most).all() else ""
