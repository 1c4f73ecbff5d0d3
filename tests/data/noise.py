"""Rows whose labels are chance, prepared rightly and wrongly: what a network's accuracy is then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from numpy.typing import NDArray
from sklearn.feature_selection import SelectKBest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from paribus.data.split import Split
from paribus.data.table import Table
from paribus.engines import ENGINES
from paribus.execute.pool import Pool
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import lineages_of, train
from paribus.population.outcome import FoldArrays, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.plan import Trial
from paribus.study.spec import Prepare, Protocol, Study

METRICS = ("accuracy", "balanced_accuracy")
TASK = Task("binary", 1, METRICS)
Scores = dict[Prepare, dict[str, float]]
"""Each pipeline's mean validation accuracy, and balanced accuracy, over the folds."""
FOLDS = Protocol(test=0, validation="kfold:10")


def noise(repetition: int, classes: tuple[int, int]) -> pd.DataFrame:
    """2,000 random features, and so many labels of each class that have nothing to do with them."""
    generator = np.random.default_rng(repetition)
    features = generator.standard_normal((sum(classes), 2000)).astype(np.float32)
    labels = generator.permutation(np.repeat(["n", "p"], classes))
    return pd.DataFrame(features, columns=[f"g{place}" for place in range(2000)]).assign(y=labels)


def pipelines(select: Sequence[str], resample: Sequence[str], scale: Sequence[str]) -> list[Configuration]:
    """A small network behind each combination."""
    return [
        Configuration.base(
            Study(
                name="noise",
                data={"source": "noise", "target": "y"},
                prepare=Prepare(select=selector, resample=sampler, scale=scaler),
                network={"hidden": [8]},
                train={"epochs": 20, "learning_rate": 0.01, "batch_size": 32},
            )
        )
        for selector in select
        for sampler in resample
        for scaler in scale
    ]


def _trials(configurations: Sequence[Configuration], parts: Split) -> list[Trial]:
    return [Trial("noise", each, fold, 1) for each in configurations for fold in range(len(parts.folds))]


def honest(configurations: Sequence[Configuration], parts: Split, seed: int) -> Scores:
    """The pipelines as paribus fits them: on each fold's training part alone."""
    with TemporaryDirectory() as folder, Pool(1) as pool:
        shelf = Shelf(Path(folder), parts, seed)
        found = [o for done in train(_trials(configurations, parts), (), shelf, pool, TASK) for o in done]
    return _means(configurations, found)


def leaking(configurations: Sequence[Configuration], loaded: Table, parts: Split) -> Scores:
    """The same networks in the same folds behind `kbest` pipelines that were fitted on all rows first.

    Written here alone: paribus has no way to say it.
    """
    found: list[Outcome] = []
    for lineage in lineages_of(_trials(configurations, parts)):
        held_out = parts.folds[lineage.fold].validation.rows
        fold = {lineage.data: _leaking_fold(lineage.configuration.prepare, loaded, held_out)}
        found += ENGINES["population"].train([lineage], fold, TASK)
    return _means(configurations, found)


def _leaking_fold(prepare: Prepare, loaded: Table, held_out: NDArray[np.int64]) -> FoldArrays:
    scaler = {"standard": StandardScaler, "minmax": MinMaxScaler}[prepare.scale]()
    scaled = scaler.fit_transform(loaded.features.numbers())
    rows, codes = SelectKBest(k=prepare.n_selected).fit_transform(scaled, loaded.target), loaded.target
    if prepare.resample == "smote":
        rows, codes = SMOTE(random_state=0).fit_resample(rows, codes)
    training = np.setdiff1d(np.arange(len(rows)), held_out)
    rows = rows.astype(np.float32)
    return FoldArrays(rows[training], codes[training], rows[held_out], codes[held_out])


def _means(configurations: Sequence[Configuration], found: Sequence[Outcome]) -> Scores:
    scores: dict[str, list[list[float]]] = {}
    for outcome in found:
        scores.setdefault(outcome.config_id, []).append([outcome.val[metric] for metric in METRICS])
    return {
        each.prepare: dict(zip(METRICS, np.mean(scores[each.config_id], axis=0), strict=True))
        for each in configurations
    }
