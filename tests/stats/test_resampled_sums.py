"""Scores by the weights of rows against the same scores of drawn rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paribus.population.metrics import scores
from paribus.stats.intervals import delong, interval
from paribus.stats.resampled_sums import resampled_rows, resampled_weights, summed_score

CASES = [
    *(("binary", m) for m in ("accuracy", "balanced_accuracy", "recall", "precision", "f1", "mcc")),
    *(("binary", m) for m in ("brier", "log_loss")),
    *(("multiclass", m) for m in ("accuracy", "brier", "log_loss")),
    *(("regression", m) for m in ("mse", "rmse", "mae")),
]


def drawn(kind: str, rows: int = 53, replicates: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    if kind == "multiclass":
        return random.integers(0, 3, rows), random.dirichlet([1, 1, 1], (replicates, rows)).astype(np.float32)
    if kind == "regression":
        return random.normal(size=rows), random.normal(size=(replicates, rows)).astype(np.float32)
    return random.integers(0, 2, rows), random.random((replicates, rows)).astype(np.float32)


@pytest.mark.parametrize(("kind", "metric"), CASES)
def test_weights_give_what_drawn_rows_give(kind: str, metric: str) -> None:
    """The quick way would show other intervals than the plain one."""
    truth, predictions = drawn(kind)
    summed = summed_score(kind, metric, truth, predictions)
    assert summed is not None
    found = np.concatenate([summed(weights) for _, weights in resampled_weights(len(truth), 40)])
    plain = np.concatenate(
        [
            np.mean([scores(kind, [metric], truth[rows], each[rows])[metric] for each in predictions], axis=0)
            for _, rows in resampled_rows(len(truth), 40)
        ]
    )
    np.testing.assert_allclose(found, plain, atol=1e-12)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_a_score_of_ranks_is_no_sum(metric: str) -> None:
    """It would be computed row by row, which means nothing."""
    assert summed_score("binary", metric, *drawn("binary")) is None


def test_the_interval_of_a_mean_area_narrows_with_independent_curves() -> None:
    """Ten seeds would be shown as sure as one, or ten times the same as surer than one."""
    random = np.random.default_rng(2)
    truth = random.integers(0, 2, 300)
    curves = truth + random.normal(size=(10, 300))
    one = delong(truth == 1, curves[0])
    same = delong(truth == 1, np.repeat(curves[:1], 10, axis=0))
    assert (same.low, same.high) == pytest.approx((one.low, one.high))
    several = interval("binary", "roc_auc", truth, curves.astype(np.float32))
    assert several.method == "delong"
    assert several.high - several.low < 0.7 * (one.high - one.low)


@pytest.mark.parametrize("metric", ["roc_auc", "f1"])
def test_the_interval_of_a_mean_over_seeds_covers(metric: str) -> None:
    """Several seeds would be shown surer than they are."""
    random = np.random.default_rng(0)
    truth = random.random(20_000) < 0.4
    signal = random.normal(size=len(truth)) + 1.2 * truth
    curves = np.stack([1 / (1 + np.exp(-signal - 0.8 * random.normal(size=len(truth)))) for _ in range(4)])
    true = np.mean([scores("binary", [metric], truth[None], curve[None])[metric][0] for curve in curves])
    covered = 0
    for _ in range(150):
        rows = random.integers(0, len(truth), 85)
        found = interval("binary", metric, truth[rows].astype(int), curves[:, rows].astype(np.float32))
        covered += found.low <= true <= found.high
    assert covered >= stats.binom.ppf(0.001, 150, 0.93)
