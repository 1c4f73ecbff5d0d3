"""The page: one file, complete without a network, that says what the facts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from paribus.report import formats
from paribus.report.facts import Facts, Score, Standing
from paribus.report.figures import Figure, factor_name, importance_name, question_name
from paribus.stats.answers.isolation import told as isolation
from paribus.stats.citations import cite
from paribus.stats.nested import REFERENCE as NESTED
from paribus.store.tables import LAYERS, stage_names
from paribus.study.options import OPTIONS
from paribus.study.plan import OUTER, ROBUSTNESS
from paribus.study.toml import format_study

ROWS = 200
"""Rows of a figure's table, at most."""
_FAMILIES = {
    "prepare.scale": "scaler",
    "prepare.select": "selector",
    "network.activation": "activation",
    "train.optimizer": "optimizer",
}


def page(facts: Facts, figures: Sequence[Figure]) -> str:
    """The report as HTML. Whatever a user has named is escaped."""
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            study=facts.study,
            data=facts.data,
            best=facts.standings[0] if facts.standings else None,
            metrics=facts.study.protocol.metrics,
            folds=sum(not fold["judges"] for fold in facts.data["folds"]),
            varied=_varied(facts),
            status=facts.trials["status"].value_counts().to_dict(),
            board=facts.board.head(len(facts.standings)).to_dict("records"),
            figures={figure.name: figure for figure in figures},
            planned=list(_planned(facts)),
            methods=_intervals(facts),
            references=list(references(facts)),
            toml=format_study(facts.study),
        )
    )


@cache
def _templates() -> Environment:
    """Jinja with escaping on for everything, and the one way of writing values."""
    environment = Environment(
        loader=PackageLoader("paribus.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    numbers = ("score", "signed", "spread", "count", "share", "percent", "p_value")
    names = (*numbers, "level", "duration", "moment", "cell")
    environment.filters |= {name: getattr(formats, name) for name in names}
    environment.filters["drawing"] = lambda figure: Markup(figure.svg)
    environment.globals |= {
        **{"scored": _scored, "factor_name": factor_name, "question_name": question_name},
        **{"importance_name": importance_name},
        **{"ROWS": ROWS, "meaning": _meaning, "isolation": isolation, "adjusted_name": _title},
    }
    return environment


def _scored(standing: Standing, part: str, metric: str) -> Score | None:
    """A configuration's score on a part, if it has one."""
    return next((each for each in standing.scores if (each.part, each.metric) == (part, metric)), None)


def _varied(facts: Facts) -> list[str]:
    """The factors that took more than one level."""
    board = facts.board
    settings = facts.standings[0].levels if facts.standings else {}
    return [
        path for path in board.columns if path in settings and path != LAYERS and board[path].nunique() > 1
    ]


def _planned(facts: Facts) -> Iterator[dict[str, Any]]:
    """Every stage and question with its number of configurations and trials, and its training time."""
    groups = dict(list(facts.trials.groupby("stage", sort=False)))
    outer = [OUTER] if facts.nested else []
    retrained = [ROBUSTNESS] if facts.robustness else []
    for name in [*stage_names(facts.study), *outer, *retrained]:
        rows = groups.get(name, facts.trials.head(0))
        yield {
            "name": name,
            "configurations": rows["config_id"].nunique(),
            "trials": len(rows),
            "done": int((rows["status"] == "done").sum()),
            "seconds": float(rows["train_seconds"].sum()),
        }


def _title(method: str) -> str:
    """A name of `REFERENCES` as a person writes it: Benjamini and Hochberg."""
    return method.replace("_", " and ").title()


def _intervals(facts: Facts) -> list[str]:
    """The methods of the leaderboard's intervals."""
    found = [score.interval for standing in facts.standings for score in standing.scores]
    found += facts.nested.intervals.values() if facts.nested else []
    return sorted({interval.method for interval in found})


def references(facts: Facts) -> Iterator[tuple[str, str]]:
    """What was used, and where it comes from."""
    methods = [*_intervals(facts), *(name for answer in facts.answers for name in answer.methods)]
    methods += facts.choices.methods if facts.choices else ()
    methods += facts.calls.methods if facts.calls else ()
    methods += [stage.importance.method for stage in facts.stages if stage.importance]
    yield from cite([*methods, *(["optimism"] if facts.optimism else [])])
    if facts.nested:
        yield "nested validation", NESTED
    validation = facts.study.protocol.folds.name
    for option in OPTIONS:
        if (option.family, option.name) == ("validation", validation) and option.source:
            yield f"{validation} (protocol.validation)", option.source
    for path, family in _FAMILIES.items():
        used = facts.board[path] if path in facts.board else [s.levels[path] for s in facts.standings[:1]]
        names = {str(word).partition(":")[0] for word in used}
        for option in OPTIONS:
            if option.family == family and option.name in names and option.source:
                yield f"{option.name} ({path})", option.source


def _meaning(family: str, word: str) -> str:
    """What an option means, for a word such as `holdout:0.15`."""
    name = word.partition(":")[0]
    return next((option.meaning for option in OPTIONS if (option.family, option.name) == (family, name)), "")
