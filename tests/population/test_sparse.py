"""Sparse rows against the same rows written out."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from paribus.engines import ENGINES
from paribus.networks.predict import predict
from paribus.population.outcome import FoldArrays, Lineage, Outcome
from paribus.study.configuration import Configuration
from tests.draw import FOLD, KINDS, TASKS, configuration, random_configuration, random_fold, relative

FEATURES = 70
"""More than one stripe of the native code's gradient."""


def thinned(arrays: FoldArrays, share: float = 0.85) -> FoldArrays:
    """The fold with most of its features 0, a row and a column of nothing among them."""
    random = np.random.default_rng(1)

    def thin(rows: Any) -> Any:
        kept = np.where(random.random(rows.shape) < share, 0, rows).astype(np.float32)
        kept[3], kept[:, 5] = 0, 0
        return kept

    stop = None if arrays.stop_x is None else thin(arrays.stop_x)
    return replace(arrays, train_x=thin(arrays.train_x), val_x=thin(arrays.val_x), stop_x=stop)


def sparse(arrays: FoldArrays) -> FoldArrays:
    """The same fold, its features stored as sparse rows."""
    stop = None if arrays.stop_x is None else csr_array(arrays.stop_x)
    return replace(arrays, train_x=csr_array(arrays.train_x), val_x=csr_array(arrays.val_x), stop_x=stop)


def drawn(kind: str, seed: int) -> tuple[Lineage, FoldArrays]:
    """A random training on a thin fold. Where a step is a sign, rounding may turn it: not by lion."""
    random = Random(seed)
    arrays = thinned(random_fold(random, kind, seed, train=131, features=FEATURES))
    found = random_configuration(random, kind)
    while found.train.optimizer == "lion":
        found = random_configuration(random, kind)
    network = found.network.model_copy(update={"input_noise": 0.0})
    return Lineage(Configuration(found.prepare, network, found.train), (5,), 0, seed), arrays


def train(engine: str, lineages: list[Lineage], arrays: FoldArrays, kind: str) -> list[Outcome]:
    return ENGINES[engine].train(lineages, {FOLD: arrays}, TASKS[kind])


@pytest.mark.parametrize("engine", ["population", "numpy"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_sparse_rows_train_what_dense_rows_train(engine: str, kind: str, seed: int) -> None:
    """A text study would be about other networks than the same words in a table."""
    lineage, arrays = drawn(kind, seed)
    (ours,), (theirs,) = (train(engine, [lineage], each, kind) for each in (sparse(arrays), arrays))
    assert (ours.epochs_run, ours.best_epoch, ours.status) == (
        theirs.epochs_run,
        theirs.best_epoch,
        theirs.status,
    )
    for one, other in zip(ours.weights, theirs.weights, strict=True):
        assert relative(one, other) < (1e-4 if engine == "population" else 1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden", [(), (8,), (50, 3)])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_every_weight_moves_as_its_optimizer_says(kind: str, hidden: tuple[int, ...], optimizer: str) -> None:
    """Words that a batch lacks would be left out of the optimizer's averages and of the penalties."""
    settings = configuration(
        {"hidden": hidden}, optimizer=optimizer, learning_rate=1e-3, l2=1e-3, batch_size=32, epochs=4
    )
    arrays = thinned(random_fold(Random(3), kind, 3, train=131, features=FEATURES))
    lineage = Lineage(settings, (4,), 0, 3)
    (ours,), (theirs,) = (train("population", [lineage], each, kind) for each in (sparse(arrays), arrays))
    for one, other in zip(ours.weights, theirs.weights, strict=True):
        assert relative(one, other) < 1e-5


def test_company_changes_no_bit() -> None:
    """A review's score would depend on which other networks were trained that day."""
    kind = "binary"
    arrays = sparse(thinned(random_fold(Random(3), kind, 3, train=131, features=FEATURES)))
    lineages = [
        Lineage(
            configuration({"hidden": (units,)}, learning_rate=rate, batch_size=batch, epochs=4), (4,), 0, 1
        )
        for units in (8, 17)
        for rate in (1e-3, 1e-2)
        for batch in (16, 50)
    ]
    together = {outcome.config_id: outcome for outcome in train("population", lineages, arrays, kind)}
    for lineage in lineages:
        (alone,) = train("population", [lineage], arrays, kind)
        for one, other in zip(alone.weights, together[alone.config_id].weights, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("hidden", [(), (8, 4)])
def test_predictions_of_sparse_rows_are_those_of_dense_rows(hidden: tuple[int, ...]) -> None:
    """The sealed part would be judged by other predictions than those that networks make."""
    settings = configuration({"hidden": hidden, "norm": "batch" if hidden else "none"}, epochs=2)
    arrays = thinned(random_fold(Random(3), "multiclass", 3, train=131, features=FEATURES))
    (outcome,) = train("population", [Lineage(settings, (2,), 0, 3)], arrays, "multiclass")
    ours, theirs = (
        predict(settings, outcome.weights, rows, "multiclass", 3)
        for rows in (csr_array(arrays.val_x), arrays.val_x)
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
