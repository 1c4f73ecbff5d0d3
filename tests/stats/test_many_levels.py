"""Many levels over the same blocks: Friedman, Nemenyi, analysis of variance, families of tests."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
import scikit_posthocs
from scipy import stats
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multitest import multipletests

from paribus.stats.anova import repeated_measures_anova
from paribus.stats.families import benjamini_hochberg, holm
from paribus.stats.friedman import friedman
from paribus.stats.paired_t import paired_t
from paribus.stats.pairwise import pairwise

DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.97501, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
"""Areas under the ROC curve of four variants of C4.5 on 14 data sets, Demšar 2006, table 6.

Two that are printed as 0.975 have different ranks there.
"""


def test_demsars_worked_example() -> None:
    """Ranks, statistics and the critical difference would not be those of the paper that all cite.

    Demšar computes from mean ranks without a correction for ties (chi square 9.28, F 3.69); with it
    both are a little larger.
    """
    found = friedman(DEMSAR)
    assert found.mean_ranks.round(3).tolist() == [3.143, 2.0, 2.893, 1.964]
    n, k = DEMSAR.shape
    uncorrected = 12 * n / (k * (k + 1)) * (np.square(found.mean_ranks).sum() - k * (k + 1) ** 2 / 4)
    assert round(uncorrected, 2) == 9.28
    assert found.chi_square > uncorrected
    assert found.critical_difference == pytest.approx(2.569 * np.sqrt(4 * 5 / (6 * 14)), abs=1e-3)
    assert (found.pairwise_p < 0.05).sum() == 0


@pytest.mark.parametrize("shape", [(5, 3), (12, 4), (30, 7)])
def test_friedman_agrees_with_scipy_and_scikit_posthocs(shape: tuple[int, int]) -> None:
    """p values that no other program gives."""
    table = np.random.default_rng(shape[0]).normal(size=shape).round(1)
    found = friedman(table)
    reference = stats.friedmanchisquare(*table.T)
    assert found.chi_square == pytest.approx(reference.statistic, abs=1e-8)
    assert found.chi_square_p == pytest.approx(reference.pvalue, abs=1e-8)
    nemenyi = scikit_posthocs.posthoc_nemenyi_friedman(table).to_numpy()
    off = ~np.eye(shape[1], dtype=bool)
    assert found.pairwise_p[off] == pytest.approx(nemenyi[off], abs=1e-8)


def test_the_best_has_rank_one_either_way() -> None:
    """The worst level by loss would lead the table."""
    table = np.array([[0.1, 0.2, 0.3], [0.2, 0.3, 0.4], [0.1, 0.4, 0.5]])
    assert friedman(table).mean_ranks.tolist() == [3, 2, 1]
    assert friedman(table, larger_is_better=False).mean_ranks.tolist() == [1, 2, 3]
    assert friedman(table).estimate == pytest.approx(1.0)


def test_equal_levels_do_not_differ() -> None:
    """Levels that change nothing would stop the report."""
    table = np.ones((4, 3))
    assert friedman(table).p_value == 1.0
    assert repeated_measures_anova(table).p_value == 1.0


@pytest.mark.parametrize("shape", [(6, 2), (10, 4)])
def test_the_analysis_of_variance_agrees_with_statsmodels(shape: tuple[int, int]) -> None:
    """An F that no other program gives."""
    table = np.random.default_rng(1).normal(size=shape) + np.arange(shape[1]) * 0.4
    rows = [(block, level, table[block, level]) for block, level in np.ndindex(shape)]
    frame = pd.DataFrame(rows, columns=["block", "level", "score"])
    reference = AnovaRM(frame, "score", "block", within=["level"]).fit().anova_table.iloc[0]
    found = repeated_measures_anova(table)
    assert found.f_statistic == pytest.approx(reference["F Value"], abs=1e-8)
    assert found.uncorrected_p == pytest.approx(reference["Pr > F"], abs=1e-8)
    assert 1 / (shape[1] - 1) - 1e-12 <= found.epsilon <= 1 + 1e-12


def test_two_levels_are_a_paired_t() -> None:
    """The analysis of variance and the t test would contradict each other on the same two levels."""
    table = np.random.default_rng(2).normal(size=(9, 2))
    assert repeated_measures_anova(table).p_value == pytest.approx(
        paired_t(table[:, 0] - table[:, 1]).p_value, abs=1e-10
    )


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_families_agree_with_statsmodels(n: int) -> None:
    """A whole study's p values would be adjusted wrongly."""
    p = np.random.default_rng(n).random(n) ** 3
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_what_was_not_tested_is_not_counted() -> None:
    """A question without evidence would make the others' harder to answer, or lose them."""
    assert holm([0.01, float("nan"), 0.04])[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(benjamini_hochberg([float("nan")])).all()
    assert holm([]).shape == (0,)


def test_every_pair_is_adjusted_as_one_family() -> None:
    """Of six pairs one would differ by chance in every fourth study."""
    table = np.random.default_rng(3).normal(size=(12, 4)) + np.array([0, 0, 0, 2])
    found = pairwise(table, paired_t)
    assert [(each.one, each.other) for each in found] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    raw = [stats.ttest_rel(table[:, a.one], table[:, a.other]).pvalue for a in found]
    adjusted = multipletests(raw, method="holm")[1]
    assert [each.adjusted_p for each in found] == pytest.approx(adjusted.tolist(), abs=1e-10)
    assert [(each.one, each.other) for each in pairwise(table, paired_t, against=3)] == [
        (0, 3),
        (1, 3),
        (2, 3),
    ]


def test_a_lost_block_is_named() -> None:
    """One diverged trial would turn all ranks into NaN, unsaid."""
    with pytest.raises(ValueError, match="must be finite"):
        friedman(np.array([[1.0, 2, 3], [1, np.nan, 3]]))
    with pytest.raises(ValueError, match="3 levels or more"):
        friedman(np.ones((5, 2)))


@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (4, 3), (3, 4)])
def test_few_blocks_are_counted_out(shape: tuple[int, int]) -> None:
    """Three levels in the same order on two seeds would give p = 0: every sixth study does that by chance."""
    n, k = shape
    table = np.random.default_rng(n * k).integers(0, 4, shape).astype(float)
    ranks = stats.rankdata(-table, axis=1)
    orders = [[list(order) for order in permutations(block)] for block in ranks]
    sums = [np.square(np.sum(chosen, axis=0)).sum() for chosen in product(*orders)]
    p = np.mean(np.array(sums) >= np.square(ranks.sum(axis=0)).sum() - 1e-9)
    found = friedman(table)
    assert found.is_exact
    assert found.p_value == pytest.approx(p, abs=1e-12)
    assert friedman(np.tile([1.0, 2, 3], (2, 1))).p_value == pytest.approx(1 / 6)


