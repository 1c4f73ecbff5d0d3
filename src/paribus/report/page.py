"""The page: one file, complete without a network, that says what the facts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from paribus.report.bundle import bundle
from paribus.report.facts import Facts, Score, Standing
from paribus.report.facts.uses import energy_words, machine_words
from paribus.report.figures import (
    Figure,
    combinations_name,
    dead_name,
    factor_name,
    importance_name,
    interactions_name,
    question_name,
    ranks_name,
)
from paribus.report.figures.classes import PARTS
from paribus.report.payload import SHOWN, configurations, embedded, figure_data, leaderboard_columns
from paribus.report.references import interval_methods, references
from paribus.report.templating import environment
from paribus.stats.answers.isolation import told as isolation
from paribus.store.tables import LAYERS, stage_names
from paribus.study.options import OPTIONS
from paribus.study.plan import OUTER, ROBUSTNESS
from paribus.study.toml import format_study

ROWS = 200
"""Rows of a figure's table, at most."""
_SCRIPTS = ("near.js", "page.js", "figures.js", "leaderboard.js")


def page(facts: Facts, figures: Sequence[Figure]) -> str:
    """The report as HTML. Whatever a user has named is escaped."""
    varied = _varied(facts)
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
            varied=varied,
            status=facts.trials["status"].value_counts().to_dict(),
            board=facts.board.head(len(facts.standings)).to_dict("records"),
            figures={figure.name: figure for figure in figures},
            planned=list(_planned(facts)),
            methods=interval_methods(facts),
            references=list(references(facts)),
            toml=format_study(facts.study),
            configurations=configurations(facts),
            columns=leaderboard_columns(facts, varied),
            figure_data=figure_data(figures),
            bundle=bundle(),
            scripts=[_script(name) for name in _SCRIPTS],
        )
    )


@cache
def _script(name: str) -> str:
    return (files("paribus.report") / "scripts" / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    numbers = ("score", "signed", "spread", "count", "share", "percent", "p_value")
    made = environment("paribus.report", (*numbers, "level", "duration", "moment", "cell"))
    made.filters["drawing"] = lambda figure: Markup(figure.svg)
    made.filters |= {"script": Markup, "embedded": embedded}
    made.filters |= {"machine_words": machine_words, "energy_words": energy_words}
    made.globals |= {
        **{"scored": _scored, "factor_name": factor_name, "question_name": question_name},
        **{"importance_name": importance_name, "interactions_name": interactions_name},
        **{"combinations_name": combinations_name, "dead_name": dead_name, "ranks_name": ranks_name},
        **{
            "ROWS": ROWS,
            "HELD": SHOWN,
            "PARTS": PARTS,
            "meaning": _meaning,
            "isolation": isolation,
            "adjusted_name": _title,
        },
    }
    return made


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


def _meaning(family: str, word: str) -> str:
    """What an option means, for a word such as `holdout:0.15`."""
    name = word.partition(":")[0]
    return next((option.meaning for option in OPTIONS if (option.family, option.name) == (family, name)), "")
