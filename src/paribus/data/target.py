"""The target column: its task, its classes, its positive, and the refusal of what can't be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.columns import Column, check_size, listed, read_column, shown
from paribus.data.sources.rows import Rows
from paribus.data.table import Task
from paribus.errors import DataError, nearest
from paribus.study.spec import Data

MOST_WHOLE_CLASSES = 20
MOST_TEXT_CLASSES = 100


@dataclass(frozen=True, eq=False)
class Target:
    """The target coded for its task. `values`: (row,), float64 for regression, else int64 codes."""

    values: NDArray[Any]
    task: Task
    classes: tuple[str, ...] = ()


def read_target(rows: Rows, data: Data) -> Target:
    """Read `data.target`, infer the task and code the classes. Raises DataError."""
    column = _readable(rows, data.target)
    classes, codes = _distinct(rows, column)
    if len(classes) < 2:
        raise DataError(
            f"{rows.label}: the target '{column.name}' is {shown(classes[0])} in every row."
            " There is nothing to learn from a constant target: choose another, or add rows"
        )
    task = _task(rows, column, classes, data)
    if data.positive is not None and task != "binary":
        raise DataError(
            f"data.positive = {data.positive!r} has a meaning for two classes only, and '{column.name}'"
            f" makes a"
            f" {task} task with {len(classes)} distinct values: remove data.positive, or set data.task"
        )
    if task == "regression":
        return Target(column.numbers, task)
    _refuse_single_rows(rows, column, classes, codes)
    if task == "binary" and _positive(rows, data, classes) == 0:
        return Target(1 - codes, task, classes[::-1])
    return Target(codes, task, classes)


def _readable(rows: Rows, name: str) -> Column:
    if name not in rows.names:
        raise DataError(
            f"{rows.label}: data.target = '{name}' is no column{nearest(name, rows.names)}"
            f" (columns: {listed(rows.names)})"
        )
    column = read_column(name, rows.frame[name])
    if column.missing.any():
        count = int(column.missing.sum())
        raise DataError(
            f"{rows.label}: the target '{name}' is missing in {count} row{'s' * (count > 1)}, first in"
            f" {rows.at(np.argmax(column.missing))} (an empty cell, NA, None and the like). A row without a"
            f" target"
            " can't be learned from: fill it or remove the row"
        )
    if column.kind == "date":
        raise DataError(
            f"{rows.label}: the target '{name}' holds dates or times, such as"
            f" {shown(rows.frame[name].iloc[0])}."
            " A target must be classes or numbers: turn it into numbers, such as days"
        )
    check_size(rows, column)
    return column


def _distinct(rows: Rows, column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The distinct values' display names in sorted order, and each row's code. Shape of codes: (row,)."""
    if len(column.unreadable):
        texts = rows.frame[column.name].astype(str).to_numpy(dtype=object)
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
            f" {shown(rows.frame[column.name].iloc[first])} in {rows.at(first)}: correct it, or set another"
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
        f" (such as {shown(rows.frame[column.name].iloc[first])} in {rows.at(first)}), and looks like an id"
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


def _positive(rows: Rows, data: Data, classes: tuple[str, ...]) -> int:
    """The code of the positive class: equal as text, else but for case and spaces, else as a number."""
    if data.positive is None:
        return len(classes) - 1
    for alike in (str, lambda value: str(value).strip().casefold(), _number):
        found = [code for code, name in enumerate(classes) if alike(name) == alike(data.positive)]
        if len(found) == 1:
            return found[0]
    raise DataError(
        f"{rows.label}: data.positive = {data.positive!r} is no value of the target '{data.target}'"
        f"{nearest(str(data.positive), classes)} (its values: {listed(list(classes))})"
    )


def _number(value: object) -> float:
    """As a number, true as 1; NaN, which equals nothing, for what is none."""
    text = str(value).strip().casefold()
    try:
        return float({"true": "1", "false": "0"}.get(text, text))
    except ValueError:
        return float("nan")
