"""A user's scores are worthless if rows stand on both sides, a group is torn, or time runs backwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import (
    LeaveOneOut,
    LeavePOut,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
)

from paribus.data.split import Split, split
from paribus.data.table import Table
from paribus.errors import DataError
from paribus.seeds import stream
from paribus.study.spec import Protocol
from tests.data.helpers import table

DRAWN = ("holdout:0.2", "kfold:4", "repeated_kfold:2x3", "nested:3x2", "monte_carlo:3x0.2")
ALL = (*DRAWN, "loocv", "leave_p_out:2", "time:3")


def frame(rows: int, classes: int = 2, seed: int = 0) -> pd.DataFrame:
    """Distinct rows, so many classes by turns; 0 for a number."""
    random = np.random.default_rng(seed)
    target = [f"c{code}" for code in np.arange(rows) % classes] if classes else random.normal(size=rows)
    return pd.DataFrame({"x1": random.normal(size=rows), "x2": random.normal(size=rows), "y": target})


def made(
    rows: pd.DataFrame | int, validation: str, seed: int = 0, *, test: float = 0.15, **keys: Any
) -> Split:
    data = frame(rows) if isinstance(rows, int) else rows
    stopping = keys.pop("stopping", 0.0)
    return split(table(data, **keys), Protocol(test=test, validation=validation, stopping=stopping), seed)


def sealed_rows(result: Split) -> Any:
    return result.sealed.open("test of the split").rows if result.sealed else np.array([], dtype=int)


@settings(max_examples=25)
@given(
    validation=st.sampled_from(ALL),
    classes=st.sampled_from([0, 2, 3]),
    test=st.sampled_from([0.0, 0.2]),
    stopping=st.sampled_from([0.0, 0.25]),
    seed=st.integers(0, 2**63 - 1),
)
def test_no_row_stands_on_two_sides_and_equal_seeds_split_alike(
    validation: str, classes: int, test: float, stopping: float, seed: int
) -> None:
    """Rows that were trained on, or watched, would judge; or a study could not be run again."""
    loaded = table(frame(48, classes))
    protocol = Protocol(test=test, validation=validation, stopping=stopping)
    result, again = split(loaded, protocol, seed), split(loaded, protocol, seed)
    sealed = sealed_rows(result)
    for fold, same in zip(result.folds, again.folds, strict=True):
        parts = [fold.training.rows, fold.validation.rows, sealed]
        parts += [fold.stopping.rows] if fold.stopping else []
        together = np.concatenate(parts)
        assert len(np.unique(together)) == len(together)
        assert bool(fold.stopping) == bool(stopping)
        if fold.outer is None and not validation.startswith("time"):
            assert len(together) == 48  # nothing is lost
        assert (fold.training.rows == same.training.rows).all()
        assert (fold.validation.rows == same.validation.rows).all()


@pytest.mark.parametrize("validation", DRAWN)
def test_every_class_is_in_every_part_in_proportion(validation: str) -> None:
    """A metric would be undefined in a fold, or a fold be easier than another."""
    data = frame(120, 3)
    data.loc[:29, "y"] = "c0"  # unequal classes
    result = made(data, validation, stopping=0.2)
    counts = data["y"].value_counts()
    for fold in result.folds:
        assert fold.stopping is not None
        for part in (fold.training, fold.validation, fold.stopping):
            found = np.bincount(part.target, minlength=3)
            exact = counts.to_numpy()[np.argsort(counts.index)] * part.n_rows / len(data)
            assert (found >= 1).all()
            assert (np.abs(found - exact) <= 3).all()


@pytest.mark.parametrize(
    ("validation", "folds", "n_compared"),
    [
        *[
            ("holdout:0.2", 1, 1),
            ("kfold:4", 4, 4),
            ("repeated_kfold:2x3", 6, 6),
            ("monte_carlo:3x0.2", 3, 3),
        ],
        *[("nested:3x2", 9, 6), ("time:3", 3, 3), ("loocv", 40, 40), ("leave_p_out:2", 780, 780)],
    ],
)
def test_a_protocol_makes_so_many_folds(validation: str, folds: int, n_compared: int) -> None:
    """Fewer repeats than asked for would pass for all."""
    result = made(40, validation, test=0)
    assert (len(result.folds), len(result.compared)) == (folds, n_compared)


def test_each_row_judges_once_in_a_repeat() -> None:
    """A row that judges twice would weigh twice."""
    result = made(60, "repeated_kfold:3x5", test=0)
    for repeat in range(3):
        judged = np.concatenate([fold.validation.rows for fold in result.folds if fold.repeat == repeat])
        assert sorted(judged) == list(range(60))
    assert not np.array_equal(result.folds[0].validation.rows, result.folds[5].validation.rows)


def test_folds_are_scikit_learns() -> None:
    """Other folds than the reader of a report would expect under the name."""
    data, rows = frame(45, 3), np.zeros(45)
    codes = np.arange(45) % 3
    state = int(stream(7, "folds", 0).integers(2**32))
    expected = StratifiedKFold(5, shuffle=True, random_state=state).split(rows, codes)
    for fold, (training, validation) in zip(made(data, "kfold:5", 7, test=0).folds, expected, strict=True):
        assert (fold.training.rows == training).all()
        assert (fold.validation.rows == validation).all()
    groups = np.arange(45) // 3
    grouped = StratifiedGroupKFold(4, shuffle=True, random_state=state).split(rows, codes, groups)
    with_groups = made(data.assign(g=groups), "group_kfold:4", 7, test=0, group="g")
    for fold, (_, validation) in zip(with_groups.folds, grouped, strict=True):
        assert (fold.validation.rows == validation).all()
    for name, splitter in (
        ("loocv", LeaveOneOut()),
        ("leave_p_out:2", LeavePOut(2)),
        ("time:4", TimeSeriesSplit(4)),
    ):
        for fold, (training, validation) in zip(
            made(data, name, test=0).folds, splitter.split(rows), strict=True
        ):
            assert (fold.training.rows == training).all()
            assert (fold.validation.rows == validation).all()


@settings(max_examples=40)
@given(
    validation=st.sampled_from([*DRAWN, "group_kfold:3", "loocv"]),
    sizes=st.lists(st.integers(2, 6), min_size=14, max_size=20),
    classes=st.sampled_from([0, 2]),
    stopping=st.sampled_from([0.0, 0.25]),
    seed=st.integers(0, 1000),
)
def test_groups_are_never_torn(
    validation: str, sizes: list[int], classes: int, stopping: float, seed: int
) -> None:
    """A patient would stand on both sides, and be recognised."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    data = frame(len(groups), classes, seed).assign(g=[f"p{group}" for group in groups])
    result = made(data, validation, seed, group="g", test=0.2, stopping=stopping)
    sealed = set(groups[sealed_rows(result)])
    assert sealed
    for fold in result.folds:
        parts = [fold.training, fold.validation, *([fold.stopping] if fold.stopping else [])]
        found = [set(groups[part.rows]) for part in parts] + [sealed]
        assert sum(map(len, found)) == len(set().union(*found))


