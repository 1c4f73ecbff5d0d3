"""A held-out score lies if a preparation has seen a held-out row: it must be impossible, not discouraged."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from paribus.data import SealedPart, Table, TrainingPart, ValidationPart, fit_preparation, split
from paribus.study.spec import Prepare, Protocol

from .helpers import breast_cancer

RULE = "a preparation is fitted on a TrainingPart alone"


@pytest.fixture(scope="module")
def loaded() -> Table:
    return breast_cancer()


def test_fitting_on_anything_but_a_training_part_is_refused(loaded: Table) -> None:
    """mypy holds the same rule: each ignored error below is one that it reports."""
    result = split(loaded, Protocol(), 42)
    assert result.sealed is not None
    with pytest.raises(TypeError, match=RULE):
        fit_preparation(Prepare(), result.folds[0].validation, 42)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=RULE):
        fit_preparation(Prepare(), result.sealed, 42)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=RULE):
        fit_preparation(Prepare(), result.sealed.open("try"), 42)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=RULE):
        fit_preparation(Prepare(), loaded, 42)  # type: ignore[arg-type]


def test_parts_are_made_by_split_alone_and_frozen(loaded: Table) -> None:
    part = split(loaded, Protocol(), 42).folds[0].validation
    for kind in (TrainingPart, ValidationPart):
        with pytest.raises(TypeError, match=r"made by paribus\.data\.split alone"):
            kind(part.rows, part.features, part.target, part.names, part.task, part.classes)
    with pytest.raises(TypeError, match=r"made by paribus\.data\.split alone"):
        SealedPart(part)  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        replace(part, rows=part.rows[:1])
    with pytest.raises(FrozenInstanceError):
        part.features = part.features  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        part.features[0, 0] = 1


def test_a_sealed_part_shows_its_size_and_remembers_its_openings(loaded: Table) -> None:
    sealed = split(loaded, Protocol(), 42).sealed
    assert sealed is not None
    assert (sealed.n_rows, sealed.openings) == (85, ())
    assert not any(hasattr(sealed, name) for name in ("rows", "features", "target"))
    with pytest.raises(TypeError, match=r"must be opened first, with \.open\(reason\)"):
        fit_preparation(Prepare(), split(loaded, Protocol(), 42).folds[0].training, 42).apply(sealed)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="for a reason"):
        sealed.open(" ")
    assert sealed.open("final score").n_rows == 85
    sealed.open("all of them")
    assert sealed.openings == ("final score", "all of them")
    assert repr(sealed) == "SealedPart(85 rows, opened 2 times)"


@pytest.mark.parametrize("select", ["none", "kbest:6", "mutual_info:6", "pca:6"])
@pytest.mark.parametrize("scale", ["power", "quantile"])
def test_held_out_rows_change_nothing_in_what_is_fitted(loaded: Table, scale: str, select: str) -> None:
    first = split(loaded, Protocol(), 42).folds[0].training
    features = np.array(loaded.features)
    held_out = np.setdiff1d(np.arange(loaded.n_rows), first.rows)
    features[held_out] = features[held_out] * 1000 + 7
    second = split(replace(loaded, features=features), Protocol(), 42).folds[0].training
    one, other = (fit_preparation(Prepare(scale=scale, select=select), part, 42) for part in (first, second))
    assert pickle.dumps(one) == pickle.dumps(other)
    assert one.apply(first).tobytes() == other.apply(second).tobytes()


def test_the_scaler_is_scikit_learns_on_the_training_rows(loaded: Table) -> None:
    result = split(loaded, Protocol(), 42)
    assert result.sealed is not None
    training, validation = result.folds[0].training, result.folds[0].validation
    preparation = fit_preparation(Prepare(scale="standard"), training, 42)
    expected = StandardScaler().fit(loaded.features[training.rows])
    assert preparation.scaler is not None
    assert (preparation.scaler.mean_ == expected.mean_).all()
    for part in (training, validation, result.sealed.open("compare with scikit-learn")):
        assert (preparation.apply(part) == expected.transform(part.features).astype(np.float32)).all()
