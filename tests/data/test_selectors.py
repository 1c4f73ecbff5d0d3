"""A user who selects features must get those that the named method selects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.feature_selection import (
    RFE,
    SelectFromModel,
    SelectKBest,
    SequentialFeatureSelector,
    VarianceThreshold,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
)
from sklearn.linear_model import LassoCV, LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from paribus.data.prepare import sequential
from paribus.data.prepare.preparation import fit_preparation, prepare_training
from paribus.data.prepare.sequential import roc_auc
from paribus.data.split import split
from paribus.errors import DataError, StudyError
from paribus.seeds import stream
from paribus.study.spec import Prepare, Protocol

from .helpers import array, breast_cancer, random_frame, training_part

ASKED = [
    *(f"{name}:3" for name in ("kbest", "mutual_info", "pca", "sfs", "sbs", "rfe")),
    *("variance:0.5", "l1", "sfs:3 tree", "sbs:3 knn", "rfe:2 tree"),
]


def estimator(name: str, classes: bool, state: int) -> Any:
    return {
        "linear": LogisticRegression(solver="newton-cholesky") if classes else Ridge(),
        "tree": (DecisionTreeClassifier if classes else DecisionTreeRegressor)(
            max_depth=5, random_state=state
        ),
        "knn": (KNeighborsClassifier if classes else KNeighborsRegressor)(),
    }[name]


def plain_selector(asked: str, task: str, seed: int) -> Any:
    select, _, with_ = asked.partition(" ")
    name, _, k = select.partition(":")
    classes, state = task != "regression", int(stream(seed, "prepare", name).integers(2**31))
    folds = (StratifiedKFold if classes else KFold)(5, shuffle=True, random_state=state)
    mutual = mutual_info_classif if classes else mutual_info_regression
    model = estimator(with_ or "linear", classes, state)

    def mutual_info(X: NDArray[np.float64], y: NDArray[Any]) -> Any:
        return mutual(X, y, random_state=state)

    def sequential(direction: str) -> Any:
        return SequentialFeatureSelector(
            model,
            n_features_to_select=int(k),
            direction=direction,
            scoring={"binary": "roc_auc", "multiclass": "neg_log_loss", "regression": "r2"}[task],
            cv=folds,
        )

    solver = "liblinear" if task == "binary" else "saga"
    l1 = LogisticRegression(l1_ratio=1.0, solver=solver, max_iter=1000, random_state=state)
    return {
        "kbest": lambda: SelectKBest(f_classif if classes else f_regression, k=int(k)),
        "mutual_info": lambda: SelectKBest(mutual_info, k=int(k)),
        "pca": lambda: PCA(int(k), svd_solver="full"),
        "sfs": lambda: sequential("forward"),
        "sbs": lambda: sequential("backward"),
        "rfe": lambda: RFE(model, n_features_to_select=int(k)),
        "variance": lambda: VarianceThreshold(float(k)),
        "l1": lambda: SelectFromModel(l1 if classes else LassoCV(cv=folds)),
    }[name]()


@pytest.mark.parametrize("classes", [2, 3, 0])
@pytest.mark.parametrize("asked", ASKED)
def test_the_features_are_those_of_scikit_learn(asked: str, classes: int) -> None:
    part = training_part(random_frame(90, classes=classes))
    select, _, with_ = asked.partition(" ")
    scale = "none" if select.startswith("variance") else "standard"
    prepare = Prepare(select=select, select_with=with_ or "linear", scale=scale)
    preparation, rows = prepare_training(prepare, part, 7)
    scaled = part.features.numbers()
    scaled = scaled if scale == "none" else StandardScaler().fit_transform(scaled)
    plain = plain_selector(asked, part.task, 7)
    expected = plain.fit(scaled, part.target).transform(scaled)
    np.testing.assert_allclose(array(rows.features), expected, rtol=1e-5, atol=1e-6)
    assert preparation.n_features == len(preparation.features) == rows.features.shape[1]
    if select == "pca:3":
        assert preparation.features == ("pca_1", "pca_2", "pca_3")
    else:
        chosen = plain.get_support(indices=True)
        assert preparation.features == tuple(part.names[position] for position in chosen)


def test_sfs_on_breast_cancer_chooses_what_scikit_learn_chooses() -> None:
    part = split(breast_cancer(), Protocol(), 42).folds[0].training
    preparation = fit_preparation(Prepare(scale="standard", select="sfs:2"), part, 42)
    scaled = StandardScaler().fit_transform(part.features.numbers())
    plain = plain_selector("sfs:2", "binary", 42).fit(scaled, part.target)
    assert preparation.features == tuple(part.names[position] for position in plain.get_support(indices=True))


@pytest.mark.parametrize(("direction", "ks", "steps"), [("sfs", (2, 4, 3), 4), ("sbs", (4, 2, 3), 4)])
def test_a_path_is_found_once_for_all_levels(
    direction: str, ks: tuple[int, ...], steps: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sequential selection takes minutes: each level, sampler and study would find the same path anew."""
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path))
    part, found = training_part(random_frame(60)), []
    plain = sequential._Search._next

    def counted(self: Any, chosen: list[int]) -> int:
        found.append(plain(self, chosen))
        return found[-1]

    monkeypatch.setattr(sequential._Search, "_next", counted)
    kept = [fit_preparation(Prepare(select=f"{direction}:{k}"), part, 7).features for k in ks]
    assert len(found) == steps
    again = fit_preparation(Prepare(select=f"{direction}:{ks[0]}", resample="smote"), part, 7)
    assert again.features == kept[0]
    assert len(found) == steps
    fit_preparation(Prepare(select=f"{direction}:{ks[0]}"), training_part(random_frame(61)), 7)
    assert len(found) > steps, "other rows have a path of their own"


