"""Friedman's test of many levels over the same blocks, and Nemenyi's critical difference after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from paribus.stats.comparison import ALPHA

Floats = NDArray[np.float64]
MOST_PATTERNS = 100_000
"""Orders within the blocks that are counted out at a step; F where there are more."""


@dataclass(frozen=True, eq=False)
class Friedman:
    """Whether levels differ in their ranks within blocks; rank 1 is the best.

    `estimate` is Kendall's W, 0 for ranks at random to 1 for the same order in all blocks. `p_value`
    counts out all orders within the blocks where it can (`is_exact`): F finds too much in fewer than six
    blocks, and chi square too little. Else it is that of Iman & Davenport's F. Two levels differ where
    their mean ranks lie `critical_difference` apart; `pairwise_p` (level, level) says so for each pair.
    """

    estimate: float
    mean_ranks: Floats
    chi_square: float
    chi_square_p: float
    f_statistic: float
    p_value: float
    is_exact: bool
    critical_difference: float
    pairwise_p: Floats
    n: int
    method: str = "friedman"
    pairwise_method: str = "nemenyi"
    assumes: str = "blocks independent; within a block the levels are comparable"


def friedman(values: ArrayLike, larger_is_better: bool = True) -> Friedman:
    """Of scores (block, level), a block a fold and seed. Friedman 1937; Nemenyi 1963; Demšar 2006.

    Raises ValueError for fewer than three levels or two blocks.
    """
    table = blocks_of(values, fewest_levels=3)
    n, k = table.shape
    ranks = stats.rankdata(-table if larger_is_better else table, axis=1)
    mean_ranks: Floats = ranks.mean(axis=0)
    spread = float(np.square(ranks).sum() - n * k * (k + 1) ** 2 / 4)  # ties leave less of it
    between = n * float(np.square(mean_ranks - (k + 1) / 2).sum())
    chi_square = (k - 1) * n * between / spread if spread else 0.0
    w = chi_square / (n * (k - 1))
    f = float(np.inf) if w >= 1 - 1e-12 else (n - 1) * w / (1 - w)
    error = np.sqrt(k * (k + 1) / (6 * n))
    apart = np.abs(mean_ranks[:, None] - mean_ranks) / error
    exact = _exact(ranks)
    return Friedman(
        estimate=w,
        mean_ranks=mean_ranks,
        chi_square=chi_square,
        chi_square_p=float(stats.chi2.sf(chi_square, k - 1)),
        f_statistic=f,
        p_value=float(stats.f.sf(f, k - 1, (k - 1) * (n - 1))) if exact is None else exact,
        is_exact=exact is not None,
        critical_difference=float(_critical(k) * error),
        pairwise_p=np.asarray(stats.studentized_range.sf(apart * np.sqrt(2), k, np.inf)),
        n=n,
    )


@cache
def _critical(levels: int) -> float:
    """The studentized range that chance exceeds once in twenty, over √2; a root search each."""
    return float(stats.studentized_range.ppf(1 - ALPHA, levels, np.inf) / np.sqrt(2))


def _exact(ranks: Floats) -> float | None:
    """The chance of rank sums at least as far apart, every order within a block as likely as any other.

    None where that can't be counted out. Sums are kept in order: which level has which doesn't matter.
    """
    doubled = np.rint(2 * ranks).astype(np.int64)  # shared ranks may be halves
    k = doubled.shape[1]
    base = int(doubled.max()) * len(doubled) + 1
    if factorial(k) > MOST_PATTERNS or base**k >= 2**62:
        return None
    orders = np.array(list(permutations(range(k))))
    radix = base ** np.arange(k)
    sums, chances = np.sort(doubled[:1], axis=1), np.ones(1)
    for block in doubled[1:]:
        if len(sums) * len(orders) > MOST_PATTERNS:
            return None
        made = np.sort((sums[:, None] + block[orders]).reshape(-1, k), axis=1)
        codes, places = np.unique(made @ radix, return_inverse=True)
        chances = np.bincount(places, np.repeat(chances, len(orders))) / len(orders)
        sums = codes[:, None] // radix % base
    observed = np.square(doubled.sum(axis=0)).sum()
    return min(1.0, float(chances[np.square(sums).sum(axis=1) >= observed].sum()))


def blocks_of(values: ArrayLike, fewest_levels: int = 2) -> Floats:
    """Finite scores (block, level), two blocks or more. Raises ValueError."""
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < fewest_levels:
        raise ValueError(
            f"scores must be (block, level) of 2 blocks and {fewest_levels} levels or more,"
            f" received shape {table.shape}"
        )
    if not np.isfinite(table).all():
        raise ValueError("scores must be finite: leave out the blocks in which a trial diverged or failed")
    return table
