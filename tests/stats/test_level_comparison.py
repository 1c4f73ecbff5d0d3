"""A question's levels in pairs, and all questions as one family."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from paribus.stats.citations import cite
from paribus.stats.level_comparison import adjust, compare_levels

RANDOM = np.random.default_rng(0)
SHARED = RANDOM.normal(0.9, 0.02, (1, 10))
LEVELS = [SHARED + RANDOM.normal(shift, 0.002, (1, 10)) for shift in (0.0, 0.001, -0.05)]
PARAMETERS = [100, 400, 50]


def test_the_simplest_of_the_same_is_chosen() -> None:
    """64 units would be recommended where 16 are the same, with a quarter of the parameters."""
    found = compare_levels(LEVELS, PARAMETERS, margin=0.005)
    assert (found.best, found.chosen) == (1, 0)
    assert found.between(2, 1).compared.equivalence.decision == "different"
    assert compare_levels(LEVELS, PARAMETERS).chosen == 1
    with pytest.raises(KeyError):
        found.between(0, 3)


def test_smaller_losses_are_better() -> None:
    """The worst level of a loss would be chosen."""
    found = compare_levels(LEVELS, PARAMETERS, larger_is_better=False)
    assert (found.best, found.chosen) == (2, 2)


def test_a_study_is_one_family() -> None:
    """Ten questions of three pairs would find one difference by chance in most studies."""
    questions = [compare_levels(LEVELS, PARAMETERS), compare_levels(LEVELS[:2], PARAMETERS[:2])]
    found = [pair for each in adjust(questions) for pair in each.pairs]
    raw = [pair.compared.main.p_value for pair in found]
    assert [pair.adjusted_p for pair in found] == pytest.approx(
        multipletests(raw, method="holm")[1].tolist(), abs=1e-12
    )
    assert adjust([]) == ()


def test_any_difference_is_asked_of_seeds_alone() -> None:
    """Folds that share rows would be ranked as independent blocks."""
    overall = compare_levels(LEVELS, PARAMETERS).overall
    assert overall is not None
    assert overall.n == 10
    assert compare_levels(LEVELS[:2], PARAMETERS[:2]).overall is None
    folds = [np.tile(level, (5, 1)) + RANDOM.normal(0, 0.01, (5, 10)) for level in LEVELS]
    assert compare_levels(folds, PARAMETERS, ratio=0.25).overall is None


def test_five_seeds_say_what_they_cannot_reach() -> None:
    """p = 0.0625 would be read as nearly a finding, where five pairs can give no less."""
    found = compare_levels([level[:, :5] for level in LEVELS], PARAMETERS)
    for test in found.between(1, 2).compared.beside:
        assert test.p_value == test.smallest_p == 0.0625
        assert test.pairs_needed == 6


def test_a_lost_trial_leaves_the_others() -> None:
    """One diverged seed of one level would end the answer."""
    lost = [LEVELS[0].copy(), LEVELS[1], LEVELS[2]]
    lost[0][0, 3] = np.nan
    found = compare_levels(lost, PARAMETERS)
    assert found.between(0, 1).compared.left_out == 1
    assert found.between(1, 2).compared.left_out == 0
    assert found.overall is not None
    assert found.overall.n == 9
    assert len(cite(found.methods)) == len(found.methods)
    with pytest.raises(ValueError, match="two levels or more"):
        compare_levels(LEVELS[:1], PARAMETERS[:1])


def test_a_lost_hard_fold_flatters_nobody() -> None:
    """A level that diverged on the hardest fold would have the best mean, and be recommended."""
    steady = np.array([[0.9, 0.9], [0.5, 0.5], [0.9, 0.9]])
    lost = np.array([[0.85, 0.85], [np.nan, np.nan], [0.85, 0.85]])
    found = compare_levels([steady, lost], [1, 1], ratio=0.5)
    assert found.means == pytest.approx((0.9, 0.85))
    assert found.best == 0
