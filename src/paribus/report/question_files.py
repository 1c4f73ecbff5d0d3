"""The answers in files: `questions.csv`, a row a level, and the questions of `summary.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from paribus.stats.answers.records import Answer, PairAnswer
from paribus.stats.answers.words import plain

COLUMNS = {
    "question": "the question's name",
    "ask": "the question as asked",
    "vary": "the factor",
    "level": "its level",
    "config_id": "the configuration that has it",
    "metric": "what answers",
    "estimate": "mean validation score over splits and seeds",
    "low": "95 % interval of it, lower bound",
    "high": "upper bound",
    "sd": "standard deviation over replicates",
    "difference": "the level minus the level of the best mean, paired by split and seed; 0 for that itself",
    "difference_low": "95 % interval of it, lower bound",
    "difference_high": "upper bound",
    "p_value": "two-sided, of no difference",
    "adjusted_p": "the same over all comparisons of all questions",
    "decision": "different, the same within (the margin), open; empty for the best itself",
    "margin": "region of practical equivalence, in the metric's own unit",
    "replicates": "what differences are repeated over: splits, seeds, or rows of one split and one seed",
    "n": "how many replicates the difference has",
    "variance_removed": "share of the difference's variance that pairing removed",
    "effect_size": "mean difference over its standard deviation (Cohen's d_z)",
    "needed": "replicates that would settle an open difference; empty where none would",
    "n_parameters": "parameters of the network",
    "n_trials": "trials asked for",
    "n_done": "trials that ended well",
    "is_best": "whether its mean is the best",
    "is_chosen": "whether it is the simplest of those that are the same within the margin as the best",
    "sentence": "the answer",
}
"""Every column of `questions.csv`; all numbers are raw."""


def question_table(answers: Sequence[Answer]) -> pd.DataFrame:
    """One row a level of each question, with the columns of `COLUMNS`."""
    rows = [_row(answer, place) for answer in answers for place in range(len(answer.levels))]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("n", "needed", "n_parameters"):
        table[name] = table[name].astype("Int64")
    return table


def _row(answer: Answer, place: int) -> dict[str, Any]:
    level, question = answer.levels[place], answer.question
    return {
        "question": question.name,
        "ask": question.ask,
        "vary": question.vary,
        "level": plain(level.level),
        "config_id": level.config_id,
        "metric": question.metric,
        "estimate": level.estimate,
        "low": level.interval.low,
        "high": level.interval.high,
        "sd": level.sd,
        **_from_best(answer, place),
        "margin": answer.margin,
        "replicates": answer.replicates,
        "n_parameters": level.n_parameters,
        "n_trials": level.n_trials,
        "n_done": level.n_done,
        "is_best": place == answer.best,
        "is_chosen": place == answer.chosen,
        "sentence": answer.sentence,
    }


def _from_best(answer: Answer, place: int) -> dict[str, Any]:
    """The level's difference from that of the best mean."""
    if place == answer.best:
        return {"difference": 0.0, "difference_low": 0.0, "difference_high": 0.0, "decision": ""}
    if answer.best is None or (found := answer.difference(place, answer.best)) is None:
        return {"decision": ""}
    pair = next(each for each in answer.pairs if {each.one, each.other} == {place, answer.best})
    sign = 1 if pair.one == place else -1
    return {
        "difference": found.estimate,
        "difference_low": found.interval.low,
        "difference_high": found.interval.high,
        "p_value": pair.main.p_value,
        "adjusted_p": found.adjusted_p,
        "decision": found.decision,
        "n": pair.main.n,
        "variance_removed": pair.pairing.variance_removed if pair.pairing else np.nan,
        "effect_size": sign * pair.effect.estimate if pair.effect else np.nan,
        "needed": pair.needed,
    }


def question_summary(answer: Answer) -> dict[str, Any]:
    """A question in `summary.json`: levels, pairs, what is held, what the evidence doesn't cover."""
    levels = [plain(each.level) for each in answer.levels]
    return {
        "name": answer.question.name,
        "ask": answer.question.ask,
        "vary": answer.question.vary,
        "metric": answer.question.metric,
        "sentence": answer.sentence,
        "best": levels[answer.best] if answer.best is not None else None,
        "chosen": levels[answer.chosen] if answer.chosen is not None else None,
        "margin": answer.margin,
        "replicates": answer.replicates,
        "n": answer.n,
        "variance_removed": answer.variance_removed,
        "needed": answer.needed,
        "adjusted_by": answer.adjusted_by,
        "comparisons_of_the_study": answer.family,
        "levels": [
            {
                "level": each.level,
                "config_id": each.config_id,
                "estimate": each.estimate,
                "interval": [each.interval.low, each.interval.high],
                "n_parameters": each.n_parameters,
                "n_done": each.n_done,
            }
            for each in answer.levels
        ],
        "pairs": [_pair(pair, levels) for pair in answer.pairs],
        "overall": _overall(answer),
        "held": answer.isolation.held,
        "confounders": list(answer.isolation.confounders),
        "moves_along": list(answer.isolation.moves_along),
        "limits": list(answer.limits),
        "methods": list(answer.methods),
    }


def _pair(pair: PairAnswer, levels: Sequence[str]) -> dict[str, Any]:
    return {
        "one": levels[pair.one],
        "other": levels[pair.other],
        "difference": pair.main.estimate,
        "interval": [pair.main.interval.low, pair.main.interval.high],
        "method": pair.main.method,
        "p_value": pair.main.p_value,
        "adjusted_p": pair.adjusted_p,
        "decision": pair.decision,
        "n": pair.main.n,
        "needed": pair.needed,
        "left_out": pair.left_out,
        "pairing": asdict(pair.pairing) if pair.pairing else None,
        "effect_size": pair.effect.estimate if pair.effect else None,
        "beside": [
            {"method": each.method, "p_value": each.p_value, "smallest_p": each.smallest_p}
            for each in pair.beside
        ],
    }


def _overall(answer: Answer) -> dict[str, Any] | None:
    if answer.overall is None:
        return None
    return {
        "method": answer.overall.method,
        "p_value": answer.overall.p_value,
        "mean_ranks": answer.overall.mean_ranks.tolist(),
        "critical_difference": answer.overall.critical_difference,
        "n": answer.overall.n,
    }
