"""A house must be priced in money, whatever the network was trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer, QuantileTransformer, StandardScaler

from paribus.data.prepare.preparation import prepare_training
from paribus.data.split import split
from paribus.engines import ENGINES
from paribus.errors import DataError, StudyError
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import lineages_of
from paribus.population.outcome import Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.fit import with_usual_settings
from paribus.study.options import names
from paribus.study.plan import Trial
from paribus.study.spec import Prepare, Protocol, Study

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


def study(**sections: Any) -> Study:
    given = {"metrics": ["rmse", "r2"], "curves": "both", "stopping": 0.2}
    return Study(name="x", data={"source": "a", "target": "y"}, protocol=given, **sections)


def trained(transform: str, engine: str, folder: Path) -> tuple[Outcome, np.ndarray]:
    """A network of skewed targets in the thousands, and what the validation rows hold."""
    asked = study(
        prepare={"target": transform}, train={"engine": engine, "epochs": 30, "learning_rate": 0.03}
    )
    loaded = table(skewed().assign(y=lambda frame: frame["y"] * 1000))
    parts = split(loaded, asked.protocol, 7)
    shelf = Shelf(folder, parts, 7)
    lineages = lineages_of([Trial("s", Configuration.base(asked), 0, 7)])
    fold = shelf.load(shelf.prepare(lineages[0].data, asked.prepare))
    task = Task("regression", 1, ("rmse", "r2"), train_metrics=True)
    (outcome,) = ENGINES[engine].train(lineages, {lineages[0].data: fold}, task)
    return outcome, parts.folds[0].validation.target


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_networks_scores_curves_and_predictions_are_in_the_targets_units(
    transform: str, tmp_path: Path
) -> None:
    """An error in standard deviations would be read as an error in money; or rank transforms wrongly."""
    found = {}
    for engine in ("population", "numpy"):
        folder = tmp_path / engine
        folder.mkdir()
        outcome, truth = trained(transform, engine, folder)
        assert outcome.predictions is not None
        rmse = np.sqrt(np.mean((outcome.predictions - truth) ** 2))
        assert outcome.val["rmse"] == pytest.approx(rmse, rel=1e-5)
        assert outcome.curves["val_rmse"][-1] == pytest.approx(rmse, rel=1e-4)
        assert outcome.curves["stop_rmse"][-1] > 100
        assert 1 / 3 < outcome.curves["rmse"][-1] / outcome.train["rmse"] < 3
        spread = np.square(truth - truth.mean()).mean()
        assert outcome.val["r2"] == pytest.approx(1 - rmse**2 / spread, rel=1e-3)
        found[engine] = outcome
    assert found["population"].val["rmse"] == pytest.approx(found["numpy"].val["rmse"], rel=1e-3)


def test_a_regression_that_says_nothing_is_trained_on_a_standard_target() -> None:
    """House prices in dollars, as they are, are out of a network's reach: R² of -3 after five epochs."""
    plain = Study(name="x", data={"source": "a", "target": "y"})
    usual = with_usual_settings(plain, "regression")
    assert (usual.prepare.target, usual.protocol.metrics) == ("standard", ("rmse", "r2"))
    assert with_usual_settings(plain, "binary") == plain
    said = study(prepare={"target": "none"})
    assert with_usual_settings(said, "regression") == said
