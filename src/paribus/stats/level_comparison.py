"""The evidence on a question: all levels of a factor compared in pairs, and all questions as one family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from paribus.stats.compare import Compared, compare
from paribus.stats.comparison import Floats
from paribus.stats.families import holm
from paribus.stats.friedman import Friedman, friedman


@dataclass(frozen=True)
class LevelPair:
    """One level minus another, by their places; `adjusted_p` over the family, NaN before `adjust`."""

    one: int
    other: int
    compared: Compared
    adjusted_p: float = np.nan


@dataclass(frozen=True)
class LevelComparison:
    """All pairs of a question's levels.

    `means` are over the trials that every level has. `best` is the place of the best mean, `chosen` that
    of the simplest level among it and those that are the same within the margin. `overall` asks whether
    any level differs, over the seeds of one split: None for two levels, and over several splits, which
    share rows.
    """

    means: tuple[float, ...]
    best: int
    chosen: int
    pairs: tuple[LevelPair, ...]
    overall: Friedman | None

    def between(self, one: int, other: int) -> LevelPair:
        """The pair of two levels, in whichever order it was compared. Raises KeyError."""
        for pair in self.pairs:
            if {pair.one, pair.other} == {one, other}:
                return pair
        raise KeyError((one, other))

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = [method for pair in self.pairs for method in pair.compared.methods]
        return tuple(dict.fromkeys([*found, *([self.overall.method] if self.overall else [])]))


def compare_levels(
    levels: Sequence[ArrayLike],
    complexity: Sequence[float],
    *,
    ratio: float | None = None,
    margin: float = 0.0,
    larger_is_better: bool = True,
) -> LevelComparison:
    """Each level's scores, (split, seed), NaN for a lost trial, and its complexity (parameters).

    Every pair is compared, for the best level is known by the same scores: against it alone, a family
    would be too small. `ratio` and `margin` as in `compare`. Raises ValueError for fewer than two levels,
    and where two have no trial in common.
    """
    tables = [np.asarray(level, dtype=np.float64) for level in levels]
    if len(tables) < 2 or len(complexity) != len(tables):
        raise ValueError(
            f"two levels or more, each of known complexity, are compared: received {len(tables)}"
        )
    pairs = tuple(
        LevelPair(one, other, compare(tables[one], tables[other], ratio=ratio, margin=margin))
        for one, other in combinations(range(len(tables)), 2)
    )
    sign = 1 if larger_is_better else -1
    means = _means(tables)
    best = int(np.argmax([sign * mean for mean in means]))
    same = [best] + [
        pair.one if pair.other == best else pair.other
        for pair in pairs
        if best in (pair.one, pair.other) and pair.compared.equivalence.decision == "the same within"
    ]
    chosen = min(same, key=lambda place: (complexity[place], -sign * means[place]))
    return LevelComparison(means, best, chosen, pairs, _overall(tables, larger_is_better))


def adjust(
    questions: Sequence[LevelComparison], by: Callable[[list[float]], Floats] = holm
) -> tuple[LevelComparison, ...]:
    """The same with p values adjusted over all pairs of all questions: a study is one family."""
    adjusted = iter(by([pair.compared.main.p_value for each in questions for pair in each.pairs]).tolist())
    return tuple(
        replace(each, pairs=tuple(replace(pair, adjusted_p=next(adjusted)) for pair in each.pairs))
        for each in questions
    )


def _means(tables: Sequence[Floats]) -> tuple[float, ...]:
    """Over the trials that every level has, for a lost hard fold would flatter a level; else over its own."""
    shared = np.isfinite(np.stack(tables)).all(axis=0)
    if shared.any():
        return tuple(float(table[shared].mean()) for table in tables)
    return tuple(float(table[np.isfinite(table)].mean()) for table in tables)


def _overall(tables: Sequence[Floats], larger_is_better: bool) -> Friedman | None:
    """Over the seeds that every level has."""
    if len(tables) < 3 or tables[0].shape[0] != 1:
        return None
    blocks = np.stack([table[0] for table in tables], axis=1)
    whole = blocks[np.isfinite(blocks).all(axis=1)]
    return friedman(whole, larger_is_better) if len(whole) > 1 else None
