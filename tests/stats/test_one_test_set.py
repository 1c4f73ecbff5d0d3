"""Two trained networks on the same rows: McNemar, DeLong, the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as reference

from paribus.population.metrics import scores
from paribus.seeds import stream
from paribus.stats.delong import delong_difference
from paribus.stats.mcnemar import mcnemar
from paribus.stats.paired_bootstrap import paired_bootstrap


def calls(both: int, one: int, other: int, neither: int) -> tuple[list[bool], list[bool]]:
    return (
        [True] * (both + one) + [False] * (other + neither),
        [True] * both + [False] * one + [True] * other + [False] * neither,
    )


@pytest.mark.parametrize("table", [(40, 5, 12, 3), (0, 1, 9, 0), (10, 0, 0, 2), (3, 6, 0, 30)])
def test_mcnemar_agrees_with_statsmodels(table: tuple[int, int, int, int]) -> None:
    """A p value that no other program gives."""
    found = mcnemar(*calls(*table))
    both, one, other, neither = table
    p = reference([[both, one], [other, neither]], exact=True).pvalue
    assert found.p_value == pytest.approx(p, abs=1e-8)
    assert found.estimate == pytest.approx((one - other) / sum(table))
    assert found.interval.low <= found.estimate <= found.interval.high


def test_the_interval_of_two_shares_covers() -> None:
    """A difference of two accuracies would look surer than it is."""
    random, chances, covered = np.random.default_rng(0), [0.6, 0.15, 0.05, 0.2], 0
    for _ in range(400):
        found = mcnemar(*calls(*random.multinomial(80, chances)))
        covered += found.interval.low <= 0.10 <= found.interval.high
    assert covered >= stats.binom.ppf(0.001, 400, 0.94)


def test_mcnemar_says_what_it_can_reach() -> None:
    """Three rows that differ would be read as "no difference"."""
    found = mcnemar(*calls(80, 3, 0, 2))
    assert found.p_value == found.smallest_p == 0.25
    with pytest.raises(ValueError, match="one truth value for each row"):
        mcnemar([True], [True, False])


def test_delong_is_its_definition() -> None:
    """Two areas on the same rows would be compared as if the rows differed."""
    random = np.random.default_rng(1)
    positive = random.random(70) < 0.4
    one, other = (np.round(positive * effect + random.normal(size=70), 1) for effect in (1.5, 0.7))
    kernels = [
        (a[positive][:, None] > a[~positive]) + 0.5 * (a[positive][:, None] == a[~positive])
        for a in (one, other)
    ]
    by_row = [np.cov([k.mean(axis) for k in kernels]) / kernels[0].shape[1 - axis] for axis in (1, 0)]
    covariance = by_row[0] + by_row[1]
    error = np.sqrt(np.array([1, -1]) @ covariance @ np.array([1, -1]))
    found = delong_difference(positive, one, other)
    area = [scores("binary", ["roc_auc"], positive, a[None])["roc_auc"][0] for a in (one, other)]
    assert found.estimate == pytest.approx(area[0] - area[1], abs=1e-12)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(found.estimate) / error), abs=1e-10)
    assert found.interval.high - found.estimate == pytest.approx(1.959963984540054 * error, abs=1e-10)


def test_delong_of_equal_scores_and_of_one_class() -> None:
    """Two equal networks would be told apart; one row of a class would give a variance of nothing."""
    positive, scored = np.array([1, 1, 0, 0]), np.array([0.9, 0.4, 0.5, 0.1])
    assert delong_difference(positive, scored, scored).p_value == 1.0
    with pytest.raises(ValueError, match="two rows of each class"):
        delong_difference([1, 0, 0], [0.5, 0.2, 0.1], [0.5, 0.2, 0.1])


def test_the_bootstrap_agrees_with_its_interval() -> None:
    """p below 0.05 beside an interval around 0."""
    random = np.random.default_rng(2)
    truth = random.integers(0, 2, 90)
    one = np.clip(truth * 0.4 + 0.3 + random.normal(0, 0.2, 90), 0.01, 0.99)[None]
    other = np.clip(truth * 0.1 + 0.45 + random.normal(0, 0.2, 90), 0.01, 0.99)[None]
    found = paired_bootstrap("binary", "log_loss", truth, one, other)
    assert found.p_value < 0.05
    assert found.interval.high < 0
    assert found.interval.low < found.estimate < found.interval.high
    assert paired_bootstrap("binary", "log_loss", truth, one, one).p_value == 1.0


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((54, 0, 0, 0), -0.0664, 0.0664)],
)
def test_newcombes_own_table(table: tuple[int, int, int, int], low: float, high: float) -> None:
    """An interval that the paper doesn't give. Newcombe 1998, 2635-2650, table III, method 10."""
    found = mcnemar(*calls(*table))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=5e-5)


