"""What every engine must keep: the one contract suite."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from paribus.engines import ENGINES
from paribus.population.outcome import Lineage
from paribus.study.spec import EarlyStopping
from tests.draw import FOLD, KINDS, TASKS, configuration, fold, relative, same
from tests.engines.within import random_fold_within, within

OPTIONAL = ("keras", "tensorflow")
pytestmark = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.keras if name in OPTIONAL else ()) for name in ENGINES]
)


@pytest.mark.parametrize("kind", KINDS)
def test_an_outcome_says_everything(name: str, kind: str) -> None:
    """A column of trials.csv would be empty."""
    lineage = Lineage(configuration(epochs=4), (2, 4), 0, 7)
    short, long = ENGINES[name].train([lineage], {FOLD: fold(kind)}, TASKS[kind])
    assert (short.status, long.status) == ("done", "done")
    assert (short.epochs_run, long.epochs_run) == (2, 4)
    assert short.config_id == lineage.configuration.with_epochs(2).config_id
    assert long.n_parameters == sum(matrix.size for matrix in long.weights)
    assert set(long.val) == set(long.train) == set(TASKS[kind].metrics)
    assert set(long.curves) == {"loss", "val_loss", *(f"val_{metric}" for metric in TASKS[kind].metrics)}
    assert all(len(curve) == 4 for curve in long.curves.values())
    assert long.predictions is not None
    assert len(long.predictions) == 25


def test_epoch_levels_are_prefixes(name: str) -> None:
    """A level of train.epochs would depend on which other levels the study has."""
    stopping = EarlyStopping(patience=2)
    network = {} if name == "sklearn" else {"dropout": 0.3}
    made = configuration(network, epochs=12, learning_rate=0.03, early_stopping=stopping)
    data, task = {FOLD: fold("binary")}, TASKS["binary"]
    together = ENGINES[name].train([Lineage(made, (3, 6, 12), 0, 1)], data, task)
    for outcome, epochs in zip(together, (3, 6, 12), strict=True):
        (alone,) = ENGINES[name].train([Lineage(made.with_epochs(epochs), (epochs,), 0, 1)], data, task)
        assert same(alone, outcome)


def test_early_stopping_keeps_the_best_epoch(name: str) -> None:
    """The weights of a worse epoch would be judged and delivered."""
    stopping = EarlyStopping(monitor="val_loss", patience=3)
    lineage = Lineage(configuration(epochs=80, learning_rate=0.05, early_stopping=stopping), (80,), 0, 3)
    (outcome,) = ENGINES[name].train([lineage], {FOLD: fold("binary")}, TASKS["binary"])
    losses = outcome.curves["val_loss"]
    assert outcome.epochs_run < 80
    assert outcome.best_epoch == int(np.argmin(losses)) + 1
    assert outcome.epochs_run == outcome.best_epoch + 3
    assert outcome.val["log_loss"] == pytest.approx(losses.min(), rel=1e-3)


def test_without_early_stopping_the_last_epoch_counts(name: str) -> None:
    """A study without early stopping would silently get it."""
    lineage = Lineage(configuration(epochs=30, learning_rate=0.05), (30,), 0, 3)
    (outcome,) = ENGINES[name].train([lineage], {FOLD: fold("binary")}, TASKS["binary"])
    assert outcome.epochs_run == 30
    assert outcome.val["log_loss"] == pytest.approx(outcome.curves["val_loss"][-1], rel=1e-3)


def test_a_metric_that_should_rise_is_monitored_upwards(name: str) -> None:
    """Early stopping on a score would keep the worst epoch."""
    stopping = EarlyStopping(monitor="val_roc_auc", patience=4)
    lineage = Lineage(configuration(epochs=40, early_stopping=stopping), (40,), 0, 3)
    (outcome,) = ENGINES[name].train([lineage], {FOLD: fold("binary")}, TASKS["binary"])
    assert outcome.val["roc_auc"] == pytest.approx(outcome.curves["val_roc_auc"].max())


def test_divergence_is_an_outcome(name: str) -> None:
    """A study of many would end because one network overflowed."""
    lineage = Lineage(
        configuration({"activation": "linear"}, optimizer="sgd", learning_rate=1e6, epochs=50), (1, 50), 0, 1
    )
    outcomes = ENGINES[name].train([lineage], {FOLD: fold("regression")}, TASKS["regression"])
    assert outcomes[-1].status == "diverged"
    assert f"epoch {outcomes[-1].epochs_run}" in outcomes[-1].reason
    assert outcomes[-1].val == {}
    assert outcomes[-1].weights == ()


def test_a_loss_that_does_not_fit_is_refused(name: str) -> None:
    """A regression would be trained on class losses."""
    made = configuration(loss="binary_crossentropy")
    assert ENGINES[name].refusal(made, TASKS["binary"]) is None
    assert "categorical_crossentropy" in (ENGINES[name].refusal(made, TASKS["multiclass"]) or "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(7))
def test_it_agrees_with_the_reference(name: str, kind: str, seed: int) -> None:
    """Every number of every report would rest on an engine that computes something else."""
    random = Random(100 * seed + len(kind))
    lineage = Lineage(within(name, random, kind), (5,), 0, seed)
    data, task = {lineage.data: random_fold_within(name, random, kind, seed)}, TASKS[kind]
    assert ENGINES[name].refusal(lineage.configuration, task) is None
    (outcome,) = ENGINES[name].train([lineage], data, task)
    (reference,) = ENGINES["numpy"].train([lineage], data, task)
    assert (outcome.config_id, outcome.epochs_run) == (reference.config_id, reference.epochs_run)
    assert outcome.curves.keys() == reference.curves.keys()
    for ours, theirs in zip(outcome.weights, reference.weights, strict=True):
        assert relative(ours, theirs) < 1e-4
    for curve, values in reference.curves.items():
        if "loss" in curve:
            assert relative(outcome.curves[curve], values) < 1e-4
