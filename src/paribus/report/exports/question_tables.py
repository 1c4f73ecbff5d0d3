"""Tables of the questions: each one's levels with intervals and differences, and every pair's test."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.exports.table import Column, Kind, Table, from_frame, table
from paribus.report.facts import Facts
from paribus.report.formats import level
from paribus.report.question_files import question_table
from paribus.stats.answers import Answer

_LEVELS = (
    *(Column("level", "level"), Column("config_id", brief=False), Column("estimate", "score")),
    *(Column("low", "score"), Column("high", "score"), Column("sd", "score", brief=False)),
    *(
        Column("difference", "signed"),
        Column("difference_low", "signed"),
        Column("difference_high", "signed"),
    ),
    *(Column("p_value", "p_value", brief=False), Column("adjusted_p", "p_value"), Column("decision")),
    *(Column("n", "count"), Column("variance_removed", "score", brief=False)),
    *(Column("effect_size", "signed", brief=False), Column("needed", "count", brief=False)),
    *(Column("n_parameters", "count"), Column("n_trials", "count", brief=False)),
    *(Column("n_done", "count", brief=False), Column("is_best", "flag", brief=False)),
    Column("is_chosen", "flag", brief=False),
)
_PAIRS: dict[str, Kind] = {
    **{"one": "level", "other": "level", "difference": "signed", "low": "signed", "high": "signed"},
    **{"method": "text", "p_value": "p_value", "adjusted_p": "p_value", "decision": "text", "n": "count"},
}


def question_tables(facts: Facts) -> Iterator[Table]:
    """Two a question, on one sheet: its levels, then its pairs."""
    for place, answer in enumerate(facts.answers, start=1):
        name = answer.question.name
        yield _levels(place, answer)
        if answer.pairs:
            rows = [_pair(answer, number) for number in range(len(answer.pairs))]
            yield table(
                f"question-{place}-pairs",
                f"{name}: every two levels",
                _PAIRS,
                rows,
                (f"one minus other, in {answer.question.metric}. {_family(answer)}",),
                sheet=name,
            )


def _levels(place: int, answer: Answer) -> Table:
    frame = question_table([answer])
    frame["level"] = [level(each.level) for each in answer.levels]
    question = answer.question
    notes = [answer.sentence, *answer.limits]
    notes.append(
        f"estimate: {question.metric} on validation, low to high its 95 % interval; difference: from the best"
        f" level, repeated over {answer.replicates}; adjusted_p over {answer.family} comparisons of the study"
        f" ({answer.adjusted_by.replace('_', ' ')})."
    )
    title = f"{question.name}: {question.ask}" if question.ask else question.name
    return table(f"question-{place}", title, _LEVELS, from_frame(frame, _LEVELS), notes, sheet=question.name)


def _family(answer: Answer) -> str:
    return (
        f"adjusted_p: {answer.adjusted_by.replace('_', ' ')}, over {answer.family} comparisons of the study."
    )


def _pair(answer: Answer, number: int) -> tuple[object, ...]:
    pair = answer.pairs[number]
    main = pair.main
    return (
        *(level(answer.levels[pair.one].level), level(answer.levels[pair.other].level)),
        *(main.estimate, main.interval.low, main.interval.high, main.method),
        *(main.p_value, pair.adjusted_p, pair.decision, main.n),
    )
