"""Balanced classes must be the named method's, of the training rows of a fold and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler, TomekLinks

from paribus.data.prepare.preparation import prepare_training
from paribus.errors import DataError, StudyError
from paribus.seeds import stream
from paribus.study.options import names
from paribus.study.spec import Prepare

from .helpers import array, mixed_frame, random_frame, training_part


def plain(name: str) -> Any:
    state = int(stream(7, "prepare", name).integers(2**31))
    smote = SMOTE(random_state=state)
    return {
        "oversample": RandomOverSampler(random_state=state),
        "undersample": RandomUnderSampler(random_state=state),
        "smote": smote,
        "borderline_smote": BorderlineSMOTE(random_state=state),
        "adasyn": ADASYN(random_state=state),
        "tomek": TomekLinks(),
        "enn": EditedNearestNeighbours(),
        "smote_tomek": SMOTETomek(smote=smote, random_state=state),
        "smote_enn": SMOTEENN(smote=smote, random_state=state),
    }[name]


def unequal(rows: int = 120, seed: int = 0) -> pd.DataFrame:
    """Two overlapping classes, one of them a quarter of the rows."""
    frame = random_frame(rows, classes=4, seed=seed)
    return frame.assign(y=frame["y"].eq("c3"), x0=frame["x0"] + frame["y"].eq("c3"))


@pytest.mark.parametrize("name", [name for name in names("sampler") if name not in ("none", "smotenc")])
def test_rows_are_those_of_imbalanced_learn(name: str) -> None:
    part = training_part(unequal())
    before = prepare_training(Prepare(), part, 7)[1]
    after = prepare_training(Prepare(resample=name), part, 7)[1]
    rows, classes = plain(name).fit_resample(before.features, part.target)
    assert array(after.features).tobytes() == rows.tobytes()
    assert after.target.tolist() == classes.tolist()
    assert len(after.features) != len(before.features)


@pytest.mark.parametrize("encode", ["onehot", "ordinal"])
def test_smotenc_makes_no_half_category(encode: str) -> None:
    """A row that is 0.4 red and 0.6 blue stands for nothing."""
    part = training_part(mixed_frame(200))
    before = array(prepare_training(Prepare(encode=encode, missing_flag=True), part, 7)[1].features)
    fitted, rows = prepare_training(Prepare(encode=encode, missing_flag=True, resample="smotenc"), part, 7)
    counts = np.bincount(rows.target)
    assert counts[0] == counts[1] == np.bincount(part.target).max()
    groups = ("colour", "place", "x1.missing", "x3.missing")
    for group in groups:
        places = [
            n for n, name in enumerate(fitted.features) if name == group or name.startswith(f"{group}=")
        ]
        known = {row.tobytes() for row in before[:, places]}
        assert places
        assert {row.tobytes() for row in array(rows.features)[:, places]} <= known
    smoted = array(prepare_training(Prepare(encode="onehot", resample="smote"), part, 7)[1].features)
    if encode == "onehot":
        assert len(np.unique(smoted[:, -2])) > 2, "SMOTE makes half categories, so this test can fail"


def test_smotenc_is_imbalanced_learns_where_codes_are_codes() -> None:
    part = training_part(mixed_frame(200).drop(columns=["day", "flag"]))
    before = prepare_training(Prepare(encode="ordinal", scale="none"), part, 7)[1].features
    rows = prepare_training(Prepare(encode="ordinal", scale="none", resample="smotenc"), part, 7)[1]
    state = int(stream(7, "prepare", "smotenc").integers(2**31))
    joined = before.astype(np.float64)
    expected, _ = SMOTENC(categorical_features=[4, 5], random_state=state).fit_resample(joined, part.target)
    np.testing.assert_allclose(array(rows.features), expected, rtol=1e-6)


def test_few_rows_of_a_class_take_fewer_neighbours_and_one_is_refused() -> None:
    """A fold of a rare class must not end a study with a traceback."""
    frame = random_frame(40, classes=1)
    few = training_part(pd.concat([frame, random_frame(4, classes=1, seed=1).assign(y="rare")]))
    assert np.bincount(few.target)[1] == 3
    counts = np.bincount(prepare_training(Prepare(resample="smote"), few, 7)[1].target)
    assert counts[0] == counts[1]
    one = training_part(pd.concat([frame, random_frame(2, classes=1, seed=1).assign(y="rare")]))
    with pytest.raises(DataError, match=r"class 'rare' has 1 training row: add rows, or choose 'oversample'"):
        prepare_training(Prepare(resample="smote"), one, 7)
    assert len(prepare_training(Prepare(resample="oversample"), one, 7)[1].features) > one.n_rows


def test_adasyn_says_when_it_cant_tell_where_rows_are_needed() -> None:
    frame = random_frame(60, classes=4).assign(y=lambda frame: frame["y"].eq("c3"))
    far = frame.assign(x0=frame["x0"] + 1e4 * frame["y"], x1=frame["x1"] + 1e4 * frame["y"])
    with pytest.raises(DataError, match=r"'adasyn' finds no row of another class near a smaller one"):
        prepare_training(Prepare(resample="adasyn", scale="none"), training_part(far), 7)
    equal = training_part(random_frame(60))
    assert len(prepare_training(Prepare(resample="adasyn"), equal, 7)[1].features) == equal.n_rows


def test_what_cant_be_balanced_is_a_wrong_study() -> None:
    with pytest.raises(StudyError, match=r"'smote' balances classes, but the task is regression"):
        prepare_training(Prepare(resample="smote"), training_part(random_frame(60, classes=0)), 7)
    weighed = training_part(unequal().assign(w=1.0), weight="w")
    with pytest.raises(StudyError, match=r"'smote' makes new rows, which have no data\.weight: choose"):
        prepare_training(Prepare(resample="smote"), weighed, 7)
    with pytest.raises(StudyError, match=r"'smotenc' needs categories .*choose 'smote'"):
        prepare_training(Prepare(resample="smotenc"), training_part(unequal()), 7)