def test_delong_bounds_nothing_without_variation() -> None:
    """Two perfect rankings of six rows would be reported as equal to the last digit."""
    positive = [1, 1, 1, 0, 0, 0]
    one, other = [0.9, 0.8, 0.7, 0.3, 0.2, 0.1], [0.7, 0.8, 0.9, 0.1, 0.2, 0.3]
    found = delong_difference(positive, one, other)
    assert (found.estimate, found.p_value) == (0.0, 1.0)
    assert np.isnan([found.interval.low, found.interval.high]).all()
    assert delong_difference(positive, one, one).interval.high == 0.0
    with pytest.raises(ValueError, match="finite"):
        delong_difference(positive, one, [np.nan] * 6)


def test_the_bootstrap_is_its_definition() -> None:
    """Two networks would be resampled on different rows, and their difference look uncertain."""
    random = np.random.default_rng(3)
    truth = random.integers(0, 2, 40)
    one, other = random.random((2, 40))
    found = paired_bootstrap("binary", "brier", truth, one[None], other[None])
    rows = stream(0, "bootstrap").integers(0, 40, (2000, 40))
    gains = np.square(one - truth) - np.square(other - truth)
    edges = np.quantile(gains[rows].mean(axis=1), [0.025, 0.975])
    assert found.estimate == pytest.approx(gains.mean(), abs=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(edges), abs=1e-9)


POOR, GOOD = 41, 72
WFNS = (
    "32455552521254425552525245441442255225555"
    "111151221221112121134141551124112212122111121211324214115422111312244111"
)
"""The WFNS grade of each patient with a poor outcome, then of each with a good one."""
S100B = (
    "8 5 11 7 25 30 28 2 19 4 2 23 21 27 30 15 30 30 30 2 30 17 0 4 13 30 15 30 3 15 8 5 6 13 30 9 30 18 30"
    " 30 25 8 9 5 1 26 12 5 5 1 3 1 4 6 2 12 2 6 8 12 1 11 9 20 4 29 26 11 2 24 26 6 3 4 3 1 8 5 9 10 1 1 4 1"
    " 4 3 11 4 3 19 6 16 2 5 18 2 1 14 22 5 10 3 9 5 2 1 12 10 26 12 10 29 27"
)
"""The order of their S100b, ties equal."""


def test_delong_gives_procs_published_numbers() -> None:
    """A p value that no other program gives. 113 patients with a subarachnoid haemorrhage, Turck et al.,
    Intensive Care Medicine 36, 2010; the numbers are those of pROC, Robin et al., BMC Bioinformatics 12,
    2011, whose tests state them to these digits.
    """
    poor = np.arange(POOR + GOOD) < POOR
    found = delong_difference(poor, [int(grade) for grade in WFNS], [int(rank) for rank in S100B.split()])
    assert found.estimate == pytest.approx(0.823678861788618 - 0.731368563685637, abs=1e-12)
    assert found.p_value == pytest.approx(0.0271757822291882, abs=1e-12)
    assert found.interval.low == pytest.approx(0.0104061769564846, abs=1e-12)
    assert found.interval.high == pytest.approx(0.174214419249478, abs=1e-12)
