"""A user's scores are worthless if rows stand in two parts, or a class is lost between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.data.split import Split, split
from paribus.data.table import Table
from paribus.errors import DataError
from paribus.study.spec import Protocol

from .helpers import breast_cancer, table


def parts(result: Split) -> list[Any]:
    fold = result.folds[0]
    return [
        fold.training,
        fold.validation,
        *([result.sealed.open("test of the split")] if result.sealed else []),
    ]


def of_counts(counts: list[int]) -> Table:
    """A table with these numbers of rows of its classes; one number for regression."""
    rows = sum(counts)
    y = (
        np.repeat([f"c{code}" for code in range(len(counts))], counts)
        if len(counts) > 1
        else np.arange(rows) / 7
    )
    task = {1: "regression", 2: "binary"}.get(len(counts), "multiclass")
    return table(pd.DataFrame({"a": np.arange(rows), "y": y}), task=task)


def test_breast_cancer_is_split_as_published() -> None:
    loaded = breast_cancer()
    training, validation, sealed = parts(split(loaded, Protocol(), 42))
    assert [part.n_rows for part in (training, validation, sealed)] == [399, 85, 85]
    shares = [part.target.mean() for part in (training, validation, sealed)]
    assert np.ptp(shares) < 1 / 85


@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(20, 60), min_size=1, max_size=5),
    test=st.sampled_from([0.0, 0.1, 0.15, 0.33]),
    share=st.sampled_from([0.1, 0.15, 0.25, 0.5]),
    seed=st.integers(0, 2**63 - 1),
)
def test_parts_are_disjoint_cover_all_rows_and_keep_the_classes(
    counts: list[int], test: float, share: float, seed: int
) -> None:
    loaded = of_counts(counts)
    protocol = Protocol(test=test, validation=f"holdout:{share}")
    result = parts(split(loaded, protocol, seed))
    rows = np.concatenate([part.rows for part in result])
    assert sorted(rows) == list(range(loaded.n_rows))
    expected = [int(loaded.n_rows * share + 0.5), *([int(loaded.n_rows * test + 0.5)] if test else [])]
    assert [part.n_rows for part in result[1:]] == expected
    for part in result:
        assert (np.diff(part.rows) > 0).all()
        assert (part.features.numbers() == loaded.features.numbers()[part.rows]).all()
        assert (part.target == loaded.target[part.rows]).all()
        if len(counts) > 1:
            exact = np.array(counts) * part.n_rows / loaded.n_rows
            within = 1 if part is not result[0] else 2  # training takes the rounding of the two others
            assert (np.abs(np.bincount(part.target) - exact) < within).all()
    again = parts(split(loaded, protocol, seed))
    assert all((one.rows == other.rows).all() for one, other in zip(result, again, strict=True))


@settings(max_examples=60)
@given(counts=st.lists(st.integers(3, 40), min_size=2, max_size=6), seed=st.integers(0, 100))
def test_every_class_is_in_every_part_or_the_split_is_refused(counts: list[int], seed: int) -> None:
    loaded = of_counts(counts)
    sizes = [int(loaded.n_rows * 0.15 + 0.5)] * 2
    if min(*sizes, loaded.n_rows - sum(sizes)) < len(counts):
        with pytest.raises(DataError, match=r"part would have \d+ of \d+ rows, but needs at least"):
            split(loaded, Protocol(), seed)
        return
    for part in parts(split(loaded, Protocol(), seed)):
        assert (np.bincount(part.target, minlength=len(counts)) >= 1).all()


def test_another_seed_gives_another_split() -> None:
    loaded = breast_cancer()
    one, other = (split(loaded, Protocol(), seed).folds[0].training.rows for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_without_a_test_share_nothing_is_sealed() -> None:
    result = split(breast_cancer(), Protocol(test=0), 42)
    assert result.sealed is None
    assert result.folds[0].training.n_rows == 569 - 85


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([40, 2], r"class 'c1' has 2 rows, but each of the 3 parts needs one"),
        (
            [3, 3],
            r"test part would have 1 of 6 rows|validation part would have 1 of 6 rows, but needs at least 2",
        ),
        ([3], r"validation part would have 0 of 3 rows, but needs at least 1 .*protocol\.test = 0\.15"),
    ],
)
def test_too_few_rows_for_the_parts_are_refused(counts: list[int], message: str) -> None:
    with pytest.raises(DataError, match=message):
        split(of_counts(counts), Protocol(), 0)
