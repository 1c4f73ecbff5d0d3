"""Two configurations compared by what their replicates allow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import ttost_paired

from paribus.stats.citations import cite
from paribus.stats.compare import compare
from paribus.stats.effect_size import effect_size, small_sample_correction
from paribus.stats.equivalence import decide, equivalence
from paribus.stats.intervals import Interval
from paribus.stats.paired_t import paired_t
from paribus.stats.pairing import pairing
from paribus.stats.settle import pairs_to_settle, power


def test_pairing_removes_what_both_share() -> None:
    """A report could not say what "other things equal" is worth."""
    random = np.random.default_rng(0)
    shared, noise = random.normal(0, 1, 4000), random.normal(0, 0.1, (2, 4000))
    found = pairing(shared + noise[0], shared + noise[1])
    assert found.sd_unpaired == pytest.approx(np.sqrt(2.02), rel=0.05)
    assert found.sd_paired == pytest.approx(np.sqrt(0.02), rel=0.05)
    assert found.variance_removed == pytest.approx(0.99, abs=0.005)


def test_the_correlation_is_pearsons_for_equal_spreads() -> None:
    """The strength of the pairing would be misstated."""
    one, other = np.random.default_rng(1).normal(size=(2, 30))
    assert pairing(one, other).correlation == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-12)
    assert np.isnan(pairing([0.1], [0.2]).variance_removed)


def test_the_effect_has_its_noncentral_interval() -> None:
    """An effect of 0.8 on 10 seeds would be read as large and certain."""
    values = np.random.default_rng(3).normal(0.8, 1, 10)
    found = effect_size(values)
    t = found.estimate * np.sqrt(10)
    assert t == pytest.approx(stats.ttest_1samp(values, 0).statistic)
    assert stats.nct.sf(t, 9, found.interval.low * np.sqrt(10)) == pytest.approx(0.025, abs=1e-8)
    assert stats.nct.cdf(t, 9, found.interval.high * np.sqrt(10)) == pytest.approx(0.025, abs=1e-8)
    assert abs(found.hedges_g) < abs(found.estimate)


@pytest.mark.parametrize("degrees", [2, 5, 30, 1000])
def test_hedges_correction_is_the_exact_one(degrees: int) -> None:
    """Effects of few seeds would stay too large. Hedges 1981: about 1 − 3 / (4 m − 1)."""
    assert small_sample_correction(degrees) == pytest.approx(1 - 3 / (4 * degrees - 1), abs=0.02 / degrees)


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.5, 2.0])
def test_equivalence_agrees_with_statsmodels(margin: float) -> None:
    """ "The same within" would be said by another rule than Schuirmann's."""
    one, other = np.random.default_rng(4).normal(size=(2, 15))
    found = equivalence(paired_t(one - other), margin)
    assert found.p_value == pytest.approx(ttost_paired(one, other, -margin, margin)[0], abs=1e-8)
    assert (found.decision == "the same within") == (found.p_value < 0.025)


@pytest.mark.parametrize(
    ("low", "high", "decided"),
    [
        (-0.1, 0.3, "the same within"),
        (0.1, 0.4, "the same within"),
        (0.6, 0.9, "different"),
        (-0.9, -0.6, "different"),
        (0.4, 0.9, "open"),
        (-0.6, 0.1, "open"),
        (-np.inf, np.inf, "open"),
        (np.nan, np.nan, "open"),
    ],
)
def test_the_interval_decides(low: float, high: float, decided: str) -> None:
    """A difference too small to matter would be called a finding, or an open question settled."""
    assert decide(Interval(low, high, "paired_t"), 0.5) == decided


def test_without_a_margin_it_is_whether_zero_is_left_out() -> None:
    """No study without a margin could be answered, or one be called equal by an empty region."""
    assert decide(Interval(0.01, 0.2, "paired_t"), 0.0) == "different"
    assert decide(Interval(-0.01, 0.2, "paired_t"), 0.0) == "open"
    with pytest.raises(ValueError, match="0 or more"):
        decide(Interval(0, 1, "paired_t"), -0.1)


@pytest.mark.parametrize("effect", [0.2, 0.5, 0.8, 1.5, 4.0])
def test_the_seeds_needed_are_statsmodels(effect: float) -> None:
    """A user would train too few seeds, or ten times too many."""
    needed = pairs_to_settle(1.0, effect)
    assert needed is not None
    assert power(effect, needed) == pytest.approx(TTestPower().power(effect, needed, 0.05), abs=1e-8)
    assert power(effect, needed) >= 0.8
    assert needed == 2 or power(effect, needed - 1) < 0.8


