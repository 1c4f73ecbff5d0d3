"""Small delivered models of texts, made without a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.load import load
from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.preparation import prepare_training
from paribus.deliver.describing import columns_of, distinct_texts, texts_of
from paribus.deliver.graph.whole import Member, build
from paribus.deliver.making import Trained
from paribus.deliver.model import Model
from paribus.deliver.recipe import recipe
from paribus.deliver.texts import vocabulary
from paribus.networks.build import build as build_network
from paribus.population.outcome import Task
from paribus.stats.recalibration import Unchanged
from paribus.study.configuration import Configuration
from paribus.study.spec import Data, Network, Prepare, Study, Train
from tests.deliver.common import moved, schema

FITTED = 60
WORDS = ("good", "bad", "don't", "film", "plot", "naïve", "FILM", "l’été", "i̇", "ab", "c++", "42", "very")
SEPARATORS = (" ", ", ", "<br />", " - ", "\u200b", "...", "\n")


def frame(rows: int = 100, with_column: bool = False) -> pd.DataFrame:
    """Texts with signs, accents and breaks; empty ones; words unseen among the last rows."""
    random = np.random.default_rng(7)
    texts: list[Any] = []
    for row in range(rows):
        words = [*WORDS, "unseen", "néver", "'quoted'"] if row >= FITTED else list(WORDS)
        some = random.choice(words, random.integers(1, 30))
        texts.append("".join(word + random.choice(SEPARATORS) for word in some))
    for row in (3, FITTED + 5):
        texts[row] = ""
    texts[FITTED + 6], texts[FITTED + 7], texts[FITTED + 8] = None, "…!?", "unseen néver"
    made = pd.DataFrame({"review": texts, "label": random.choice(["up", "down"], rows)})
    if with_column:
        made["size"] = random.normal(3, 2, rows)
        made["size"] = made["size"].mask(random.random(rows) < 0.1)
        made["town"] = random.choice(["Ulm", "Bonn", "Köln"], rows)
    return made


def model(
    represent: str, network: Network | None = None, with_column: bool = False, folds: int = 1, **prepare: Any
) -> tuple[Model, pd.DataFrame, NDArray[np.float64]]:
    """A model of so many folds, rows that it wasn't fitted on, and what the training process predicts."""
    made = frame(with_column=with_column)
    data = Data(source="frame", text="review", target="label", positive="up")
    table = load(data, folder=Path(), frame=made)
    asked = take(TrainingPart, table, np.arange(FITTED, table.n_rows))
    configuration = Configuration(
        Prepare(represent=represent, **prepare), network or Network(hidden=(6, 4)), Train()
    )
    parts = [take(TrainingPart, table, np.arange(start, FITTED)) for start in range(0, 10 * folds, 10)]
    members = [_trained(configuration, part, seed) for seed, part in enumerate(parts)]
    columns = columns_of(parts[0].features, Study(name="made", data=data))
    fitted = distinct_texts(members)
    described = schema(
        table,
        columns,
        FITTED,
        texts=texts_of(columns, len(fitted), configuration.prepare),
        model="ensemble" if folds > 1 else "refit",
        members=folds,
    )
    joined = [
        Member(recipe(each.preparation, parts[0].features), each.configuration, each.weights, told)
        for each, told in zip(members, described.texts, strict=True)
    ]
    content = build(described, joined, Unchanged(), vocabulary(represent, fitted)).SerializeToString()
    task = Task("binary", 1, ("accuracy",))
    expected = np.mean([each.predict(asked, task).astype(np.float64) for each in members], axis=0)
    return Model(content, described, Path("made.onnx")), made.iloc[FITTED:], expected


def _trained(configuration: Configuration, part: TrainingPart, seed: int) -> Trained:
    """A network as it starts, its numbers moved."""
    fitted, rows = prepare_training(configuration.prepare, part, 3)
    built = build_network(configuration, rows.features.shape[1:], 1, seed, 0)
    return Trained(configuration, fitted, moved(built.arrays(), 0.4, seed), 1)
