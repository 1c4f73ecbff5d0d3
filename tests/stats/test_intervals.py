"""Intervals against SciPy, published examples and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paribus.stats.intervals import bootstrap, delong, interval, newcombe, paired, wilson


def test_wilson_matches_a_published_example() -> None:
    """Newcombe, Statistics in Medicine 17, 1998, table I: 81 of 263 has 0.2553 to 0.3662."""
    found = wilson(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_nothing_is_known_of_a_share_of_no_rows() -> None:
    """A precision without any positive call would be shown as certain."""
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_a_perfect_score_still_has_a_width() -> None:
    """100 % on 30 rows would be sold as certainty."""
    truth = np.array([1] * 30 + [0] * 50)
    perfect = truth[None].astype(np.float32)
    for metric in ("recall", "precision", "accuracy", "f1", "roc_auc"):
        found = interval("binary", metric, truth, perfect)
        assert found.high == pytest.approx(1.0)
        assert found.low < 0.97, metric


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_perfect_score_of_three_classes_still_has_a_width(seeds: int) -> None:
    """27 rows without a mistake would be sold as certainty: no resample has a mistake either."""
    truth = np.repeat([0, 1, 2], 9)
    perfect = np.repeat(np.eye(3, dtype=np.float32)[truth][None], seeds, axis=0)
    for metric, right in (("accuracy", 27), ("f1", 9)):
        found = interval("multiclass", metric, truth, perfect)
        assert found == wilson(right, right)
    wrong = perfect.copy()
    wrong[:, 0] = wrong[:, 0, ::-1]
    if seeds == 1:
        assert interval("multiclass", "accuracy", truth, wrong) == wilson(26, 27)


@pytest.mark.parametrize("area", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_newcombe_holds_its_own_area(area: float) -> None:
    """An interval that leaves out its own estimate."""
    found = newcombe(area, 32, 53)
    assert 0 <= found.low <= area + 1e-9
    assert area - 1e-9 <= found.high <= 1
    assert found.high - found.low > 0.01


def test_delong_variance_is_that_of_its_definition() -> None:
    """DeLong's variance by its placements, written out as pairs."""
    random = np.random.default_rng(3)
    positive = random.random(90) < 0.4
    scored = positive + random.standard_normal(90)
    x, y = scored[positive], scored[~positive]
    psi = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    variance = psi.mean(1).var(ddof=1) / len(x) + psi.mean(0).var(ddof=1) / len(y)
    area = psi.mean()
    logit, spread = np.log(area / (1 - area)), np.sqrt(variance) / (area * (1 - area))
    low, high = 1 / (1 + np.exp(-(logit + stats.norm.ppf([0.025, 0.975]) * spread)))
    found = delong(positive, scored)
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)


@pytest.mark.parametrize("metric", ["recall", "accuracy", "roc_auc", "f1", "log_loss"])
def test_intervals_cover(metric: str) -> None:
    """A 95 % interval that covers far less: every claim of a report would be too sure."""
    random = np.random.default_rng(11)
    n, runs = 85, 120
    population = random.random(200_000) < 0.37
    noisy = 1 / (1 + np.exp(-(2.0 * population - 1 + random.standard_normal(200_000))))
    from paribus.population.metrics import scores

    true = scores("binary", [metric], population[None], noisy[None])[metric][0]
    covered = 0
    for _ in range(runs):
        rows = random.integers(0, len(population), n)
        found = interval("binary", metric, population[rows].astype(int), noisy[rows][None].astype(np.float32))
        covered += found.low <= true <= found.high
    assert covered >= stats.binom.ppf(0.001, runs, 0.93)


def test_the_bootstrap_repeats_itself() -> None:
    """A report written anew would show other intervals."""
    random = np.random.default_rng(5)
    truth, p = random.integers(0, 3, 60), random.dirichlet([1, 1, 1], (2, 60)).astype(np.float32)
    assert bootstrap("multiclass", "accuracy", truth, p) == bootstrap("multiclass", "accuracy", truth, p)


def test_equal_predictions_do_not_differ() -> None:
    """Two names of one network would be told apart."""
    random = np.random.default_rng(5)
    truth, p = random.integers(0, 2, 60), random.random((1, 60)).astype(np.float32)
    found = paired("binary", "roc_auc", truth, p, p)
    assert (found.low, found.high) == (0.0, 0.0)
