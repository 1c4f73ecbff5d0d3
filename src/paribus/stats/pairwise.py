"""All pairs of many levels, each by a paired test, adjusted as one family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from numpy.typing import ArrayLike

from paribus.stats.comparison import Comparison, Floats
from paribus.stats.families import holm
from paribus.stats.friedman import blocks_of

Test = Callable[[Floats], Comparison]
"""A test of differences, (block,)."""


@dataclass(frozen=True)
class Pair:
    """One level minus another, by their places, with the p value adjusted over the family."""

    one: int
    other: int
    comparison: Comparison
    adjusted_p: float


def pairwise(
    values: ArrayLike,
    test: Test,
    *,
    against: int | None = None,
    adjust: Callable[[list[float]], Floats] = holm,
) -> tuple[Pair, ...]:
    """Every pair of levels of scores (block, level), or each level minus the level at `against`.

    Raises ValueError.
    """
    table = blocks_of(values)
    levels = range(table.shape[1])
    pairs = (
        list(combinations(levels, 2))
        if against is None
        else [(level, against) for level in levels if level != against]
    )
    compared = [test(table[:, one] - table[:, other]) for one, other in pairs]
    adjusted = adjust([each.p_value for each in compared])
    return tuple(
        Pair(one, other, comparison, float(p))
        for (one, other), comparison, p in zip(pairs, compared, adjusted, strict=True)
    )
