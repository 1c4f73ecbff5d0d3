"""A house must be priced in money, whatever the network was trained on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer, QuantileTransformer, StandardScaler

from paribus.data import prepare_training, split
from paribus.errors import DataError, StudyError
from paribus.study.options import names
from paribus.study.spec import Prepare, Protocol

from .helpers import random_frame, table, training_part

TRANSFORMS = [name for name in names("target transform") if name != "none"]


def skewed(rows: int = 80) -> pd.DataFrame:
    return random_frame(rows, classes=0).assign(y=lambda frame: np.exp(frame["y"] / 8))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_predictions_are_those_of_scikit_learns_transformed_target(name: str) -> None:
    fold = split(table(skewed()), Protocol(), 7).folds[0]
    fitted, rows = prepare_training(Prepare(target=name), fold.training, 7)
    network = LinearRegression().fit(rows.features.astype(np.float64), rows.target)
    found = fitted.restore(network.predict(fitted.apply(fold.validation)).astype(np.float32))
    transformer = {
        "standard": StandardScaler(),
        "power": PowerTransformer(),
        "quantile": QuantileTransformer(n_quantiles=len(rows.target), output_distribution="normal"),
    }.get(name)
    functions = (
        {"func": np.log1p, "inverse_func": np.expm1} if name == "log" else {"transformer": transformer}
    )
    plain = TransformedTargetRegressor(make_pipeline(StandardScaler(), LinearRegression()), **functions)
    plain.fit(fold.training.features.numbers(), fold.training.target)
    expected = plain.predict(fold.validation.features.numbers())
    low, high = fold.training.target.min(), fold.training.target.max()
    expected = np.clip(expected, low, high) if name in ("power", "quantile") else expected
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-3)
    assert found.dtype == np.float32


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_and_its_way_back_change_nothing_but_rounding(name: str) -> None:
    frame = skewed().assign(z=lambda frame: frame["x1"])
    for target in ("y", ("y", "z")):
        part = training_part(frame, target=target)
        fitted, rows = prepare_training(Prepare(target=name), part, 7)
        assert rows.target.shape == part.target.shape
        np.testing.assert_allclose(fitted.restore(rows.target.astype(np.float32)), part.target, rtol=1e-3)
        members = np.stack([rows.target.astype(np.float32)] * 3)
        assert fitted.restore(members).shape == (3, *part.target.shape)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_wild_predictions_stay_finite(name: str) -> None:
    """A network that diverges for an epoch must not make a metric of NaN where another scale had none."""
    part = training_part(skewed())
    fitted = prepare_training(Prepare(target=name), part, 7)[0]
    assert np.isfinite(fitted.restore(np.array([-1e4, 0, 1e4], dtype=np.float32))).all()


def test_what_cant_be_transformed_is_refused() -> None:
    low = training_part(random_frame(60, classes=0).assign(y=np.arange(60) / 2 - 9))
    with pytest.raises(DataError, match=r"'log' takes log\(1 \+ y\), and the target holds -\d"):
        prepare_training(Prepare(target="log"), low, 7)
    classes = training_part(random_frame(60))
    with pytest.raises(StudyError, match=r"'log' transforms numbers, but the task is binary"):
        prepare_training(Prepare(target="log"), classes, 7)
