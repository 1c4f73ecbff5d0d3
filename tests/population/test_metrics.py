"""Metrics of all members at once against scikit-learn's, one member at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from paribus.population.metrics import scores
from paribus.study.options import METRICS

BINARY: dict[str, Any] = {
    "accuracy": lambda y, p: sk.accuracy_score(y, p > 0.5),
    "balanced_accuracy": lambda y, p: sk.balanced_accuracy_score(y, p > 0.5),
    "precision": lambda y, p: sk.precision_score(y, p > 0.5, zero_division=0),
    "recall": lambda y, p: sk.recall_score(y, p > 0.5, zero_division=0),
    "f1": lambda y, p: sk.f1_score(y, p > 0.5, zero_division=0),
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": lambda y, p: sk.log_loss(y, p, labels=[0, 1]),
    "brier": sk.brier_score_loss,
    "mcc": lambda y, p: sk.matthews_corrcoef(y, p > 0.5),
}
MULTICLASS: dict[str, Any] = {
    "accuracy": lambda y, p: sk.accuracy_score(y, p.argmax(1)),
    "balanced_accuracy": lambda y, p: sk.balanced_accuracy_score(y, p.argmax(1)),
    "precision": lambda y, p: sk.precision_score(
        y, p.argmax(1), average="macro", zero_division=0, labels=range(3)
    ),
    "recall": lambda y, p: sk.recall_score(y, p.argmax(1), average="macro", zero_division=0, labels=range(3)),
    "f1": lambda y, p: sk.f1_score(y, p.argmax(1), average="macro", zero_division=0, labels=range(3)),
    "roc_auc": lambda y, p: sk.roc_auc_score(y, p, multi_class="ovr"),
    "average_precision": lambda y, p: sk.average_precision_score(np.eye(3)[y], p, average="macro"),
    "brier": lambda y, p: sk.brier_score_loss(y, p, labels=[0, 1, 2]),
    "log_loss": lambda y, p: sk.log_loss(y, p, labels=[0, 1, 2]),
    "mcc": lambda y, p: sk.matthews_corrcoef(y, p.argmax(1)),
}
MULTILABEL: dict[str, Any] = {
    "accuracy": lambda y, p: sk.accuracy_score(y, p > 0.5),
    "precision": lambda y, p: sk.precision_score(y, p > 0.5, average="macro", zero_division=0),
    "recall": lambda y, p: sk.recall_score(y, p > 0.5, average="macro", zero_division=0),
    "f1": lambda y, p: sk.f1_score(y, p > 0.5, average="macro", zero_division=0),
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": lambda y, p: np.mean([sk.log_loss(y[:, n], p[:, n], labels=[0, 1]) for n in range(3)]),
    "brier": lambda y, p: np.mean([sk.brier_score_loss(y[:, n], p[:, n]) for n in range(3)]),
}
REGRESSION: dict[str, Any] = {
    "mse": sk.mean_squared_error,
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "r2": sk.r2_score,
}


@pytest.fixture(autouse=True)
def arithmetic() -> None:
    """Once: nothing is trained here."""


def test_every_metric_of_the_catalogue_is_held_to_scikit_learn() -> None:
    """A metric could be offered that nobody checked."""
    peers_of = {
        "binary": BINARY,
        "multiclass": MULTICLASS,
        "multilabel": MULTILABEL,
        "regression": REGRESSION,
    }
    for kind, peers in peers_of.items():
        assert set(peers) == {name for name, (tasks, _, _) in METRICS.items() if kind in tasks}


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), levels=st.sampled_from([2, 5, 1000]), rows=st.integers(4, 60))
def test_binary(seed: int, levels: int, rows: int) -> None:
    """A score in every table would be another number than the one it is named after; ties included."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, rows)
    truth[:2] = [0, 1]
    p = random.integers(0, levels, (4, rows)) / levels
    found = scores("binary", BINARY, truth, p)
    for metric, peer in BINARY.items():
        np.testing.assert_allclose(
            found[metric], [peer(truth, member) for member in p], atol=1e-9, err_msg=metric
        )


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), rows=st.integers(6, 60))
def test_multiclass(seed: int, rows: int) -> None:
    """As above, for several classes."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, rows)
    truth[:3] = [0, 1, 2]
    p = random.dirichlet([1, 1, 1], (4, rows))
    found = scores("multiclass", MULTICLASS, truth, p)
    for metric, peer in MULTICLASS.items():
        np.testing.assert_allclose(
            found[metric], [peer(truth, member) for member in p], atol=1e-9, err_msg=metric
        )


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), rows=st.integers(4, 60))
def test_multilabel(seed: int, rows: int) -> None:
    """As above, for several labels."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 2, (rows, 3))
    truth[:2] = [[0], [1]]
    p = random.integers(0, 8, (4, rows, 3)) / 8
    found = scores("multilabel", MULTILABEL, truth, p)
    for metric, peer in MULTILABEL.items():
        np.testing.assert_allclose(
            found[metric], [peer(truth, member) for member in p], atol=1e-9, err_msg=metric
        )


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), rows=st.integers(3, 60))
def test_several_targets(seed: int, rows: int) -> None:
    """As above, for several values."""
    random = np.random.default_rng(seed)
    truth, values = random.standard_normal((rows, 2)), random.standard_normal((4, rows, 2))
    found = scores("regression", REGRESSION, truth, values)
    for metric, peer in REGRESSION.items():
        np.testing.assert_allclose(found[metric], [peer(truth, member) for member in values], atol=1e-9)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), rows=st.integers(3, 60))
def test_regression(seed: int, rows: int) -> None:
    """As above, for values."""
    random = np.random.default_rng(seed)
    truth, values = random.standard_normal(rows), random.standard_normal((4, rows))
    found = scores("regression", REGRESSION, truth, values)
    for metric, peer in REGRESSION.items():
        np.testing.assert_allclose(found[metric], [peer(truth, member) for member in values], atol=1e-9)


def test_truth_may_differ_by_member() -> None:
    """The bootstrap, which resamples rows, would judge by the wrong truth."""
    random = np.random.default_rng(0)
    truth, p = random.integers(0, 2, (5, 30)), random.random((5, 30))
    found = scores("binary", BINARY, truth, p)
    for metric in BINARY:
        alone = [scores("binary", [metric], truth[n], p[n : n + 1])[metric][0] for n in range(5)]
        np.testing.assert_allclose(found[metric], alone, atol=1e-12)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_one_class_has_no_curve(metric: str) -> None:
    """An area would be made up where there is none."""
    value = scores("binary", [metric], np.zeros(5), np.random.default_rng(0).random((2, 5)))[metric]
    assert np.isnan(value).all() if metric == "roc_auc" else (value == 0).all()