def test_far_effects_have_a_power_and_an_interval() -> None:
    """A report would stop at a clear difference: SciPy's noncentral t is NaN far out."""
    assert power(20.0, 30) == 1.0
    random = np.random.default_rng(0)
    for _ in range(300):
        found = effect_size(random.normal(random.normal(0, 8), 1, random.integers(2, 8)))
        assert found.interval.low < found.estimate < found.interval.high


def test_what_no_number_of_seeds_settles() -> None:
    """A search that never ends, or a promise of seeds that can't be kept."""
    assert pairs_to_settle(1.0, 0.5, margin=0.5) is None
    assert pairs_to_settle(1.0, 0.2, ratio=0.5) is None  # folds that share rows: a floor stays


def test_seeds_on_one_split_are_the_pairs() -> None:
    """One split's seeds would be judged by the correction for folds."""
    random = np.random.default_rng(5)
    one, other = random.normal(0.9, 0.01, (1, 10)), random.normal(0.9, 0.01, (1, 10))
    found = compare(one, other)
    assert found.replicates == "seeds"
    assert found.main.p_value == pytest.approx(stats.ttest_rel(one[0], other[0]).pvalue, abs=1e-12)
    assert [each.method for each in found.beside] == ["wilcoxon", "sign_flip"]
    assert found.equivalence.decision == "open"
    assert found.needed is None or found.needed > 10
    assert len(cite(found.methods)) == len(found.methods)


def test_splits_are_the_pairs_where_there_are_several() -> None:
    """Seeds on shared rows would pass for independent evidence."""
    random = np.random.default_rng(6)
    one, other = random.normal(0.9, 0.01, (10, 4)), random.normal(0.8, 0.01, (10, 4))
    found = compare(one, other, ratio=1 / 9, margin=0.01)
    assert (found.main.n, found.main.method, found.beside) == (10, "corrected_t", ())
    assert found.main.estimate == pytest.approx((one - other).mean())
    assert found.equivalence.decision == "different"
    with pytest.raises(ValueError, match="ratio"):
        compare(one, other)


def test_a_lost_trial_takes_its_pair_with_it() -> None:
    """A diverged seed would be compared with nothing, or end the report."""
    one, other = np.array([[0.9, np.nan, 0.8, 0.85]]), np.array([[0.8, 0.7, 0.75, np.nan]])
    found = compare(one, other)
    assert (found.main.n, found.left_out) == (2, 2)
    with pytest.raises(ValueError, match="no pair is left"):
        compare([[np.nan]], [[1.0]])


@pytest.mark.parametrize("value", [0.1, 0.3, 1e9])
def test_the_same_gain_on_every_seed_is_no_infinite_effect(value: float) -> None:
    """Three equal differences have a spread of 1e-17 by rounding: an effect of 10^16 would be reported."""
    found = compare(np.full((1, 3), 2 * value), np.full((1, 3), value))
    assert np.isnan([found.effect.estimate, found.main.p_value]).all()
    assert found.needed is None


def test_differences_in_the_last_bits_are_ties() -> None:
    """Zero differences would be counted as seeds that gained, by how a mean was rounded."""
    one = np.array([[0.1 + 0.2, 0.7, 0.9, 0.8]])
    other = np.array([[0.3, 0.7, 0.8, 0.7]])
    wilcoxon, _ = compare(one, other).beside
    assert wilcoxon.smallest_p == 0.5  # of two pairs that moved


@pytest.mark.parametrize(("effect", "margin"), [(0.0, 0.8), (0.3, 0.8), (0.2, 0.5), (1.6, 0.8)])
def test_the_seeds_needed_settle_a_margin(effect: float, margin: float) -> None:
    """A user who trains as many seeds as told would still face an open question."""
    needed = pairs_to_settle(1.0, effect, margin)
    assert needed is not None
    wanted = "the same within" if effect < margin else "different"
    random = np.random.default_rng(7)
    tried = [equivalence(paired_t(random.normal(effect, 1, needed)), margin).decision for _ in range(400)]
    settled = np.mean([decision == wanted for decision in tried])
    assert settled == pytest.approx(0.8, abs=0.07)


def test_both_edges_of_a_margin_count() -> None:
    """For two equal networks a third too few seeds would be asked for."""
    needed = pairs_to_settle(1.0, 0.0, 0.5)
    assert needed is not None
    assert needed > (pairs_to_settle(1.0, 0.5) or 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_effect_over_splits_knows_that_they_share_rows(seed: int) -> None:
    """An effect would be certain beside a p value of 0.3: splits would count as independent for one alone."""
    random = np.random.default_rng(seed)
    found = compare(random.normal(0.5, 1, (20, 1)), random.normal(0.0, 1, (20, 1)), ratio=1 / 9)
    leaves_out_zero = found.effect.interval.low > 0 or found.effect.interval.high < 0
    assert leaves_out_zero == (found.main.p_value < 0.05)