def test_l1_that_weighs_nothing_keeps_the_strongest() -> None:
    """A fold of pure noise must not end a study."""
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(generator.standard_normal((12, 2)), columns=["a", "b"]).assign(
        y=generator.random(12)
    )
    fitted = fit_preparation(Prepare(select="l1"), training_part(frame), 7)
    assert fitted.n_features >= 1


def test_a_threshold_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(DataError, match=r"'variance:50' leaves no feature: the largest variance .* is 1\."):
        fit_preparation(Prepare(select="variance:50"), training_part(random_frame(60)), 7)


@pytest.mark.parametrize("select", ["kbest:7", "mutual_info:7", "sfs:7", "sbs:7", "rfe:7", "pca:7"])
def test_more_features_than_there_are_is_a_wrong_study(select: str) -> None:
    with pytest.raises(StudyError, match=rf"prepare\.select = '{select}' keeps 7 features, but there are 6"):
        fit_preparation(Prepare(select=select), training_part(random_frame(60)), 7)


@pytest.mark.parametrize("select", ["kbest:6", "mutual_info:6", "sfs:6", "sbs:6", "rfe:6", "pca:6"])
def test_all_features_may_be_kept(select: str) -> None:
    assert fit_preparation(Prepare(select=select), training_part(random_frame(60)), 7).n_features == 6


def test_too_few_rows_for_a_selector_are_refused_by_its_name() -> None:
    part = training_part(random_frame(5, classes=0))
    with pytest.raises(StudyError, match=r"'pca:6' needs at least 6 training rows, but there are 4"):
        fit_preparation(Prepare(select="pca:6"), part, 7)
    few = training_part(random_frame(4, classes=0))
    for select in ("sfs:2", "mutual_info:2"):
        with pytest.raises(
            DataError, match=rf"prepare\.select = '{select[:-2]}' .*3 training rows|has 3 rows"
        ):
            fit_preparation(Prepare(select=select), few, 7)
    rare = training_part(
        pd.concat([random_frame(30, classes=1), random_frame(2, classes=1).assign(y="rare")])
    )
    with pytest.raises(DataError, match=r"class 'rare' has 1 training rows"):
        fit_preparation(Prepare(select="sfs:2"), rare, 7)


def test_the_fast_roc_auc_is_scikit_learns_ties_and_all() -> None:
    generator = np.random.default_rng(3)
    for decimals in (0, 1, 8):
        X = generator.normal(size=(80, 3)).round(decimals)
        y = (X[:, 0] + generator.normal(size=80) > 0).astype(np.int64)
        for model in (LogisticRegression().fit(X, y), DecisionTreeClassifier(max_depth=3).fit(X, y)):
            expected = roc_auc_score(y, model.predict_proba(X)[:, 1])
            assert roc_auc(model, X, y) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("select", ["kbest:2", "mutual_info:2", "pca:2", "variance:0.1"])
def test_several_targets_can_be_selected_for(select: str) -> None:
    frame = random_frame(60, classes=0).assign(z=lambda frame: frame["x5"] * 2)
    part = training_part(frame, target=("y", "z"))
    fitted = fit_preparation(Prepare(select=select), part, 7)
    assert part.target.shape == (48, 2)
    if select != "variance:0.1":
        assert fitted.n_features == 2
    if select in ("kbest:2", "mutual_info:2"):
        assert "x5" in fitted.features
    with pytest.raises(StudyError, match=r"'sfs' needs one target, and data\.target names several"):
        fit_preparation(Prepare(select="sfs:2"), part, 7)
