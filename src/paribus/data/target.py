"""The target column: its task, its classes, its positive, and the refusal of what can't be asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.columns import Column, check_size, listed, read_column, shown
from paribus.data.kinds import MISSING_LEVELS
from paribus.data.sources.rows import Rows
from paribus.data.table import Task
from paribus.errors import DataError, nearest
from paribus.study.spec import Data

MOST_WHOLE_CLASSES = 20
MOST_TEXT_CLASSES = 100


@dataclass(frozen=True, eq=False)
class Target:
    """The target coded for its task. `values`: (row,), float64 for regression, else int64 codes; of
    several targets (row, output), float64 or, for multilabel, int64 0 or 1.
    """

    values: NDArray[Any]
    task: Task
    classes: tuple[str, ...] = ()


def read_target(rows: Rows, data: Data) -> Target:
    """Read the target, or targets, infer the task and code the classes. Raises DataError."""
    if len(data.targets) > 1 or data.task == "multilabel":
        return _several(rows, data)
    return _one(rows, data, data.targets[0])


def _several(rows: Rows, data: Data) -> Target:
    """Several numbers, or several labels of 0 and 1."""
    columns = [_readable(rows, name) for name in data.targets]
    if data.task in ("binary", "multiclass"):
        raise DataError(
            f"{rows.label}: data.task = '{data.task}' asks for one target, and data.target names"
            f" {len(columns)}: several are labels of 0 and 1 (multilabel) or numbers (regression)"
        )
    if data.positive is not None:
        raise DataError(
            f"data.positive = {data.positive!r} has a meaning for one target of two classes only, and"
            f" data.target names {listed(data.targets)}: remove data.positive"
        )
    for column in columns:
        _refuse_words(rows, column)
        if column.numbers.min() == column.numbers.max():
            _refuse_constant(rows, column.name, column.numbers[0])
    values = np.stack([column.numbers for column in columns], axis=1)
    labels = np.isin(values, (0, 1))
    if data.task == "regression" or (data.task == "auto" and not labels.all()):
        return Target(values, "regression")
    if not labels.all():
        row, output = np.argwhere(~labels)[0]
        raise DataError(
            f"{rows.label}: data.task = 'multilabel' needs labels of 0 and 1, but the target"
            f" '{columns[output].name}' holds {values[row, output]:g} in {rows.at(row)}: correct it, or set"
            " another task"
        )
    return Target(values.astype(np.int64), "multilabel")


def _refuse_words(rows: Rows, column: Column) -> None:
    if len(column.unreadable):
        first = column.unreadable[0]
        raise DataError(
            f"{rows.label}: several targets must be numbers, or labels of 0 and 1, but '{column.name}' holds"
            f" {shown(rows.column(column.name).iloc[first])} in {rows.at(first)}: correct it, or name one"
            " target"
        )


def _refuse_constant(rows: Rows, name: str, value: object) -> None:
    raise DataError(
        f"{rows.label}: the target '{name}' is {shown(value)} in every row."
        " There is nothing to learn from a constant target: choose another, or add rows"
    )


def _one(rows: Rows, data: Data, name: str) -> Target:
    column = _readable(rows, name)
    classes, codes = _distinct(rows, column)
    if len(classes) < 2:
        _refuse_constant(rows, column.name, classes[0])
    task = _task(rows, column, classes, data)
    if data.positive is not None and task != "binary":
        raise DataError(
            f"{rows.label}: data.positive = {data.positive!r} has a meaning for two classes only, and"
            f" '{column.name}'"
            f" makes a"
            f" {task} task with {len(classes)} distinct values: remove data.positive, or set data.task"
        )
    if task == "regression":
        return Target(column.numbers, task)
    _refuse_single_rows(rows, column, classes, codes)
    if task == "binary" and _positive(rows, data, name, classes) == 0:
        return Target(1 - codes, task, classes[::-1])
    return Target(codes, task, classes)


def _readable(rows: Rows, name: str) -> Column:
    if name not in rows.names:
        raise DataError(
            f"{rows.label}: data.target = '{name}' is no column{nearest(name, rows.names)}"
            f" (columns: {listed(rows.names)})"
        )
    column = _without_marks(read_column(name, rows.column(name)), rows)
    if column.missing.any():
        count = int(column.missing.sum())
        raise DataError(
            f"{rows.label}: the target '{name}' is missing in {count} row{'s' * (count > 1)}, first in"
            f" {rows.at(np.argmax(column.missing))} (an empty cell, ?, NA, None and the like). A row without"
            " a target can't be learned from: fill it or remove the row"
        )
    if column.kind == "date":
        raise DataError(
            f"{rows.label}: the target '{name}' holds dates or times, such as"
            f" {shown(rows.column(name).iloc[0])}."
            " A target must be classes or numbers: turn it into numbers, such as days"
        )
    check_size(rows, name, column.numbers)
    return column


def _without_marks(column: Column, rows: Rows) -> Column:
    """The same with `?` and blanks among texts as missing cells: no one asks for a class of that name."""
    if not len(column.unreadable):
        return column
    texts = rows.column(column.name).astype(str).str.strip()
    return replace(column, missing=column.missing | texts.isin(MISSING_LEVELS).to_numpy(dtype=bool))


def _distinct(rows: Rows, column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The distinct values' display names in sorted order, and each row's code. Shape of codes: (row,)."""
    if len(column.unreadable):
        texts = rows.column(column.name).astype(str).str.strip().to_numpy(dtype=object)
        found, codes = np.unique(texts, return_inverse=True)
        return tuple(found), codes.astype(np.int64)
    numbers, codes = np.unique(column.numbers, return_inverse=True)
    return tuple(_display(number, column.kind == "bool") for number in numbers), codes.astype(np.int64)


