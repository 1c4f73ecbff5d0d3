"""A user trains on nonsense, or can't tell why not, if a column that can't be learned from passes unnamed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paribus.data.table import Table
from paribus.errors import DataError, StudyError

from .helpers import from_text, random_frame, table

NUMBERS = ["1.5", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]


def read(cells: Any, **keys: Any) -> Table:
    """A table of a column `a` with these cells beside a plain number `b`."""
    rows = len(cells)
    return table(pd.DataFrame({"b": np.arange(rows) ** 2, "a": cells, "y": np.arange(rows) % 2}), **keys)


def kind(cells: Any, **keys: Any) -> str:
    """What column `a` is taken for; empty where it is dropped."""
    return next((each.kind for each in read(cells, **keys).columns if each.column == "a"), "")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 2, 3, 4], "numeric"),
        (["1", "?", "3", "4"], "numeric"),
        (["1", " ", "n/a", "NULL"], "numeric"),
        ([1, np.nan, None, 4], "numeric"),
        ([True, None, False, True], "boolean"),
        (["u", "v", "u", "v"], "category"),
        (["u", "?", None, "v"], "category"),
        (["no", "yes", "no", "yes"], "category"),
        (["none", "one", "none", "two"], "category"),
        (["2024-01-31", "2024-02-01", "2023-05-06", None], "date"),
        (["31/12/2024", "01/02/2024", "3/4/2024", "?"], "date"),
        (["31.1.2024 10:30", "01.02.2024 11:00", "3.4.2024 00:00", ""], "date"),
        (pd.date_range("2024", periods=4, freq="7h", tz="UTC"), "date"),
        (pd.period_range("2024", periods=4, freq="M"), "date"),
        (pd.Categorical([1, 2, 1, 2]), "category"),
        (pd.Categorical(["u", "v", "u", None]), "category"),
        (pd.to_timedelta([1, 2, 3, 4], unit="D"), "numeric"),
        ([datetime.time(1), datetime.time(2), None, datetime.time(3)], "numeric"),
        ([3, 3, 3, 3], ""),
        (["u", "u", "u", "u"], ""),
        ([None, None, None, None], ""),
        (["?", "?", " ", "?"], ""),
        ([f"k{n}" for n in range(12)], ""),
        ([f"A sentence that nobody wrote before, number {n}" for n in range(40)], ""),
        ([f"we have said this {n % 30} times before" for n in range(40)], ""),
    ],
)
def test_a_column_is_taken_for_what_it_looks_like(cells: Any, expected: str) -> None:
    """A study must run on a raw file in which only the target is named."""
    assert kind(cells) == expected


def test_what_is_dropped_or_read_as_missing_is_said() -> None:
    """A column that goes without a word is a column that its owner believes to be learned from."""
    ids, marks = [f"k{n}" for n in range(12)], ["?", "u", "v"] * 4
    frame = pd.DataFrame({"key": ids, "one": 1, "gone": None, "mark": marks, "b": range(12), "y": [0, 1] * 6})
    loaded = table(frame)
    assert loaded.names == ("mark", "b")
    assert [each.name for each in loaded.dropped] == ["key", "one", "gone"]
    said = "\n".join(loaded.said)
    assert "column 'key' is dropped: another value in every row, so it looks like an id" in said
    assert "column 'one' is dropped: '1' in every row" in said
    assert "column 'gone' is dropped: every cell is missing" in said
    assert "column 'mark': '?' in 4 rows is read as a missing value" in said


@pytest.mark.parametrize("name", ["customerID", "PassengerId", "id", "row_id", "Index"])
def test_a_number_of_another_value_in_every_row_is_an_id_by_its_name(name: str) -> None:
    frame = pd.DataFrame({name: np.arange(12)[::-1] * 3, "b": range(12), "y": [0, 1] * 6})
    assert table(frame).names == ("b",)
    assert table(frame, columns={name: "numeric"}).names == (name, "b")
    assert table(frame.rename(columns={name: "grid"})).names == ("grid", "b")
    assert table(frame.assign(**{name: 0.5 + np.arange(12)})).names == (name, "b")


@pytest.mark.parametrize(
    ("cells", "declared", "expected"),
    [
        ([1, 2, 1, 3], "category", "category"),
        ([3, 3, 3, 3], "numeric", "numeric"),
        ([1, 2, 1, 2], "boolean", "boolean"),
        (["lo", "hi", None, "lo"], {"ordinal": ["lo", "mid", "hi"]}, "ordinal"),
        ([3, 1, 2, 1], {"ordinal": ["1", "2", "3"]}, "ordinal"),
        (["01/02/2024", "02/03/2024", "03/04/2024", None], {"date": "%m/%d/%Y"}, "date"),
        ([f"k{n}" for n in range(12)], "category", "category"),
        (["1", "2", "3+", "2"], "category", "category"),
        (["1", "2", "3"] * 4, "drop", ""),
        ([True, False, None, True], "numeric", "numeric"),
    ],
)
def test_a_declared_kind_is_the_columns_kind(cells: Any, declared: Any, expected: str) -> None:
    """The owner knows that a postal code is no number."""
    assert kind(cells, columns={"a": declared}) == expected


def test_codes_and_numbers_are_those_of_the_cells() -> None:
    """A shuffled level would teach the network another table."""
    loaded = read(["q", None, "p", "10", "9", "q"])
    feature = loaded.features.category_features[0]
    assert feature.levels == ("9", "10", "p", "q")
    assert loaded.features.codes(0).tolist() == [3, -1, 2, 1, 0, 3]
    ordinal = read(["hi", None, "lo", "mid"], columns={"a": {"ordinal": ["lo", "mid", "hi"]}})
    np.testing.assert_equal(ordinal.features.numbers(1, 2)[:, 0], [2, np.nan, 0, 1])
    boolean = read(["yes", "no", None, "yes"], columns={"a": "boolean"})
    np.testing.assert_equal(boolean.features.numbers(1, 2)[:, 0], [1, 0, np.nan, 1])
    missing = read(["1.5", "?", "-3", "1e2"])
    np.testing.assert_equal(missing.features.numbers(1, 2)[:, 0], [1.5, np.nan, -3, 100])


def test_dates_are_expanded_into_the_parts_that_vary() -> None:
    """A date as text teaches nothing; as a level a day it is learned by heart."""
    loaded = read(["2024-01-31 06:30", "2024-02-29 12:00", None, "2023-03-01 00:00"])
    parts = dict(zip(loaded.names[1:], loaded.features.numbers(1).T.tolist(), strict=True))
    assert set(parts) == {
        f"a.{part}" for part in ("year", "month", "day", "weekday", "day_of_year", "days", "hour")
    }
    np.testing.assert_equal(parts["a.year"], [2024, 2024, np.nan, 2023])
    np.testing.assert_equal(parts["a.weekday"], [2, 3, np.nan, 2])
    np.testing.assert_equal(parts["a.day_of_year"], [31, 60, np.nan, 60])
    np.testing.assert_equal(parts["a.hour"], [6.5, 12, np.nan, 0])
    assert any("dates, read as year, month, day" in said for said in loaded.said)
    same_day = read(["2024-01-31", "2024-02-29", "2024-03-01", None])
    assert "a.year" not in same_day.names
    assert "a.hour" not in same_day.names


def test_text_dates_are_the_dates_that_a_spreadsheet_stores() -> None:
    days = pd.to_datetime(["2024-01-31", "2024-02-29", "2023-03-01", "2024-12-24"])
    expected = read(days).fingerprint
    for written in ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"):
        assert read(days.strftime(written)).fingerprint == expected, written
    assert read(days.date).fingerprint == expected
    assert read(pd.Categorical(days)).fingerprint == expected


@pytest.mark.parametrize(
    ("cells", "keys", "message"),
    [
        (
            [*NUMBERS, "high"],
            {},
            r"column 'a' holds 'high' in position 11 \(1 such cell\), and numbers elsewhere",
        ),
        ([*NUMBERS, "2020-01-31"], {}, r"holds '2020-01-31' in position 11"),
        (["1,5", "2,5", "3", "4"], {}, r"holds '1,5' in position 0 .*a point for the decimals"),
        (
            ["12 %", "13 %", "15 %", "2 %"],
            {},
            r"holds '12 %' in position 0 .*no signs or thousands separators",
        ),
        (["$1,200", "$3", "$1,400.50", "$7"], {}, r"no signs or thousands separators"),
        ([[1], [2], [3], [4]], {}, r"holds '\[1\]' and other lists or tables: a cell must hold one value"),
        ([1, np.inf, 3, 4], {}, r"column 'a' holds inf in position 1 \(1 such value\).*finite"),
        ([1, 2, -1e39, 1e200], {}, r"column 'a' holds -1e\+39 in position 2 \(2 such values\)"),
        (["1", "inf", "3", "4"], {}, r"column 'a' holds inf in position 1"),
        (["01/02/2024", "03/04/2024"] * 2, {}, r"which of day and month comes first.*date = \"%d/%m/%Y\""),
        (["2024-02-30", "2024-02-01"] * 2, {}, r"holds '2024-02-30' in position 0, which is no date"),
        (["1", "x", "3", "4"], {"a": "numeric"}, r"is declared numeric, but holds 'x' in position 1"),
        (
            ["u", "v", "w", "u"],
            {"a": "boolean"},
            r"declared boolean, but has 3 distinct values: 'u', 'v', 'w'",
        ),
        (
            ["lo", "mdi", "hi", "lo"],
            {"a": {"ordinal": ["lo", "mid", "hi"]}},
            r"holds 'mdi' in position 1, .*did you mean 'mid'\? \('lo', 'mid', 'hi'\)",
        ),
        (
            ["31.12.2024", "1.13.2024"] * 2,
            {"a": {"date": "%d.%m.%Y"}},
            r"'1\.13\.2024' in position 1, .*%d\.%m\.%Y",
        ),
        ([1, 2, 3, 4], {"A": "numeric"}, r"data\.columns names 'A', which is no column, did you mean 'a'\?"),
    ],
)
def test_what_only_its_owner_can_know_is_asked(cells: Any, keys: dict[str, Any], message: str) -> None:
    """Guessed wrong, a typing error would make a number a category, or a day a month."""
    with pytest.raises(DataError, match=message) as caught:
        read(cells, columns=keys)
    assert caught.value.exit_code == 3


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
    assert read(cells).features.numbers(1, 2)[:, 0].tolist() == [1, 0, 1, 0]


def test_a_table_of_nothing_but_ids_and_constants_is_refused() -> None:
    frame = pd.DataFrame({"key": [f"k{n}" for n in range(12)], "one": 1, "y": [0, 1] * 6})
    with pytest.raises(
        DataError, match=r"no feature column is left .*'key' \(another value.*'one' \('1' in every"
    ):
        table(frame)
    with pytest.raises(DataError, match=r"no feature column is left beside the target 'y' and 2 dropped"):
        table(frame, drop=("key", "one"))


def test_drop_and_target_must_be_columns() -> None:
    frame = random_frame(20)
    with pytest.raises(
        DataError, match=r"data\.drop names 'X1', which is no column, did you mean 'x1'\? \(columns: "
    ):
        table(frame, drop=("X1",))
    with pytest.raises(DataError, match=r"data\.target = 'yy' is no column"):
        table(frame, target="yy")
    with pytest.raises(ValueError, match=r"names 'y', which is data\.target: a column has one role"):
        table(frame, drop=("y",))
    assert table(frame, drop=("x0", "x3")).names == ("x1", "x2", "x4", "x5")


def test_a_row_counter_without_a_name_is_no_feature(tmp_path: Path) -> None:
    """`to_csv` writes the index as a nameless first column; in a sorted file it gives the target away."""
    text = ",a,y\n0,1,no\n1,2,no\n2,3,yes\n3,4,yes\n"
    loaded = from_text(tmp_path, text)
    assert loaded.names == ("a",)
    assert "it has no name, and counts the rows" in loaded.said[0]
    with pytest.raises(DataError, match=r"column 1 has no name of its own, and doesn't only count"):
        from_text(tmp_path, text.replace("\n2,3", "\n7,3"))


def test_a_weight_is_a_number_of_its_row_and_no_feature() -> None:
    frame = random_frame(20).assign(w=np.arange(20) / 2)
    loaded = table(frame, weight="w")
    assert "w" not in loaded.names
    assert loaded.weight is not None
    assert loaded.weight.tolist() == (np.arange(20) / 2).tolist()
    assert loaded.fingerprint != table(frame.drop(columns="w")).fingerprint
    for cells, message in (
        ([-1.0, *range(19)], r"holds '-1\.0' in position 0 .*0 or more"),
        ([None, *range(19)], r"is missing in position 0"),
        (["x", *range(19)], r"holds 'x' in position 0"),
        ([0] * 20, r"is 0 in every row"),
    ):
        with pytest.raises(DataError, match=message):
            table(frame.assign(w=cells), weight="w")
    with pytest.raises(DataError, match=r"data\.weight = 'v' is no column"):
        table(frame, weight="v")


def test_several_targets_are_labels_or_numbers() -> None:
    frame = random_frame(20, classes=0).assign(p=[0, 1] * 10, q=[True, False, False, True] * 5)
    labels = table(frame.drop(columns="y"), target=("p", "q"))
    assert (labels.task, labels.classes, labels.outputs, labels.n_outputs) == (
        "multilabel",
        (),
        ("p", "q"),
        2,
    )
    assert labels.target[:2].tolist() == [[0, 1], [1, 0]]
    assert labels.class_counts == {"p": 10, "q": 10}
    numbers = table(frame, target=["y", "p"])
    assert (numbers.task, numbers.n_outputs, numbers.target.shape) == ("regression", 2, (20, 2))
    for keys, message in (
        ({"target": ("y", "p"), "task": "multilabel"}, r"needs labels of 0 and 1, but the target 'y' holds"),
        ({"target": ("y", "p"), "task": "binary"}, r"'binary' asks for one target, and data\.target names 2"),
        ({"target": ("p", "q"), "positive": 1}, r"data\.positive = 1 has a meaning for one target"),
        ({"target": ("p", "z")}, r"data\.target = 'z' is no column"),
    ):
        with pytest.raises(DataError, match=message):
            table(frame, **keys)
    with pytest.raises(DataError, match=r"several targets must be numbers.*'p' holds 'a' in position 0"):
        table(frame.assign(p=["a", "b"] * 10), target=("p", "q"))
    with pytest.raises(DataError, match=r"the target 'p' is '1\.0' in every row"):
        table(frame.assign(p=1), target=("p", "q"))


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
    [(2, "rmse", "binary"), (3, "rmse", "multiclass"), (0, "f1", "regression")],
)
def test_a_metric_unfit_for_the_task_is_a_wrong_study(classes: int, metric: str, task: str) -> None:
    with pytest.raises(StudyError, match=rf"metric '{metric}' can't judge a {task} task .*allowed: "):
        table(
            random_frame(60, classes=classes), metrics=("mae" if task == "regression" else "accuracy", metric)
        )
