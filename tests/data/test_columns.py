"""A user trains on nonsense, or can't tell why not, if a column that can't be learned from passes unnamed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paribus.errors import DataError, StudyError

from .helpers import from_text, random_frame, table

Y = [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([1, "?", 3, 4], r"column 'a' holds '\?' in position 1, and features must be numbers.*data\.drop"),
        (["1,5", "2", "3", "4"], r"holds '1,5' in position 0.*decimal point"),
        (["x" * 100, "2", "3", "4"], r"holds 'x{39}\.\.\.' in position 0"),
        (
            pd.Categorical(["u", "v", "u", "v"]),
            r"holds 'u' in position 0.*Categories come in a later version",
        ),
        (pd.Categorical([1, 2, 1, 2]), r"holds '1' in position 0.*Categories"),
        ([[1], [2], [3], [4]], r"holds '\[1\]' in position 0"),
        ([1 + 2j, 2, 3, 4], r"holds '\(1\+2j\)' in position 0"),
        ([1, np.nan, None, 4], r"2 values are missing, in 'a' \(2, first in position 1\).*fill them"),
        ([True, None, False, True], r"1 value is missing"),
        ([1, np.inf, 3, 4], r"column 'a' holds inf in position 1 \(1 such value\).*finite"),
        ([1, 2, -1e39, 1e200], r"column 'a' holds -1e\+39 in position 2 \(2 such values\)"),
    ],
)
def test_a_feature_that_is_no_finite_number_is_refused(cells: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        table(pd.DataFrame({"a": cells, "y": Y}))


@pytest.mark.parametrize(
    "cells",
    [
        [True, False, True, False],
        pd.array([True, False, True, False], dtype="boolean"),
        pd.array([1, 0, 1, 0], dtype="Int64"),
        [Decimal(1), Decimal(0), Decimal(1), Decimal(0)],
        ["1", "0", "1.0", "0e3"],
        np.array([1, 0, 1, 0], dtype=np.uint8),
        pd.arrays.SparseArray([1.0, 0.0, 1.0, 0.0]),
    ],
)
def test_whatever_reads_as_a_number_is_one(cells: Any) -> None:
    assert table(pd.DataFrame({"a": cells, "y": Y})).features[:, 0].tolist() == [1, 0, 1, 0]


def test_all_text_columns_are_named_at_once() -> None:
    """A user with thirty categories must not meet thirty refusals, one a run."""
    frame = pd.DataFrame({name: list("abcd") for name in "pqrs"} | {"y": Y})
    with pytest.raises(DataError, match=r"column 'p' .*The same holds for 'q', 'r', 's'\."):
        table(frame)
    with pytest.raises(DataError, match=r"no feature column is left beside the target 'y' and 4 dropped"):
        table(frame, drop=tuple("pqrs"))


def test_a_constant_feature_is_allowed() -> None:
    assert table(pd.DataFrame({"a": [3, 3, 3, 3], "y": Y})).n_features == 1


def test_drop_and_target_must_be_columns() -> None:
    frame = random_frame(20)
    with pytest.raises(
        DataError, match=r"data\.drop names 'X1', which is no column, did you mean 'x1'\? \(columns: "
    ):
        table(frame, drop=("X1",))
    with pytest.raises(DataError, match=r"data\.target = 'yy' is no column"):
        table(frame, target="yy")
    with pytest.raises(DataError, match=r"data\.drop names 'y', which is data\.target"):
        table(frame, drop=("y",))
    assert table(frame, drop=("x0", "x3")).names == ("x1", "x2", "x4", "x5")


def test_a_row_counter_without_a_name_is_no_feature(tmp_path: Path) -> None:
    """`to_csv` writes the index as a nameless first column; in a sorted file it gives the target away."""
    text = ",a,y\n0,1,no\n1,2,no\n2,3,yes\n3,4,yes\n"
    with pytest.raises(DataError, match=r"column 1 has no name of its own.*add 'Unnamed: 0' to data\.drop"):
        from_text(tmp_path, text)
    assert from_text(tmp_path, text, drop=("Unnamed: 0",)).names == ("a",)


@pytest.mark.parametrize(
    ("cells", "task", "classes"),
    [
        (["no", "yes"] * 15, "binary", ("no", "yes")),
        ([True, False] * 15, "binary", ("False", "True")),
        (pd.Categorical([1, 10, 2] * 10), "multiclass", ("1", "2", "10")),
        (["c", "a", "b"] * 10, "multiclass", ("a", "b", "c")),
        ([0, 1, 2] * 10, "multiclass", ("0", "1", "2")),
        ([0.5, 1.5] * 15, "binary", ("0.5", "1.5")),
        ([1.0, 2.0, 10.0] * 10, "multiclass", ("1", "2", "10")),
        ([0.5, 1.0, 2.0] * 10, "regression", ()),
        (list(range(30)), "regression", ()),
    ],
)
def test_the_task_follows_from_the_target(cells: Any, task: str, classes: tuple[str, ...]) -> None:
    loaded = table(pd.DataFrame({"a": range(30), "y": cells}))
    assert (loaded.task, loaded.classes) == (task, classes)
    assert loaded.target.dtype == (np.float64 if task == "regression" else np.int64)


def test_twenty_whole_numbers_are_classes_and_twenty_one_are_not() -> None:
    frame = pd.DataFrame({"a": range(420), "y": np.arange(420) % 20})
    assert table(frame).task == "multiclass"
    assert table(frame.assign(y=np.arange(420) % 21)).task == "regression"
    assert table(frame, task="regression").target.dtype == np.float64


@pytest.mark.parametrize(
    ("cells", "positive", "classes"),
    [
        (["b", "a"], None, ("a", "b")),
        (["b", "a"], "a", ("b", "a")),
        (["Yes", "No"], " yes", ("No", "Yes")),
        (["Yes", "yes"], "yes", ("Yes", "yes")),
        ([0, 1], "0", ("1", "0")),
        ([0, 1], True, ("0", "1")),
        ([0.0, 1.0], 0, ("1", "0")),
        ([0, 1], "0.0", ("1", "0")),
        ([True, False], "false", ("True", "False")),
        ([True, False], False, ("True", "False")),
        ([True, False], 0, ("True", "False")),
    ],
)
def test_positive_is_code_one_and_matches_by_value(
    cells: list[Any], positive: Any, classes: tuple[str, str]
) -> None:
    """A swapped positive turns recall into specificity without a word."""
    loaded = table(pd.DataFrame({"a": range(8), "y": cells * 4}), positive=positive)
    assert loaded.classes == classes
    names = (
        [str(cell) for cell in cells * 4]
        if not isinstance(cells[0], float)
        else [str(int(c)) for c in cells * 4]
    )
    assert loaded.target.tolist() == [int(name == classes[1]) for name in names]


@pytest.mark.parametrize(
    ("cells", "keys", "message"),
    [
        (["no", "yes"] * 4, {"positive": "si"}, r"positive = 'si' is no value .*its values: 'no', 'yes'"),
        (["Yes", "yes"] * 4, {"positive": "YES"}, r"positive = 'YES' is no value"),
        (list("abc") * 4, {"positive": "a"}, r"two classes only, and 'y' makes a multiclass task with 3"),
        (np.arange(30) / 7, {"positive": 1}, r"makes a regression task"),
        (
            list("abc") * 4,
            {"task": "binary"},
            r"'binary' needs two classes, but .* has 3: 'a', 'b', 'c'\. Set",
        ),
        (list("ab") * 4, {"task": "multiclass"}, r"needs three or more classes.*data\.task = 'binary'"),
        (
            list("ab") * 4,
            {"task": "regression"},
            r"'regression' needs numbers, but .* holds 'a' in position 0",
        ),
        (["u"] * 6, {}, r"target 'y' is 'u' in every row.*constant"),
        ([1.5] * 6, {"task": "regression"}, r"target 'y' is '1\.5' in every row"),
        ([1, 0, None, 1], {}, r"target 'y' is missing in 1 row, first in position 2"),
        ([None, None], {}, r"missing in 2 rows, first in position 0"),
        ([1.5, np.inf, 2.5], {}, r"column 'y' holds inf in position 1"),
        (["a", "b", "b", "c", "c", "c"], {}, r"class 'a' of the target 'y' has one row only \(position 0\)"),
        ([0, 1, 2, 3], {}, r"class '0' .*There are 4 such classes.*or set data\.task = 'regression'"),
        (
            [f"id{n}" for n in range(9)],
            {},
            r"has 9 distinct values in 9 rows .*looks like an id or free text",
        ),
        ([f"id{n % 101}" for n in range(505)], {}, r"has 101 distinct values in 505 rows"),
        (pd.date_range("2024", periods=4), {}, r"target 'y' holds dates or times"),
    ],
)
def test_a_target_that_cant_be_asked_for_is_refused(cells: Any, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        table(pd.DataFrame({"a": range(len(cells)), "y": cells}), **keys)
    assert caught.value.exit_code == 3


def test_many_text_classes_are_allowed_when_asked_for() -> None:
    frame = pd.DataFrame({"a": range(404), "y": [f"c{n % 101}" for n in range(404)]})
    assert len(table(frame, task="multiclass").classes) == 101


@pytest.mark.parametrize(
    ("classes", "metric", "task"),
    [(2, "rmse", "binary"), (3, "r2", "multiclass"), (0, "f1", "regression")],
)
def test_a_metric_unfit_for_the_task_is_a_wrong_study(classes: int, metric: str, task: str) -> None:
    with pytest.raises(StudyError, match=rf"metric '{metric}' can't judge a {task} task .*allowed: "):
        table(
            random_frame(60, classes=classes), metrics=("mae" if task == "regression" else "accuracy", metric)
        )
