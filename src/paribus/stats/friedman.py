"""Friedman's test of many levels over the same blocks, and Nemenyi's critical difference after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from paribus.stats.comparison import ALPHA

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Friedman:
    """Whether levels differ in their ranks within blocks; rank 1 is the best.

    `estimate` is Kendall's W, 0 for ranks at random to 1 for the same order in all blocks. `p_value`
    is that of Iman & Davenport's F, less conservative than `chi_square_p`. Two levels differ where
    their mean ranks lie `critical_difference` apart; `pairwise_p` (level, level) says so for each pair.
    """

    estimate: float
    mean_ranks: Floats
    chi_square: float
    chi_square_p: float
    f_statistic: float
    p_value: float
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
    return Friedman(
        estimate=w,
        mean_ranks=mean_ranks,
        chi_square=chi_square,
        chi_square_p=float(stats.chi2.sf(chi_square, k - 1)),
        f_statistic=f,
        p_value=float(stats.f.sf(f, k - 1, (k - 1) * (n - 1))),
        critical_difference=float(stats.studentized_range.ppf(1 - ALPHA, k, np.inf) / np.sqrt(2) * error),
        pairwise_p=np.asarray(stats.studentized_range.sf(apart * np.sqrt(2), k, np.inf)),
        n=n,
    )


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