def test_many_blocks_are_iman_and_davenports() -> None:
    """A hundred seeds of eight levels would never end."""
    table = np.random.default_rng(0).normal(size=(100, 8)) + np.arange(8) * 0.05
    found = friedman(table)
    assert not found.is_exact
    assert found.p_value == pytest.approx(float(stats.f.sf(found.f_statistic, 7, 7 * 99)), abs=1e-12)


def test_benjamini_and_hochbergs_own_example() -> None:
    """Findings would be declared that the paper doesn't. 1995, section 3.2: four by theirs, three by Holm."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (holm(p) <= 0.05).sum() == 3


def test_equal_variances_need_no_correction() -> None:
    """The correction would make every analysis blind, or none honest. Greenhouse & Geisser 1959: 1 where
    all differences vary alike, 1/(k − 1) where one level alone varies against the others."""
    random = np.random.default_rng(4)
    alike = np.linalg.qr(random.normal(size=(40, 4)) - 0)[0]
    centred = np.linalg.qr(np.column_stack([np.ones(40), alike]))[0][:, 1:]
    assert repeated_measures_anova(centred + np.arange(4)).epsilon == pytest.approx(1, abs=1e-9)
    single = np.zeros((40, 4))
    single[:, 0] = random.normal(size=40)
    assert repeated_measures_anova(single).epsilon == pytest.approx(1 / 3, abs=1e-9)


def test_levels_without_spread_are_not_proven_to_differ() -> None:
    """Two seeds that give exactly the same gain would be reported with p = 0."""
    assert np.isnan(repeated_measures_anova(np.tile([0.1, 0.2, 0.4], (2, 1))).p_value)
