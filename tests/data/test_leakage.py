"""A held-out score lies if a preparation has seen a held-out row: it must be impossible, not discouraged."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from paribus.data.features import Features, Store
from paribus.data.marks import Marks
from paribus.data.parts import SealedPart, TrainingPart, ValidationPart, take
from paribus.data.prepare.preparation import fit_preparation, prepare_training
from paribus.data.prepare.resample import CHOOSES
from paribus.data.split import Split, split
from paribus.data.table import Table
from paribus.study.options import names
from paribus.study.options.preparation import PREPARATION
from paribus.study.spec import Prepare, Protocol

from .helpers import BESIDE, KEYS, array, breast_cancer, every_option, mixed_frame, table, told

RULE = "a preparation is fitted on a TrainingPart alone"
PROTOCOLS = (
    *("holdout:0.2", "kfold:3", "repeated_kfold:2x2", "loocv", "leave_p_out:2"),
    *("nested:2x2", "group_kfold:3", "time:2", "monte_carlo:2x0.2", "given"),
)
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


def leaks(loaded: Table, training: TrainingPart, prepare: Prepare) -> bool:
    """Whether what is fitted, or a prepared training row, changes when every other row is another."""
    rows = np.array(training.rows)
    others = perturbed(loaded, np.setdiff1d(np.arange(loaded.n_rows), rows))
    (one, first), (other, second) = (
        prepare_training(prepare, take(TrainingPart, each, rows), 42) for each in (loaded, others)
    )
    return (
        pickle.dumps(one) != pickle.dumps(other)
        or array(first.features).tobytes() != array(second.features).tobytes()
        or first.target.tobytes() != second.target.tobytes()
    )


@cache
def with_marks(task: str) -> Table:
    """The task's table with what the protocols ask for: groups, an order in time, given parts, weights."""
    frame = FRAMES[task]
    times = np.random.default_rng(5).permutation(len(frame))
    groups, weights = np.arange(len(frame)) % 5, np.full(len(frame), 1.5)
    parts = np.where(np.arange(len(frame)) % 4, "train", "validation")
    return table(
        frame.assign(g=groups, t=times, w=weights, s=parts), group="g", time="t", split="s", weight="w"
    )


def parts_of(task: str, validation: str) -> Split:
    """A protocol's folds of the task's table, with only those marks that it looks at."""
    name, whole = validation.partition(":")[0], with_marks(task).marks
    kept = {
        "groups": whole.groups if name in ("group_kfold", "leave_p_out") else None,
        "moments": whole.moments if name == "time" else None,
        "given": whole.given if name == "given" else None,
    }
    protocol = Protocol(test=0 if name == "given" else 0.2, validation=validation, stopping=0.2)
    return split(replace(with_marks(task), marks=Marks(**kept)), protocol, 42)


def test_every_protocol_and_every_family_of_options_is_tried() -> None:
    """A new protocol, or a new kind of option, would leak unseen."""
    assert {validation.partition(":")[0] for validation in PROTOCOLS} == set(names("validation"))
    assert {option.family for option in PREPARATION} == {*KEYS, *BESIDE}


WHOLE = Prepare(missing_flag=True, rare=3, encode="target", scale="quantile", select="kbest:5")


@pytest.mark.parametrize("task", FRAMES)
@pytest.mark.parametrize("validation", PROTOCOLS)
def test_each_fold_of_each_protocol_keeps_its_sides_apart(task: str, validation: str) -> None:
    """Issue 4, 5: no row on two sides; held-out rows change no bit of what is trained on."""
    found = parts_of(task, validation)
    sealed = found.sealed.open("test of its rows").rows if found.sealed else np.zeros(0, dtype=np.int64)
    for fold in found.folds[:: 1 if len(found.folds) <= 10 else 9]:
        assert fold.stopping is not None
        sides = np.concatenate([fold.training.rows, fold.validation.rows, fold.stopping.rows, sealed])
        assert len(np.unique(sides)) == len(sides)
        assert not leaks(with_marks(task), fold.training, WHOLE)


@pytest.mark.parametrize(
    ("task", "place", "prepare"),
    [
        pytest.param(task, place, each, id=f"{task}-{told(each)}")
        for task in FRAMES
        for place, each in enumerate(every_option(task))
        if task == "binary" or each.select_with == "linear"  # the estimator's part is the same in all tasks
    ],
)
def test_held_out_rows_change_nothing_in_what_is_fitted(task: str, place: int, prepare: Prepare) -> None:
    """Issue 4, 5: to the bit, for every option of the catalogue, each on another protocol's last fold."""
    training = parts_of(task, PROTOCOLS[place % len(PROTOCOLS)]).folds[-1].training
    weighed = prepare.resample in ("none", *CHOOSES)
    loaded = with_marks(task) if weighed else replace(with_marks(task), weight=None)
    assert not leaks(loaded, training, prepare)
    part = take(TrainingPart, loaded, np.array(training.rows))
    other = take(TrainingPart, perturbed(loaded, part.rows[:20]), np.array(training.rows))
    first, second = (prepare_training(prepare, each, 42)[1] for each in (part, other))
    assert array(first.features).tobytes() != array(second.features).tobytes(), (
        "training rows count: this test can fail"
    )


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
    one, other = (array(each[0].apply(fold.validation)) for each in (plain, smoted))
    assert one.tobytes() == other.tobytes()
