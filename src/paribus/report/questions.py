"""Each question's answer: estimate, interval, difference, one plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from paribus.stats.held_out import HeldOut
from paribus.stats.intervals import Interval
from paribus.study.options import larger_is_better
from paribus.study.plan import question_configurations
from paribus.study.spec import Question, Study


@dataclass(frozen=True)
class LevelAnswer:
    """One level: its mean score, its interval, and its difference from the best level."""

    level: Any
    config_id: str
    estimate: float
    interval: Interval
    difference: float
    difference_interval: Interval


@dataclass(frozen=True)
class Answer:
    """A question's levels, the best first named in `sentence`."""

    question: Question
    levels: tuple[LevelAnswer, ...]
    sentence: str


def answers(study: Study, held_out: HeldOut) -> tuple[Answer, ...]:
    """The answer to each question of the study, on the held-out rows."""
    n_seeds = study.protocol.seeds
    basis = f"{_counted(len(held_out.sizes), 'fold')}, " if len(held_out.sizes) > 1 else "on one split, "
    basis += _counted(n_seeds, "seed")
    return tuple(_answer(study, question, held_out, basis) for question in study.question)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _answer(study: Study, question: Question, held_out: HeldOut, basis: str) -> Answer:
    found = [
        (level, configuration.config_id, scored)
        for level, configuration in question_configurations(study, question)
        if (scored := held_out.score(configuration.config_id, question.metric)) is not None
    ]
    if not found:
        return Answer(question, (), "No level has a finished trial.")
    sign = 1 if larger_is_better(question.metric) else -1
    best, best_id, _ = max(found, key=lambda each: sign * each[2][0])
    levels = tuple(
        LevelAnswer(
            level, config_id, value, interval, *held_out.difference(config_id, best_id, question.metric)
        )
        for level, config_id, (value, interval) in found
    )
    return Answer(question, levels, _sentence(question, levels, best, basis))


def _sentence(question: Question, levels: tuple[LevelAnswer, ...], best: Any, basis: str) -> str:
    """What the intervals allow to be said, and no more."""
    top = next(each for each in levels if each.level == best)
    worse = [
        each
        for each in levels
        if each.level != best and (each.difference_interval.low > 0 or each.difference_interval.high < 0)
    ]
    first = (
        f"{question.vary} = {best} has the best {question.metric}: {top.estimate:.3f}"
        f" (95 % interval {top.interval.low:.3f} to {top.interval.high:.3f}, {basis})"
    )
    if not worse:
        return f"{first}; no other level is shown to differ from it."
    return f"{first}; shown to differ from it: {', '.join(str(each.level) for each in worse)}."
