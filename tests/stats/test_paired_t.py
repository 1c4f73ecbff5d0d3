"""Student's t on pairs, plain and corrected for resampled folds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from paribus.stats.paired_t import corrected_t, paired_t

SLEEP = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]) - np.array(
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
)
"""Extra hours of sleep by two drugs, Cushny & Peebles 1905, as in Student 1908."""


def test_it_gives_students_own_example() -> None:
    """Every comparison of seeds would be wrong. Student 1908: mean 1.58, SD (by n) 1.17."""
    found = paired_t(SLEEP)
    assert found.estimate == pytest.approx(-1.58)
    assert found.standard_error == pytest.approx(1.17 / 3, abs=0.005 / 3)
    assert found.p_value == pytest.approx(0.00283289, abs=1e-8)


@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_it_agrees_with_scipy_and_statsmodels(n: int) -> None:
    """A p value that no other program gives."""
    one, other = np.random.default_rng(n).normal(size=(2, n))
    found, reference = paired_t(one - other), stats.ttest_rel(one, other)
    assert found.p_value == pytest.approx(reference.pvalue, abs=1e-8)
    low, high = DescrStatsW(one - other).tconfint_mean()
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=1e-8)


def test_the_correction_is_nadeau_and_bengios() -> None:
    """Folds that share rows would count as independent, and differences be found where none are."""
    values = np.random.default_rng(0).normal(0.3, 1, 50)
    found = corrected_t(values, ratio=1 / 9)
    t = values.mean() / np.sqrt((1 / 50 + 1 / 9) * values.var(ddof=1))
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(t), 49), abs=1e-12)
    assert found.p_value > paired_t(values).p_value


def test_equal_scores_are_no_difference_and_no_error() -> None:
    """Two names of one network would be told apart, or stop the report."""
    found = paired_t(np.zeros(5))
    assert (found.p_value, found.interval.low, found.interval.high) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("values", [[0.2], [0.2, 0.2, 0.2], [0.1 + 0.2, 0.3]])
def test_without_spread_nothing_is_claimed(values: list[float]) -> None:
    """The same small gain over three seeds would be reported with p = 0."""
    found = paired_t(values)
    assert np.isnan(found.p_value)
    assert np.isnan(found.interval.low)


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan")])
def test_a_ratio_that_cannot_be_is_refused(ratio: float) -> None:
    """The correction would silently fall away."""
    with pytest.raises(ValueError, match="ratio must be above 0"):
        corrected_t([0.1, 0.2], ratio)


def test_a_lost_trial_is_not_a_number_to_average() -> None:
    """One diverged trial would turn a whole answer into NaN, unsaid."""
    with pytest.raises(ValueError, match="must be finite"):
        paired_t([0.1, float("nan")])


def test_what_rounding_left_is_no_difference() -> None:
    """Two equal networks whose seeds were averaged in another order would differ with p = 0.01."""
    noise = np.array([1.1e-16, 1.2e-16, 1.0e-16, 1.1e-16])
    assert paired_t(noise).p_value == 1.0
    assert np.isnan(corrected_t(0.3 + noise, 1 / 9).p_value)


def test_small_scores_are_compared_at_their_own_size() -> None:
    """Squared errors of a target in millionths would never differ."""
    values = np.random.default_rng(1).normal(1, 1, 12)
    small = paired_t(values * 1e-13, scale=1e-12)
    assert small.p_value == pytest.approx(paired_t(values).p_value, rel=1e-9)
