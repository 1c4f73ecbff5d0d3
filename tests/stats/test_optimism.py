"""What choosing costs."""

from __future__ import annotations

import numpy as np
import pytest

from paribus.population.metrics import scores
from paribus.stats.optimism import optimism
from paribus.stats.resampled_areas import resampled_areas


def test_the_best_of_many_coins_is_worth_a_coin() -> None:
    """Winner's curse: 0.7 out of random labels would be reported as a finding."""
    corrected, naive = [], []
    for seed in range(8):
        random = np.random.default_rng(seed)
        truth = random.integers(0, 2, 85)
        found = optimism("binary", "accuracy", truth, random.random((400, 85)).astype(np.float32))
        assert found is not None
        corrected.append(found.corrected)
        naive.append(found.naive)
        assert found.optimism > 0.05
    assert np.mean(naive) > 0.62
    assert abs(np.mean(corrected) - 0.5) < 0.04


def test_a_clear_winner_costs_little() -> None:
    """An honest choice would be punished."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 200)
    p = random.random((50, 200)).astype(np.float32)
    p[7] = 0.9 * truth + 0.05
    found = optimism("binary", "roc_auc", truth, p)
    assert found is not None
    assert found.naive == found.corrected == 1.0


def test_smaller_is_better_where_it_is() -> None:
    """The optimism of a loss would have the wrong sign."""
    random = np.random.default_rng(0)
    truth = random.standard_normal(60)
    found = optimism("regression", "rmse", truth, random.standard_normal((100, 60)).astype(np.float32))
    assert found is not None
    assert found.corrected > found.naive
    assert found.optimism > 0


def test_one_configuration_was_not_chosen() -> None:
    """A cost would be made up where there was no choice."""
    assert optimism("binary", "accuracy", np.array([0, 1]), np.zeros((1, 2), np.float32)) is None


def test_areas_of_resamples_are_those_of_sorting_anew() -> None:
    """The cost of choosing by the ROC curve would be that of other rows, or of ties broken by chance."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 40) == 1
    p = np.round(random.random((30, 40)), 1).astype(np.float32)
    resamples = [random.integers(0, 40, 40) for _ in range(5)] + [np.flatnonzero(truth)]
    found = resampled_areas(truth, p, resamples)
    for rows, areas in zip(resamples, found, strict=True):
        expected = scores("binary", ["roc_auc"], truth[rows], p[:, rows])["roc_auc"]
        assert np.array_equal(areas, expected, equal_nan=True)
    assert np.isnan(found[-1]).all()


@pytest.mark.parametrize("metric", ["roc_auc", "recall", "brier"])
def test_many_configurations_are_scored_some_at_a_time(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study with more configurations would be judged differently."""
    random = np.random.default_rng(2)
    truth = random.integers(0, 2, 50)
    p = random.random((60, 50)).astype(np.float32)
    whole = optimism("binary", metric, truth, p)
    monkeypatch.setattr("paribus.stats.optimism.TOGETHER", 700)
    assert optimism("binary", metric, truth, p) == whole
