"""Every question of a study answered, its comparisons one family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from paribus.stats.answers.isolation import isolate
from paribus.stats.answers.limits import limits
from paribus.stats.answers.pairs import adjusted, by_rows, comparable, compare_tables, pair_answer
from paribus.stats.answers.records import Answer, LevelAnswer, PairAnswer
from paribus.stats.answers.sentence import sentence
from paribus.stats.answers.tables import Tables, per_replicate
from paribus.stats.comparison import Floats
from paribus.stats.friedman import Friedman
from paribus.stats.held_out import HeldOut
from paribus.study.configuration import Configuration
from paribus.study.options import larger_is_better
from paribus.study.plan import question_configurations, seeds
from paribus.study.spec import Question, Study


def answers(study: Study, held_out: HeldOut) -> tuple[Answer, ...]:
    """The answer to each question, from the trials that the record holds."""
    tables = Tables(held_out, seeds(study), study.protocol.metrics)
    compared = [_compare(study, question, tables) for question in study.question]
    pairs, family = adjusted([each.pairs for each in compared], study.protocol.adjust, tables.ratio)
    return tuple(
        _answer(each, mine, family, study.protocol.adjust, tables)
        for each, mine in zip(compared, pairs, strict=True)
    )


@dataclass(frozen=True)
class _Compared:
    """A question before its p values are adjusted."""

    question: Question
    configurations: tuple[Configuration, ...]
    levels: tuple[LevelAnswer, ...]
    pairs: tuple[PairAnswer, ...]
    best: int | None
    chosen: int | None
    overall: Friedman | None


def _compare(study: Study, question: Question, tables: Tables) -> _Compared:
    levels, configurations = zip(*question_configurations(study, question), strict=True)
    scored = [tables.table(made.config_id, question.metric) for made in configurations]
    told = tuple(
        _level(tables, question, level, made, table)
        for level, made, table in zip(levels, configurations, scored, strict=True)
    )
    blank = _Compared(question, configurations, told, (), None, None, None)
    places = comparable(scored)
    if len(places) < 2:
        return replace(blank, best=places[0], chosen=places[0]) if places else blank
    found = compare_tables(
        [scored[place] for place in places],
        [told[place].n_parameters or 0 for place in places],
        ratio=tables.ratio,
        margin=question.margin,
        larger_is_better=larger_is_better(question.metric),
    )
    on_rows = by_rows(tables, [made.config_id for made in configurations], question.metric, question.margin)
    return replace(
        blank,
        pairs=tuple(pair_answer(pair, places, question.margin, on_rows) for pair in found.pairs),
        best=places[found.best],
        chosen=places[found.chosen],
        overall=found.overall,
    )


def _level(
    tables: Tables, question: Question, level: object, made: Configuration, table: Floats
) -> LevelAnswer:
    known = table[np.isfinite(table)]
    n_done, n_parameters = tables.trials(made.config_id)
    values = per_replicate(table)
    return LevelAnswer(
        level=level,
        config_id=made.config_id,
        n_parameters=n_parameters,
        n_trials=len(tables.held_out.sizes) * len(tables.seeds),
        n_done=n_done,
        estimate=float(known.mean()) if len(known) else float("nan"),
        interval=tables.interval(made.config_id, question.metric, table),
        sd=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
    )


def _answer(
    found: _Compared, pairs: Sequence[PairAnswer], family: int, adjusted_by: str, tables: Tables
) -> Answer:
    isolation = isolate(
        found.configurations, found.question.vary, [each.n_parameters for each in found.levels]
    )
    answer = Answer(
        question=found.question,
        replicates=tables.replicates,
        n=min((pair.main.n for pair in pairs), default=0),
        levels=found.levels,
        pairs=tuple(pairs),
        best=found.best,
        chosen=found.chosen,
        overall=found.overall,
        isolation=isolation,
        adjusted_by=adjusted_by,
        family=family,
        limits=(),
        sentence="",
    )
    answer = replace(answer, limits=limits(answer))
    return replace(answer, sentence=sentence(answer))
