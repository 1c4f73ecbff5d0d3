"""A user can't defend a study whose preparation isn't what its name says, or differs from run to run."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.feature_selection import (
    SelectKBest,
    SequentialFeatureSelector,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from paribus.data import TrainingPart, fit_preparation, split
from paribus.data.prepare.forward import roc_auc
from paribus.errors import DataError, StudyError
from paribus.seeds import stream
from paribus.study.options import names
from paribus.study.spec import Prepare, Protocol

from .helpers import breast_cancer, random_frame, table

SELECTORS = [name if name == "none" else f"{name}:3" for name in names("selector")]


def training(frame: pd.DataFrame, **keys: Any) -> TrainingPart:
    return split(table(frame, **keys), Protocol(test=0, validation="holdout:0.2"), 7).folds[0].training


def plain_scaler(name: str, rows: int) -> Any:
    return {
        "none": FunctionTransformer(),
        "standard": StandardScaler(),
        "minmax": MinMaxScaler(),
        "robust": RobustScaler(),
        "power": PowerTransformer(),
        "quantile": QuantileTransformer(n_quantiles=min(1000, rows)),
    }[name]


def plain_selector(select: str, task: str, seed: int) -> Any:
    name, _, k = select.partition(":")
    classes, state = task != "regression", int(stream(seed, "prepare", name).integers(2**31))
    folds = (StratifiedKFold if classes else KFold)(5, shuffle=True, random_state=state)
    mutual = mutual_info_classif if classes else mutual_info_regression

    def mutual_info(X: NDArray[np.float64], y: NDArray[Any]) -> Any:
        return mutual(X, y, random_state=state)

    return {
        "none": FunctionTransformer,
        "kbest": lambda: SelectKBest(f_classif if classes else f_regression, k=int(k)),
        "mutual_info": lambda: SelectKBest(mutual_info, k=int(k)),
        "pca": lambda: PCA(int(k), svd_solver="full"),
        "sfs": lambda: SequentialFeatureSelector(
            LogisticRegression(solver="newton-cholesky") if classes else Ridge(),
            n_features_to_select=int(k),
            scoring={"binary": "roc_auc", "multiclass": "neg_log_loss", "regression": "r2"}[task],
            cv=folds,
        ),
    }[name]()


@pytest.mark.parametrize("classes", [2, 3, 0])
@pytest.mark.parametrize("select", SELECTORS)
@pytest.mark.parametrize("scale", names("scaler"))
def test_scale_then_select_is_the_plain_pipeline(scale: str, select: str, classes: int) -> None:
    part = training(random_frame(90, classes=classes))
    preparation = fit_preparation(Prepare(scale=scale, select=select), part, 7)
    plain = make_pipeline(plain_scaler(scale, part.n_rows), plain_selector(select, part.task, 7))
    expected = plain.fit(part.features, part.target).transform(part.features)
    prepared = preparation.apply(part)
    np.testing.assert_allclose(prepared, expected, rtol=1e-5, atol=1e-6)
    assert prepared.dtype == np.float32
    assert prepared.flags.c_contiguous
    assert preparation.n_features == len(preparation.features) == prepared.shape[1]
    if select == "pca:3":
        assert preparation.features == ("pca_1", "pca_2", "pca_3")
    elif select != "none":
        chosen = plain[-1].get_support(indices=True)
        assert preparation.features == tuple(part.names[position] for position in chosen)


@pytest.mark.parametrize("select", SELECTORS)
@pytest.mark.parametrize("scale", names("scaler"))
def test_the_same_rows_give_the_same_bits_here_and_after_a_pickle(scale: str, select: str) -> None:
    """Workers must train on what this process would have trained on."""
    part = training(random_frame(60, classes=3))
    prepare = Prepare(scale=scale, select=select)
    first = fit_preparation(prepare, part, 7)
    fit_preparation(Prepare(scale="minmax", select="mutual_info:2"), part, 7)
    second = pickle.loads(pickle.dumps(fit_preparation(prepare, part, 7)))
    assert first.apply(part).tobytes() == second.apply(part).tobytes()
    assert first.features == second.features


@pytest.mark.parametrize("classes", [2, 0])
@pytest.mark.parametrize("select", SELECTORS)
@pytest.mark.parametrize("scale", names("scaler"))
def test_constant_features_and_large_values_leave_no_warning_and_no_nan(
    scale: str, select: str, classes: int
) -> None:
    frame = random_frame(60, classes=classes).assign(x1=5.0, x2=0.0)
    frame["x3"] = frame["x3"] * 1e12
    part = training(frame)
    assert np.isfinite(fit_preparation(Prepare(scale=scale, select=select), part, 7).apply(part)).all()


@pytest.mark.parametrize("scale", names("scaler"))
def test_two_training_rows_can_be_scaled(scale: str) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "y": [0.5, 1.0, 2.0, 2.5]})
    part = split(table(frame), Protocol(test=0.25, validation="holdout:0.25"), 0).folds[0].training
    assert part.n_rows == 2
    assert np.isfinite(fit_preparation(Prepare(scale=scale), part, 0).apply(part)).all()


@pytest.mark.parametrize("select", ["kbest:7", "mutual_info:7", "sfs:7", "pca:7"])
def test_more_features_than_there_are_is_a_wrong_study(select: str) -> None:
    with pytest.raises(StudyError, match=rf"prepare\.select = '{select}' keeps 7 features, but there are 6"):
        fit_preparation(Prepare(select=select), training(random_frame(60)), 7)


@pytest.mark.parametrize("select", ["kbest:6", "mutual_info:6", "sfs:6", "pca:6"])
def test_all_features_may_be_kept(select: str) -> None:
    assert fit_preparation(Prepare(select=select), training(random_frame(60)), 7).n_features == 6


def test_too_few_rows_for_a_selector_are_refused_by_its_name() -> None:
    part = training(random_frame(5, classes=0))
    with pytest.raises(StudyError, match=r"'pca:6' needs at least 6 training rows, but there are 4"):
        fit_preparation(Prepare(select="pca:6"), part, 7)
    few = training(random_frame(4, classes=0))
    for select in ("sfs:2", "mutual_info:2"):
        with pytest.raises(
            DataError, match=rf"prepare\.select = '{select[:-2]}' .*3 training rows|has 3 rows"
        ):
            fit_preparation(Prepare(select=select), few, 7)
    rare = training(pd.concat([random_frame(30, classes=1), random_frame(2, classes=1).assign(y="rare")]))
    with pytest.raises(DataError, match=r"class 'rare' has 1 training rows"):
        fit_preparation(Prepare(select="sfs:2"), rare, 7)


@pytest.mark.parametrize("value", [1e25, -1e30])
def test_a_value_beyond_float32_is_refused_by_its_column(value: float) -> None:
    """Silently it would become infinity, and the network's loss NaN in its first epoch."""
    frame = random_frame(40).assign(x4=np.linspace(0, 1e-20, 40))
    result = split(table(frame), Protocol(), 7)
    preparation = fit_preparation(Prepare(), result.folds[0].training, 7)
    frame.loc[result.folds[0].validation.rows[0], "x4"] = value
    with pytest.raises(DataError, match=r"column 'x4' becomes .* by prepare\.scale = 'standard'.*data\.drop"):
        preparation.apply(split(table(frame), Protocol(), 7).folds[0].validation)


