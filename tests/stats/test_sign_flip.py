"""The permutation test over signs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paribus.stats.comparison import differences, pairs_needed, smallest_p
from paribus.stats.sign_flip import sign_flip
from tests.stats.test_wilcoxon import DARWIN


def test_it_gives_fishers_own_example() -> None:
    """Fisher 1935, section 21: 1,726 of the 32,768 patterns, 5.267 %."""
    assert sign_flip(DARWIN).p_value == 1726 / 32768


@pytest.mark.parametrize("n", [4, 7, 12])
def test_it_agrees_with_scipy(n: int) -> None:
    """A p value that no other program gives."""
    values = np.random.default_rng(n).normal(0.4, 1, n)
    reference = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=2**13
    ).pvalue
    assert sign_flip(values).p_value == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("n", [6, 9, 12])
def test_the_interval_leaves_out_zero_when_the_test_does(n: int) -> None:
    """Interval and p value of one line would contradict each other."""
    random = np.random.default_rng(n)
    for _ in range(60):
        found = sign_flip(random.normal(0.6, 1, n))
        assert (found.p_value <= 0.05) == (found.interval.low > 0 or found.interval.high < 0)


def test_few_pairs_have_no_bounds() -> None:
    """Five seeds would be sold as 95 % certainty."""
    found = sign_flip([0.1, 0.2, 0.3, 0.25, 0.15])
    assert found.p_value == found.smallest_p == 0.0625
    assert np.isinf([found.interval.low, found.interval.high]).all()


def test_many_pairs_are_drawn_and_repeat_themselves() -> None:
    """A report written anew would show other numbers, or a thousand folds would never end."""
    values = np.random.default_rng(2).normal(0.2, 1, 60)
    found = sign_flip(values)
    assert found == sign_flip(values)
    assert found.p_value == pytest.approx(stats.ttest_1samp(values, 0).pvalue, abs=0.02)
    assert found.p_value >= found.smallest_p


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.05 / 7, 0.0625])
def test_the_pairs_needed_are_the_fewest(alpha: float) -> None:
    """A user would train too few seeds again."""
    needed = pairs_needed(alpha)
    assert smallest_p(needed) <= alpha < smallest_p(needed - 1)


def test_pairs_need_both_sides() -> None:
    """Scores of other folds would be subtracted from each other."""
    with pytest.raises(ValueError, match="received 2 and 3"):
        differences([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="one row"):
        sign_flip([])
