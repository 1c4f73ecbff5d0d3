"""Small delivered models, made without a run: a table, a preparation, a network as it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.load import load
from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.preparation import prepare_training
from paribus.data.table import Table
from paribus.deliver.describing import columns_of
from paribus.deliver.graph.whole import Member, build
from paribus.deliver.making import Trained
from paribus.deliver.model import Model
from paribus.deliver.recipe import recipe
from paribus.networks.initial import initial_weights
from paribus.population.outcome import Task
from paribus.stats.recalibration import Map, Unchanged
from paribus.study.configuration import Configuration
from paribus.study.spec import Data, Network, Prepare, Study, Train
from tests.deliver.common import schema

FITTED = 120
"""Rows that preparations are fitted on; the rows after them hold levels that these lack."""


def frame(rows: int = 200) -> pd.DataFrame:
    """Numbers, texts, an ordered level, a yes or no, dates with gaps; levels unseen among the last rows."""
    random = np.random.default_rng(5)
    made = pd.DataFrame(
        {
            "size": random.lognormal(2, 1, rows),
            "year made": random.integers(1990, 2025, rows).astype(float),
            "balance": random.normal(-3, 40, rows),
            "town": random.choice(["Ulm", "Köln", "Bonn", "a, b"], rows),
            "grade": random.choice(["low", "mid", "high"], rows),
            "member": random.choice(["yes", "no"], rows),
            "since": pd.Timestamp("1965-03-01") + pd.to_timedelta(random.integers(0, 25_000, rows), unit="D"),
        }
    )
    for name in made.columns:
        made[name] = made[name].mask(random.random(rows) < 0.08)
    late = np.arange(rows) >= FITTED
    made["town"] = made["town"].mask(late & (random.random(rows) < 0.2), "nowhere")
    score = made["balance"].fillna(0) + 10 * (made["town"] == "Ulm") + random.normal(0, 20, rows)
    names = np.array(["a", "b", "c"])
    made["two"] = np.where(score > 0, "up", "down")
    made["three"] = names[np.digitize(score, [-15, 15])]
    made["amount"] = np.exp(score / 30)
    made["flag"] = (score > 5).astype(int)
    return made


TARGETS: dict[str, str | tuple[str, ...]] = {
    "binary": "two",
    "multiclass": "three",
    "regression": "amount",
    "multilabel": ("flag", "other"),
}


def table(task: str = "binary", rows: int = 200) -> tuple[pd.DataFrame, Table, Study]:
    """The frame of a task, as a table, and a study of it."""
    made = frame(rows)
    made["other"] = 1 - made["flag"]
    target = TARGETS[task]
    kept = [target] if isinstance(target, str) else list(target)
    made = made.drop(columns=[n for n in ("two", "three", "amount", "flag", "other") if n not in kept])
    data = Data(source="frame", target=target, columns={"grade": {"ordinal": ["low", "mid", "high"]}})
    study = Study(name="made", data=data)
    return made, load(data, folder=Path(), frame=made), study


def model(
    task: str = "binary",
    prepare: Prepare | None = None,
    network: Network | None = None,
    mended: Map | None = None,
    convention: Any = "keras",
    threshold: float = 0.5,
    threshold_before: bool = False,
) -> tuple[Model, pd.DataFrame, NDArray[np.float64]]:
    """A model, rows that it wasn't fitted on, and what the training process predicts for these."""
    made, whole, study = table(task)
    fitted_on = take(TrainingPart, whole, np.arange(FITTED))
    asked = take(TrainingPart, whole, np.arange(FITTED, whole.n_rows))
    configuration = Configuration(
        prepare or Prepare(), network or Network(hidden=(6, 4)), Train(convention=convention)
    )
    fitted, _ = prepare_training(configuration.prepare, fitted_on, 3)
    weights = drawn(configuration.network, fitted.n_features, whole.n_outputs)
    trained = Trained(configuration, fitted, weights, 1)
    described = schema(
        whole,
        columns_of(fitted_on.features, study),
        FITTED,
        threshold=threshold if task == "binary" else None,
        threshold_before=threshold_before,
    )
    member = Member(recipe(fitted, fitted_on.features), configuration, weights)
    content = build(described, [member], mended or Unchanged()).SerializeToString()
    expected = trained.predict(asked, Task(whole.task, whole.n_outputs, ("accuracy",))).astype(np.float64)
    return Model(content, described, Path("made.onnx")), made.iloc[FITTED:], expected


def drawn(network: Network, n_features: int, n_outputs: int) -> tuple[NDArray[np.float32], ...]:
    """Weights as they start, with what starts at 0 or 1 moved: a lost bias or average would show."""
    random = np.random.default_rng(0)
    fresh = initial_weights(network, n_features, n_outputs, 3, 0)
    return tuple(array + random.uniform(0.05, 0.3, array.shape).astype(np.float32) for array in fresh)