def test_a_power_transform_that_overflows_is_refused_by_its_column() -> None:
    frame = random_frame(40).assign(x4=1e6 + np.arange(40.0) ** 0.2)
    result = split(table(frame), Protocol(), 7)
    preparation = fit_preparation(Prepare(scale="power"), result.folds[0].training, 7)
    frame.loc[result.folds[0].validation.rows[0], "x4"] = 1e30
    with pytest.raises(
        DataError, match=r"column 'x4' becomes .* by prepare\.scale = 'power'.*such as 'robust'"
    ):
        preparation.apply(split(table(frame), Protocol(), 7).folds[0].validation)


def test_the_fast_roc_auc_is_scikit_learns_ties_and_all() -> None:
    generator = np.random.default_rng(3)
    for decimals in (0, 1, 8):
        X = generator.normal(size=(80, 3)).round(decimals)
        y = (X[:, 0] + generator.normal(size=80) > 0).astype(np.int64)
        model = LogisticRegression().fit(X, y)
        assert roc_auc(model, X, y) == pytest.approx(roc_auc_score(y, model.decision_function(X)), abs=1e-12)


def test_sfs_on_breast_cancer_chooses_what_scikit_learn_chooses() -> None:
    part = split(breast_cancer(), Protocol(), 42).folds[0].training
    preparation = fit_preparation(Prepare(scale="standard", select="sfs:6"), part, 42)
    scaled = plain_scaler("standard", part.n_rows).fit_transform(part.features)
    plain = plain_selector("sfs:6", "binary", 42).fit(scaled, part.target)
    assert preparation.features == tuple(part.names[position] for position in plain.get_support(indices=True))
