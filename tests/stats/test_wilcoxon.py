"""Wilcoxon's signed ranks, exact."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from paribus.stats.wilcoxon import wilcoxon

DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=float)
"""Eighths of an inch by which crossed plants exceed self-fertilised ones, Darwin 1876, in Fisher 1935."""


@pytest.mark.parametrize("n", [3, 6, 10, 25, 50])
def test_it_agrees_with_scipy(n: int) -> None:
    """A p value that no other program gives."""
    values = np.random.default_rng(n).normal(0.3, 1, n)
    assert wilcoxon(values).p_value == pytest.approx(stats.wilcoxon(values, method="exact").pvalue, abs=1e-8)


def test_many_pairs_agree_with_scipys_approximation() -> None:
    """A study of hundreds of folds would stop, or take minutes."""
    values = np.random.default_rng(1).normal(0.1, 1, 400)
    reference = stats.wilcoxon(values, method="asymptotic", correction=True).pvalue  # type: ignore[call-overload]
    assert wilcoxon(values).p_value == pytest.approx(reference, abs=1e-8)


def test_darwins_plants() -> None:
    """A published worked example: rank sum 24 of 15 pairs, two-sided p 0.0413."""
    found = wilcoxon(DARWIN)
    assert found.p_value == pytest.approx(0.04125977, abs=1e-8)
    assert found.interval.low <= found.estimate <= found.interval.high


@pytest.mark.parametrize("seed", range(5))
def test_ties_and_zeros_are_counted_out(seed: int) -> None:
    """Scores on 85 rows tie all the time: an approximation there gives p values out of reach."""
    values = np.random.default_rng(seed).integers(-3, 5, 9).astype(float)
    moved = values[values != 0]
    ranks = stats.rankdata(np.abs(moved))
    observed = abs(ranks[moved > 0].sum() - ranks.sum() / 2)
    sums = [ranks @ pattern for pattern in product([0, 1], repeat=len(moved))]
    p = np.mean([abs(each - ranks.sum() / 2) >= observed - 1e-9 for each in sums])
    assert wilcoxon(values).p_value == pytest.approx(p, abs=1e-12)


def test_five_pairs_say_how_little_they_can() -> None:
    """A reader would take p = 0.0625 for a small effect: five pairs can't give less."""
    found = wilcoxon([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found.p_value == found.smallest_p == 0.0625
    assert found.pairs_needed == 6
    assert (found.interval.low, found.interval.high) == (-np.inf, np.inf)
    assert wilcoxon(np.arange(1.0, 7)).p_value == 0.03125


@pytest.mark.parametrize("n", [6, 8, 12])
def test_the_interval_leaves_out_zero_when_the_test_does(n: int) -> None:
    """Interval and p value of one line would contradict each other."""
    random = np.random.default_rng(n)
    for _ in range(100):
        found = wilcoxon(random.normal(0.6, 1, n))
        assert (found.p_value <= 0.05) == (found.interval.low > 0 or found.interval.high < 0)


def test_no_difference_at_all() -> None:
    """Two equal configurations would stop the report."""
    assert wilcoxon(np.zeros(8)).p_value == 1.0


HAMILTON = np.array([0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010])
"""Fall of a depression factor, first visit minus second: Hollander & Wolfe 1973, table 3.1 (nine patients),
as in the help page of R's wilcox.test."""


def test_hollander_and_wolfes_example() -> None:
    """Estimate and interval would not be those of R and of the textbook: 0.46, 0.010 to 0.786."""
    found = wilcoxon(HAMILTON)
    assert found.p_value == pytest.approx(0.0390625, abs=1e-12)
    assert found.estimate == pytest.approx(0.46, abs=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.010, 0.786), abs=1e-12)


def test_equal_shares_tie_whatever_their_last_bits() -> None:
    """80/85 − 78/85 and 23/85 − 21/85 would get different ranks, and so another p value."""
    right = np.array([80, 11, 22, 23, 46, 60, 77])
    other = np.array([78, 13, 20, 21, 48, 55, 76])
    shares, counts = right / 85 - other / 85, (right - other).astype(float)
    assert len(set(np.abs(shares))) > len(set(np.abs(counts)))
    assert wilcoxon(shares).p_value == wilcoxon(counts).p_value
