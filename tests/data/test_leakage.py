"""A held-out score lies if a preparation has seen a held-out row: it must be impossible, not discouraged."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from paribus.data import (
    SealedPart,
    Table,
    TrainingPart,
    ValidationPart,
    fit_preparation,
    prepare_training,
    split,
)
from paribus.data.features import Features, Store
from paribus.data.parts import take
from paribus.study.spec import Prepare, Protocol

from .helpers import breast_cancer, every_option, mixed_frame, table, told

RULE = "a preparation is fitted on a TrainingPart alone"
FRAMES = {
    "binary": mixed_frame(classes=2),
    "multiclass": mixed_frame(150, classes=3),
    "regression": mixed_frame(classes=0),
}


@pytest.fixture(scope="module")
def loaded() -> Table:
    return breast_cancer()


def perturbed(loaded: Table, rows: np.ndarray) -> Table:
    """The same table with every feature and the target of these rows changed."""
    store = loaded.features._store
    numbers, codes, target = np.array(store.numbers), np.array(store.codes), np.array(loaded.target)
    numbers[:, rows] = numbers[:, rows] * 1000 + 7
    numbers[:, rows[::3]] = np.nan
    for place, feature in enumerate(loaded.features.category_features):
        codes[place, rows] = (codes[place, rows] + 1) % len(feature.levels)
    target[rows] = target[rows][::-1] if loaded.classes else target[rows] * 50
    features = Features(Store(store.features, numbers, store.offsets, codes))
    return replace(loaded, features=features, target=target)


@pytest.mark.parametrize(
    ("task", "prepare"),
    [pytest.param(task, each, id=f"{task}-{told(each)}") for task in FRAMES for each in every_option(task)],
)
def test_held_out_rows_change_nothing_in_what_is_fitted(task: str, prepare: Prepare) -> None:
    """The issue's promise, to the bit, for every option of the catalogue."""
    loaded = table(FRAMES[task].assign(w=1.5), weight="w" if prepare.resample == "undersample" else None)
    rows = split(loaded, Protocol(), 42).folds[0].training.rows
    held_out = np.setdiff1d(np.arange(loaded.n_rows), rows)
    parts = [take(TrainingPart, each, rows) for each in (loaded, perturbed(loaded, held_out))]
    assert parts[0].features.digest() == parts[1].features.digest()
    (one, first), (other, second) = (prepare_training(prepare, part, 42) for part in parts)
    assert pickle.dumps(one) == pickle.dumps(other)
    assert first.features.tobytes() == second.features.tobytes()
    assert first.target.tobytes() == second.target.tobytes()
    whole = prepare_training(prepare, take(TrainingPart, perturbed(loaded, rows[:20]), rows), 42)[1]
    assert first.features.tobytes() != whole.features.tobytes(), "training rows count, so this test can fail"


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
            kind(part.rows, part.features, part.target, part.task, part.classes)
    with pytest.raises(TypeError, match=r"made by paribus\.data\.split alone"):
        SealedPart(part)  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        replace(part, rows=part.rows[:1])
    with pytest.raises(FrozenInstanceError):
        part.features = part.features  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        part.features._store.numbers[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        part.target[0] = 1


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


def test_the_scaler_is_scikit_learns_on_the_training_rows(loaded: Table) -> None:
    result = split(loaded, Protocol(), 42)
    assert result.sealed is not None
    training, validation = result.folds[0].training, result.folds[0].validation
    preparation = fit_preparation(Prepare(scale="standard"), training, 42)
    expected = StandardScaler().fit(training.features.numbers())
    assert (preparation.scalers[0].mean_ == expected.mean_).all()
    for part in (training, validation, result.sealed.open("compare with scikit-learn")):
        scaled = expected.transform(part.features.numbers()).astype(np.float32)
        assert (preparation.apply(part) == scaled).all()


def test_resampling_leaves_held_out_rows_as_they_are() -> None:
    """A validation score over copied or made-up rows would judge nothing."""
    loaded = table(pd.concat([FRAMES["binary"]] * 2, ignore_index=True))
    fold = split(loaded, Protocol(), 1).folds[0]
    plain, smoted = (prepare_training(Prepare(resample=name), fold.training, 1) for name in ("none", "smote"))
    assert len(smoted[1].features) > len(plain[1].features) == fold.training.n_rows
    assert plain[0].apply(fold.validation).tobytes() == smoted[0].apply(fold.validation).tobytes()
