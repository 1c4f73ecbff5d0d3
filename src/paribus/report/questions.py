"""Each question's answer: estimate, interval, difference, one plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.population.metrics import scores
from paribus.report.replicates import replicate_predictions
from paribus.stats.intervals import Interval, interval, paired
from paribus.store.record import Record
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


def answers(record: Record, study: Study, kind: str) -> tuple[Answer, ...]:
    """The answer to each question of the study, on the validation rows."""
    return tuple(_answer(record, study, kind, question) for question in study.question)


def _answer(record: Record, study: Study, kind: str, question: Question) -> Answer:
    truth, found = record.truth("val", 0), []
    for level, configuration in question_configurations(study, question):
        predictions = replicate_predictions(record, configuration.config_id)
        if predictions is not None:
            found.append(
                (
                    level,
                    configuration.config_id,
                    predictions,
                    _mean(kind, question.metric, truth, predictions),
                )
            )
    if not found:
        return Answer(question, (), "No level has a finished trial.")
    sign = 1 if larger_is_better(question.metric) else -1
    best = max(found, key=lambda each: sign * each[3])
    levels = tuple(
        LevelAnswer(
            level,
            config_id,
            value,
            interval(kind, question.metric, truth, predictions),
            value - best[3],
            paired(kind, question.metric, truth, predictions, best[2]),
        )
        for level, config_id, predictions, value in found
    )
    return Answer(question, levels, _sentence(question, levels, best[0], len(best[2])))


def _mean(kind: str, metric: str, truth: NDArray[np.generic], predictions: NDArray[np.float32]) -> float:
    return float(scores(kind, [metric], truth, predictions)[metric].mean())


def _sentence(question: Question, levels: tuple[LevelAnswer, ...], best: Any, replicates: int) -> str:
    """What the intervals allow to be said, and no more."""
    top = next(each for each in levels if each.level == best)
    worse = [
        each
        for each in levels
        if each.level != best and (each.difference_interval.low > 0 or each.difference_interval.high < 0)
    ]
    basis = f"on one split, {replicates} seed{'s' if replicates > 1 else ''}"
    first = (
        f"{question.vary} = {best} has the best {question.metric}: {top.estimate:.3f}"
        f" (95 % interval {top.interval.low:.3f} to {top.interval.high:.3f}, {basis})"
    )
    if not worse:
        return f"{first}; no other level is shown to differ from it."
    return f"{first}; shown to differ from it: {', '.join(str(each.level) for each in worse)}."
