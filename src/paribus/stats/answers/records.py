"""An answer as a value: levels, pairs of levels, what is held, what the evidence can't say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from paribus.stats.comparison import ALPHA, Comparison, DiscreteComparison
from paribus.stats.effect_size import EffectSize
from paribus.stats.equivalence import Decision, Equivalence
from paribus.stats.friedman import Friedman
from paribus.stats.intervals import Interval
from paribus.stats.pairing import Pairing
from paribus.study.spec import Question

Replicates = Literal["rows", "seeds", "splits"]
"""What a difference is repeated over: rows where there is one split and one seed."""


@dataclass(frozen=True)
class LevelAnswer:
    """One level: its mean score over splits and seeds, the interval, the deviation over replicates.

    NaN where no trial of it has a score. `n_parameters` is None where none has ended.
    """

    level: Any
    config_id: str
    n_parameters: int | None
    n_trials: int
    n_done: int
    estimate: float
    interval: Interval
    sd: float


@dataclass(frozen=True)
class PairAnswer:
    """One level minus another, by their places in the answer.

    `decision` is "different" where the interval lies outside the margin and the p value, adjusted over
    all questions of the study, is below 0.05. `needed` replicates would settle an open pair.
    """

    one: int
    other: int
    main: Comparison
    adjusted_p: float
    decision: Decision
    needed: int | None
    beside: tuple[DiscreteComparison, ...]
    pairing: Pairing | None
    effect: EffectSize | None
    equivalence: Equivalence | None
    left_out: int

    @property
    def hidden_by_family(self) -> bool:
        """Whether it would be a finding by itself, and isn't among all the study's comparisons."""
        return bool(self.main.p_value < ALPHA <= self.adjusted_p)

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = [self.main.method, *(each.method for each in self.beside)]
        found += ["pairing"] if self.pairing else []
        found += ["effect_size"] if self.effect else []
        found += ["equivalence"] if self.equivalence and self.equivalence.margin > 0 else []
        return (*found, *(["pairs_to_settle"] if self.needed else []))


@dataclass(frozen=True)
class Difference:
    """A level's score minus that of a reference level, with its interval."""

    estimate: float
    interval: Interval
    adjusted_p: float
    decision: Decision


@dataclass(frozen=True)
class Isolation:
    """What differs between the compared configurations: `varied` by the question, `held` equal in all,
    `confounders` besides. `moves_along` says what changes because the factor does, in words.
    """

    varied: tuple[str, ...]
    held: dict[str, Any]
    confounders: tuple[str, ...]
    moves_along: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A question's answer. `best` has the best mean; `chosen` is the simplest of those that are the same
    within the margin. Both are places in `levels`, None where nothing was scored.

    `n` replicates are those of the pair that has the fewest. `limits` say what the evidence doesn't cover.
    `family` counts all comparisons of the study that p values were adjusted over.
    """

    question: Question
    replicates: Replicates
    n: int
    levels: tuple[LevelAnswer, ...]
    pairs: tuple[PairAnswer, ...]
    best: int | None
    chosen: int | None
    overall: Friedman | None
    isolation: Isolation
    adjusted_by: str
    family: int
    limits: tuple[str, ...]
    sentence: str

    @property
    def margin(self) -> float:
        """The region of practical equivalence."""
        return self.question.margin

    def difference(self, place: int, reference: int) -> Difference | None:
        """The level at `place` minus that at `reference`; None where they weren't compared."""
        for pair in self.pairs:
            if {pair.one, pair.other} == {place, reference}:
                main = pair.main
                if pair.one == place:
                    return Difference(main.estimate, main.interval, pair.adjusted_p, pair.decision)
                turned = Interval(-main.interval.high, -main.interval.low, main.interval.method)
                return Difference(-main.estimate, turned, pair.adjusted_p, pair.decision)
        return None

    @property
    def variance_removed(self) -> float:
        """The share of a difference's variance that pairing removed, the median over pairs; NaN without."""
        found = [pair.pairing.variance_removed for pair in self.pairs if pair.pairing]
        known = [value for value in found if np.isfinite(value)]
        return float(np.median(known)) if known else float("nan")

    @property
    def needed(self) -> int | None:
        """The replicates that would settle every open difference from the best level; None without any,
        and where no number would.
        """
        open_pairs = [pair for pair in self.pairs if self.best in (pair.one, pair.other)]
        found = [pair.needed for pair in open_pairs if pair.decision == "open"]
        known = [number for number in found if number is not None]
        return max(known) if known and len(known) == len(found) else None

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = [each.interval.method for each in self.levels if np.isfinite(each.estimate)]
        found += [method for pair in self.pairs for method in pair.methods]
        if self.overall:
            found += [self.overall.method, self.overall.pairwise_method]
        return tuple(dict.fromkeys([*found, *([self.adjusted_by] if self.pairs else [])]))