@settings(max_examples=40)
@given(
    moments=st.lists(st.integers(0, 15), min_size=40, max_size=60),
    test=st.sampled_from([0.0, 0.2]),
    stopping=st.sampled_from([0.0, 0.3]),
)
def test_time_never_runs_backwards(moments: list[int], test: float, stopping: float) -> None:
    """A network would know the future that it is judged on."""
    moments[:16] = range(16)
    days = np.array(moments)
    data = frame(len(days), 0).assign(day=pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D"))
    result = made(data, "time:3", time="day", test=test, stopping=stopping)
    sealed = sealed_rows(result)
    last = -1
    for fold in result.folds:
        assert days[fold.training.rows].max() < days[fold.validation.rows].min()
        if fold.stopping:
            assert days[fold.training.rows].max() < days[fold.stopping.rows].min()
            assert days[fold.stopping.rows].max() < days[fold.validation.rows].min()
        assert days[fold.validation.rows].min() > last
        last = days[fold.validation.rows].max()
    if test:
        assert days[sealed].min() > last
        assert "day" not in result.folds[0].training.names


def test_without_a_time_column_the_order_of_the_rows_counts() -> None:
    """The latest rows would be trained on."""
    result = made(50, "time:4", test=0.2)
    assert sealed_rows(result).tolist() == list(range(40, 50))
    assert all(fold.training.rows.max() < fold.validation.rows.min() for fold in result.folds)


@pytest.mark.parametrize("written", ["2024-03-0{}", "2024-03-0{}T10:00:00"])
def test_times_are_read_from_text(written: str) -> None:
    """Dates written as text would be ordered as text, or refused."""
    data = frame(36).assign(when=[written.format(1 + row % 9) for row in range(36)])
    result = made(data, "time:2", test=0, time="when")
    days = np.arange(36) % 9
    for fold in result.folds:
        assert days[fold.training.rows].max() < days[fold.validation.rows].min()


@pytest.mark.parametrize("validation", [*DRAWN, "loocv"])
def test_equal_rows_stay_together_where_they_can(validation: str) -> None:
    """A row that was trained on in all but name would judge."""
    data = frame(60)
    result = made(pd.concat([data, data.iloc[:20]], ignore_index=True), validation)
    assert result.leaked_duplicates == 0
    twin = {row: row - 60 for row in range(60, 80)}
    for fold in result.folds:
        inside = set(fold.validation.rows)
        assert all((row in inside) == (other in inside) for row, other in twin.items())


@pytest.mark.parametrize("validation", ["time:3", "kfold:4"])
def test_equal_rows_that_are_parted_are_counted(validation: str) -> None:
    """The audit would have nothing to say: in time their order decides; where most rows are equal, chance."""
    few = pd.DataFrame({"x1": np.arange(80) % 4, "x2": np.arange(80) % 2 + 0.5, "y": np.arange(80) // 2 % 2})
    result = made(few, validation, columns={"x1": "numeric", "x2": "numeric"})
    seen = few[["x1", "x2"]].to_numpy()
    leaked = set()
    for fold in result.folds:
        trained = {tuple(row) for row in seen[fold.training.rows]}
        outside = [*fold.validation.rows, *sealed_rows(result)]
        leaked |= {row for row in outside if tuple(seen[row]) in trained}
    assert result.leaked_duplicates == len(leaked) > 0


def test_nested_folds_choose_without_the_rows_that_judge() -> None:
    """The outer judgement would be of rows that took part in the choice."""
    result = made(60, "nested:4x3")
    assert len(result.outer) == 4
    for place, inner in result.outer.values():
        outer = result.folds[place]
        assert len(inner) == 3
        for fold in (result.folds[n] for n in inner):
            used = {*fold.training.rows, *fold.validation.rows}
            assert used == set(outer.training.rows)
    judged = np.concatenate([result.folds[place].validation.rows for place, _ in result.outer.values()])
    assert len(np.unique(judged)) == len(judged) == 60 - len(sealed_rows(result))


def given_frame(words: dict[str, int]) -> pd.DataFrame:
    parts = [word for word, count in words.items() for _ in range(count)]
    return frame(len(parts)).assign(part=parts)


def test_given_parts_are_as_given() -> None:
    """The published split of a data set could not be used."""
    data = given_frame({"train": 20, "Valid": 10, " test": 6})
    result = made(data, "given", split="part")
    assert result.folds[0].training.rows.tolist() == list(range(20))
    assert result.folds[0].validation.rows.tolist() == list(range(20, 30))
    assert sealed_rows(result).tolist() == list(range(30, 36))
    assert "part" not in result.folds[0].training.names


def test_a_given_test_part_leaves_validation_to_the_protocol() -> None:
    """Test rows of a benchmark would be shared out anew."""
    result = made(given_frame({"train": 30, "test": 10}), "kfold:3", split="part")
    assert sealed_rows(result).tolist() == list(range(30, 40))
    judged = np.concatenate([fold.validation.rows for fold in result.folds])
    assert sorted(judged) == list(range(30))


def test_without_given_test_rows_a_share_of_the_training_rows_is_sealed() -> None:
    """Rows given for validation would be sealed, or nothing would."""
    result = made(given_frame({"train": 30, "validation": 10}), "given", split="part", test=0.2)
    assert result.folds[0].validation.rows.tolist() == list(range(30, 40))
    assert len(sealed_rows(result)) == 8


def test_rules_on_a_column_give_the_parts() -> None:
    """A data set whose ids say the parts would have to be edited."""
    data = frame(30).assign(patient=np.arange(1, 31))
    rules = {"column": "patient", "test": "21..30", "validation": [1, 2, 3, 4]}
    result = made(data, "given", split=rules)
    assert sealed_rows(result).tolist() == list(range(20, 30))
    assert result.folds[0].validation.rows.tolist() == [0, 1, 2, 3]
    assert "patient" not in result.folds[0].training.names


def test_a_change_of_the_given_parts_changes_the_fingerprint() -> None:
    """Results of two splits would be mixed in one folder."""
    data = given_frame({"train": 20, "validation": 10, "test": 6})
    other = data.assign(part=data["part"].to_numpy()[::-1])
    one, two = (table(each, split="part").fingerprint for each in (data, other))
    assert one != two


def few_of_a_class(rare: int) -> pd.DataFrame:
    return frame(40).assign(y=["rare"] * rare + ["often"] * (40 - rare))


@pytest.mark.parametrize(
    ("data", "validation", "keys", "told"),
    [
        (
            few_of_a_class(4),
            "kfold:5",
            {},
            r"'kfold:5': class 'rare' has 3 rows outside .* but 5 are needed\. Use",
        ),
        (few_of_a_class(4), "nested:3x4", {}, r"class 'rare' has 2 rows outside .* but 4 are needed"),
        (frame(40), "kfold:30", {}, r"class 'c0' has 17 rows outside the sealed part, but 30 are needed"),
        (
            frame(12, 0),
            "kfold:11",
            {"test": 0.25},
            "there are 9 rows outside the sealed part, but 11 are needed",
        ),
        (few_of_a_class(3), "leave_p_out:3", {"test": 0}, "class 'rare' has 3 rows .* but 4 are needed"),
        (
            frame(400),
            "leave_p_out:2",
            {},
            r"makes 57,630 folds of these 340 rows, and a study may have 5,000",
        ),
        (
            frame(40).assign(t=[1, 2] * 20),
            "time:4",
            {"time": "t", "test": 0},
            "needs 5 different times .* there are 2",
        ),
        (
            frame(40).assign(t=["May"] * 40),
            "time:4",
            {"time": "t"},
            "'t' .*holds 'May' in position 0, which is no time",
        ),
        (
            frame(40).assign(g=pd.Series(["a", None] * 20)),
            "kfold:4",
            {"group": "g"},
            "'g' .data.group. is missing in 20 of 40",
        ),
        (frame(40), "kfold:4", {"group": "x3"}, r"data\.group = 'x3' is no column .columns: 'x1', 'x2', 'y'"),
        (
            frame(40).assign(g=["a"] * 30 + ["b"] * 10),
            "kfold:4",
            {"group": "g", "test": 0},
            "has 2 groups outside",
        ),
        (given_frame({"train": 30, "tset": 10}), "given", {"split": "part"}, "holds 'tset' in position 30"),
        (
            given_frame({"train": 30, "test": 10}),
            "given",
            {"split": "part"},
            "no row of the column .* says validation",
        ),
        (
            given_frame({"train": 30, "validation": 10}),
            "kfold:3",
            {"split": "part"},
            "says validation for 10 rows, but protocol.validation = 'kfold:3' makes",
        ),
        (
            given_frame({"train": 30, "validation": 10}).assign(g=[0, 1] * 20),
            "given",
            {"split": "part", "group": "g"},
            "2 groups .* stand in two of the given parts",
        ),
        (
            frame(40),
            "kfold:4",
            {"stopping": 0.01},
            r"protocol\.stopping = 0\.01 cuts 0 of the 2\d training rows",
        ),
        (
            frame(40),
            "kfold:4",
            {"split": {"column": "x1", "test": "39..72"}},
            "no row of column 'x1' is among data.split's test = '39..72'",
        ),
    ],
)
def test_what_cannot_be_split_is_refused_with_a_remedy(
    data: pd.DataFrame, validation: str, keys: dict[str, Any], told: str
) -> None:
    """A fold would lack a class, or a traceback would stand where a remedy is due."""
    with pytest.raises(DataError, match=told):
        made(data, validation, **keys)


def test_leave_one_out_needs_no_class_in_its_one_row() -> None:
    """The protocol for the smallest tables would be refused for them."""
    result = made(few_of_a_class(5), "loocv", test=0)
    assert {fold.validation.n_rows for fold in result.folds} == {1}
    assert all(np.bincount(fold.training.target).min() >= 4 for fold in result.folds)


def test_a_training_row_moved_elsewhere_is_seen_by_its_fold_alone() -> None:
    """What is prepared for a fold would depend on rows that judge it."""
    loaded: Table = table(frame(40))
    result = split(loaded, Protocol(validation="kfold:4"), 0)
    for fold in result.folds:
        assert (fold.training.features.numbers() == loaded.features.numbers()[fold.training.rows]).all()
