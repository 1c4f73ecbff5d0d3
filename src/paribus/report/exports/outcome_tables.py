"""Tables of what came out: the answers, the choice and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.exports.table import Column, Kind, Table, table
from paribus.report.facts import Facts, Score, Standing
from paribus.report.formats import level
from paribus.store.tables import factor_columns

_SCORED: dict[str, Kind] = {"value": "score", "low": "score", "high": "score", "method": "text"}
SHEET = "choice"


def outcome_tables(facts: Facts) -> Iterator[Table]:
    """The answer first, then how sure it is."""
    if facts.answers:
        yield _answers(facts)
    if facts.standings:
        yield _scores(facts)
        yield _chosen(facts)
    if facts.optimism:
        yield _optimism(facts)
    if facts.nested:
        yield _nested(facts)
    if facts.robustness:
        yield _finalists(facts)


def _answers(facts: Facts) -> Table:
    rows = [
        (
            *(answer.question.name, answer.question.ask, answer.sentence),
            None if answer.best is None else level(answer.levels[answer.best].level),
            None if answer.chosen is None else level(answer.levels[answer.chosen].level),
            *(answer.question.metric, answer.replicates, answer.n),
        )
        for answer in facts.answers
    ]
    columns = [
        *(
            Column("question"),
            Column("ask", brief=False),
            Column("answer"),
            Column("best_level", brief=False),
        ),
        *(Column("chosen_level", brief=False), Column("metric"), Column("replicates", brief=False)),
        Column("n", "count"),
    ]
    return table("answers", "Answers", columns, rows, ("n counts replicates of the difference.",))


def score_of(standing: Standing, part: str, metric: str) -> Score | None:
    """A configuration's score on a part, if it has one."""
    return next((each for each in standing.scores if (each.part, each.metric) == (part, metric)), None)


def _scores(facts: Facts) -> Table:
    rows = [
        (part, metric, found.value, found.interval.low, found.interval.high, found.interval.method)
        for part in ("val", "test")
        for metric in facts.study.protocol.metrics
        if (found := score_of(facts.best, part, metric))
    ]
    sealed = [row for row in rows if row[0] == "test"]
    notes = ["low to high is the 95 % interval. What is quoted is the sealed part's (test): it took no part."]
    if not sealed:
        notes = ["low to high is the 95 % interval. No sealed part was opened: these scores chose."]
    title = "The chosen configuration's scores"
    return table("scores", title, {"part": "text", "metric": "text", **_SCORED}, rows, notes, sheet=SHEET)


def _chosen(facts: Facts) -> Table:
    best = facts.best
    rows = [("config_id", best.config_id), ("stage", best.stage), ("n_parameters", best.n_parameters)]
    varied = [path for path in factor_columns(facts.study) if path in best.levels]
    rows += [(path, best.levels[path]) for path in dict.fromkeys([*varied, *best.levels])]
    columns: dict[str, Kind] = {"setting": "text", "level": "level"}
    return table("chosen", "The chosen configuration", columns, rows, sheet=SHEET)


def _optimism(facts: Facts) -> Table:
    found = facts.optimism
    assert found is not None
    columns: dict[str, Kind] = {
        **{"metric": "text", "naive": "score", "corrected": "score", "optimism": "signed"},
        **{"n_configurations": "count", "resamples": "count"},
    }
    row = (
        found.metric,
        found.naive,
        found.corrected,
        found.optimism,
        found.n_configurations,
        found.resamples,
    )
    notes = ("naive is the best validation score; corrected, what it is worth once the choice is paid for.",)
    return table("optimism", "What choosing cost", columns, [row], notes, sheet=SHEET)


def _nested(facts: Facts) -> Table:
    found, metrics = facts.nested, facts.study.protocol.metrics
    assert found is not None
    rows: list[tuple[object, ...]] = [
        (str(fold.outer + 1), fold.config_id, metric, fold.scores[metric], None, None)
        for fold in found.folds
        for metric in metrics
    ]
    for metric, value in found.estimates.items():
        bounds = found.intervals[metric]
        rows.append(("mean", None, metric, value, bounds.low, bounds.high))
    columns: dict[str, Kind] = {
        **{"outer_fold": "text", "config_id": "text", "metric": "text"},
        **{"value": "score", "low": "score", "high": "score"},
    }
    notes = ("Each outer fold judges what its inner folds chose.",)
    return table("nested", "Nested validation: the whole procedure", columns, rows, notes, sheet=SHEET)


def _finalists(facts: Facts) -> Table:
    rows = [
        (
            *(each.rank, each.config_id, metric, spread.chosen, spread.mean, spread.deviation),
            *(spread.low, spread.high, each.seeds, each.done, each.trials),
        )
        for each in facts.robustness
        for metric, spread in each.scores.items()
    ]
    columns: dict[str, Kind] = {
        **{"rank": "count", "config_id": "text", "metric": "text", "chosen_by": "score", "mean": "score"},
        **{"sd": "score", "low": "score", "high": "score"},
        **{"seeds": "count", "n_done": "count", "n_trials": "count"},
    }
    notes = (
        "Trained again with seeds that took no part in the choice; low and high are the range over them.",
    )
    return table("finalists", "Finalists, trained again", columns, rows, notes, sheet=SHEET)