def _display(number: float, boolean: bool) -> str:
    if boolean:
        return str(bool(number))
    return str(int(number)) if number.is_integer() else repr(float(number))


def _task(rows: Rows, column: Column, classes: tuple[str, ...], data: Data) -> Task:
    count, is_text = len(classes), len(column.unreadable) > 0
    if data.task == "auto":
        whole = not is_text and bool((column.numbers % 1 == 0).all())
        if column.kind == "number" and count > 2 and not (whole and count <= MOST_WHOLE_CLASSES):
            return "regression"
        if is_text and count > 2 and (count > MOST_TEXT_CLASSES or 2 * count > len(column.numbers)):
            _refuse_identifier(rows, column, classes)
        return "binary" if count == 2 else "multiclass"
    if data.task == "regression" and is_text:
        first = column.unreadable[0]
        raise DataError(
            f"{rows.label}: data.task = 'regression' needs numbers, but the target '{column.name}' holds"
            f" {shown(rows.column(column.name).iloc[first])} in {rows.at(first)}: correct it, or set another"
            f" task"
        )
    if data.task != "regression" and (data.task == "binary") != (count == 2):
        needed, fitting = ("two", "multiclass") if data.task == "binary" else ("three or more", "binary")
        raise DataError(
            f"{rows.label}: data.task = '{data.task}' needs {needed} classes, but the target"
            f" '{column.name}' has"
            f" {count}: {listed(list(classes))}. Set data.task = '{fitting}', or correct the target"
        )
    return data.task


def _refuse_identifier(rows: Rows, column: Column, classes: tuple[str, ...]) -> None:
    first = column.unreadable[0]
    raise DataError(
        f"{rows.label}: the target '{column.name}' has {len(classes)} distinct values in"
        f" {len(column.numbers)} rows"
        f" (such as {shown(rows.column(column.name).iloc[first])} in {rows.at(first)}), and looks like an id"
        f" or free"
        f" text rather than a class. Choose another target, or set data.task = 'multiclass' if these are"
        f" classes"
    )


def _refuse_single_rows(
    rows: Rows, column: Column, classes: tuple[str, ...], codes: NDArray[np.int64]
) -> None:
    single = [classes[code] for code, count in enumerate(np.bincount(codes)) if count == 1]
    if single:
        row = rows.at(np.argmax(codes == classes.index(single[0])))
        others = f" There are {len(single)} such classes." if len(single) > 1 else ""
        numbers = ", or set data.task = 'regression'" if column.kind == "number" and len(classes) > 2 else ""
        raise DataError(
            f"{rows.label}: class '{single[0]}' of the target '{column.name}' has one row only ({row}), so it"
            f" can't be both trained on and judged.{others} Add rows, or merge or remove it{numbers}"
        )


def _positive(rows: Rows, data: Data, name: str, classes: tuple[str, ...]) -> int:
    """The code of the positive class: equal as text, else but for case and spaces, else as a number."""
    if data.positive is None:
        return len(classes) - 1
    for alike in (str, lambda value: str(value).strip().casefold(), _number):
        found = [code for code, name in enumerate(classes) if alike(name) == alike(data.positive)]
        if len(found) == 1:
            return found[0]
    raise DataError(
        f"{rows.label}: data.positive = {data.positive!r} is no value of the target '{name}'"
        f"{nearest(str(data.positive), classes)} (its values: {listed(list(classes))})"
    )


def _number(value: object) -> float:
    """As a number, true as 1; NaN, which equals nothing, for what is none."""
    text = str(value).strip().casefold()
    try:
        return float({"true": "1", "false": "0"}.get(text, text))
    except ValueError:
        return float("nan")
