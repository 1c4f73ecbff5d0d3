"""Levels compared in pairs, with p values adjusted over a whole study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from paribus.stats.answers.records import PairAnswer
from paribus.stats.answers.rows import compare_rows
from paribus.stats.answers.tables import Tables
from paribus.stats.comparison import ALPHA, Floats
from paribus.stats.equivalence import decide
from paribus.stats.families import benjamini_hochberg, holm
from paribus.stats.level_comparison import LevelComparison, LevelPair, compare_levels
from paribus.stats.paired_t import TComparison
from paribus.stats.settle import pairs_to_settle

ADJUSTMENTS: dict[str, Callable[[list[float]], Floats]] = {
    "holm": holm,
    "benjamini_hochberg": benjamini_hochberg,
}


def comparable(tables: Sequence[Floats]) -> list[int]:
    """The places of tables any two of which have a trial in common; those with the fewest are left out."""
    places = [place for place, table in enumerate(tables) if np.isfinite(table).any()]

    def apart() -> bool:
        return any(
            not (np.isfinite(tables[a]) & np.isfinite(tables[b])).any() for a, b in combinations(places, 2)
        )

    while apart():
        places.remove(min(places, key=lambda place: int(np.isfinite(tables[place]).sum())))
    return places


def compare_tables(
    tables: Sequence[Floats],
    complexity: Sequence[float],
    *,
    ratio: float | None,
    margin: float,
    larger_is_better: bool,
) -> LevelComparison:
    """`level_comparison.compare_levels` of tables that are comparable."""
    return compare_levels(tables, complexity, ratio=ratio, margin=margin, larger_is_better=larger_is_better)


def pair_answer(
    pair: LevelPair, places: Sequence[int], margin: float, on_rows: Callable[[int, int], PairAnswer | None]
) -> PairAnswer:
    """A compared pair by its places among all levels; by rows where there is one split and one seed."""
    one, other = places[pair.one], places[pair.other]
    if (found := on_rows(one, other)) is not None:
        return found
    compared = pair.compared
    return PairAnswer(
        one=one,
        other=other,
        main=compared.main,
        adjusted_p=float("nan"),
        decision=compared.equivalence.decision,
        needed=compared.needed,
        beside=compared.beside if compared.main.n > 1 else (),
        pairing=compared.pairing if compared.main.n > 1 else None,
        effect=compared.effect if compared.main.n > 1 else None,
        equivalence=replace(compared.equivalence, margin=margin),
        left_out=compared.left_out,
    )


def by_rows(
    tables: Tables, config_ids: Sequence[str], metric: str, margin: float
) -> Callable[[int, int], PairAnswer | None]:
    """How two levels are compared over rows; never where seeds or splits repeat them."""

    def compared(one: int, other: int) -> PairAnswer | None:
        if tables.replicates != "rows":
            return None
        main = compare_rows(tables.held_out, metric, config_ids[one], config_ids[other])
        if main is None:
            return None
        decided = decide(main.interval, margin)
        return PairAnswer(one, other, main, float("nan"), decided, None, (), None, None, None, 0)

    return compared


def adjusted(
    questions: Sequence[Sequence[PairAnswer]], by: str, ratio: float | None
) -> tuple[tuple[tuple[PairAnswer, ...], ...], int]:
    """The pairs of all questions with p values adjusted as one family, and the family's size.

    A pair that differs by itself alone is open: what would settle it is asked at the level that many
    comparisons leave to one (Bonferroni's, which is Holm's first step).
    """
    raw = [pair.main.p_value for pairs in questions for pair in pairs]
    family = int(np.isfinite(raw).sum())
    values = iter(ADJUSTMENTS[by](raw).tolist())
    found = tuple(
        tuple(_decided(replace(pair, adjusted_p=next(values)), family, ratio) for pair in pairs)
        for pairs in questions
    )
    return found, family


def _decided(pair: PairAnswer, family: int, ratio: float | None) -> PairAnswer:
    if pair.decision != "different" or pair.adjusted_p < ALPHA:
        return pair
    return replace(pair, decision="open", needed=_needed(pair, family, ratio))


def _needed(pair: PairAnswer, family: int, ratio: float | None) -> int | None:
    main = pair.main
    if not isinstance(main, TComparison) or pair.equivalence is None:
        return None
    spread = main.standard_error / np.sqrt(1 / main.n + (ratio or 0.0))
    return pairs_to_settle(
        float(spread), main.estimate, pair.equivalence.margin, ratio=ratio or 0.0, alpha=ALPHA / family
    )
