"""Other ways to choose than by the first metric, shown beside the choice: all on validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from paribus.stats.composite import weighted_composite
from paribus.stats.intervals import Interval
from paribus.stats.one_standard_error import one_standard_error
from paribus.stats.pareto import pareto_front
from paribus.study.options import larger_is_better
from paribus.study.sections.choosing import COSTS
from paribus.study.spec import Study

SHOWN = 10
"""Configurations of a composite ranking that are listed."""
_Z = 1.959963984540054


@dataclass(frozen=True)
class Candidate:
    """A configuration as the criteria see it: `score` by the first metric, training time a trial."""

    config_id: str
    rank: int
    score: float
    n_parameters: int
    train_seconds: float


@dataclass(frozen=True)
class Simplest:
    """The one-standard-error rule: the simplest configuration whose score reaches the bound."""

    chosen: Candidate
    best: Candidate
    bound: float


@dataclass(frozen=True)
class Weighed:
    """One configuration of the composite ranking; `parts` are the normalised criteria, 0 to 1."""

    config_id: str
    rank: int
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class Choices:
    """The Pareto front (score, parameters, time), the best score first, equal ones once; the
    one-standard-error choice, None where one trial has no error; the composite ranking's first, where the
    study gives weights.
    """

    metric: str
    front: tuple[Candidate, ...]
    simplest: Simplest | None
    weighed: tuple[Weighed, ...]
    weights: dict[str, float]
    normalised: str

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = ["pareto", *(["one_standard_error"] if self.simplest else [])]
        return (*found, *(["weighted_composite"] if self.weighed else []))


def choices(
    study: Study, board: pd.DataFrame, trials: pd.DataFrame, of_best: Interval | None
) -> Choices | None:
    """Of a leaderboard's complete configurations; `of_best` is the interval of its first one's score.

    None for fewer than two.
    """
    metric = study.protocol.metrics[0]
    complete = board[(board["n_done"] == board["n_trials"]) & board[f"val_{metric}"].notna()]
    if len(complete) < 2:
        return None
    seconds = complete["train_seconds"] / complete["n_done"]
    known = complete.assign(seconds=seconds)
    criteria = {
        metric: known[f"val_{metric}"].to_numpy("float64"),
        "n_parameters": known["n_parameters"].to_numpy("float64"),
        "train_seconds": seconds.to_numpy("float64"),
    }
    smaller = ["n_parameters", "train_seconds", *([] if larger_is_better(metric) else [metric])]
    front = known[pareto_front(criteria, smaller)]
    front = front.drop_duplicates([f"val_{metric}", "n_parameters", "seconds"])
    composite = study.protocol.composite
    return Choices(
        metric=metric,
        front=tuple(_candidates(front, metric)),
        simplest=_simplest(known, metric, of_best),
        weighed=_weighed(study, known, trials),
        weights=dict(composite.weights) if composite else {},
        normalised=composite.normalise if composite else "",
    )


def _candidates(rows: pd.DataFrame, metric: str) -> Sequence[Candidate]:
    return [
        Candidate(
            row["config_id"], int(row["rank"]), row[f"val_{metric}"], int(row["n_parameters"]), row["seconds"]
        )
        for row in rows.to_dict("records")
    ]


def _simplest(known: pd.DataFrame, metric: str, of_best: Interval | None) -> Simplest | None:
    """The best's standard error is that over its trials; of one trial, that which its interval shows."""
    errors = (known[f"val_{metric}_sd"] / np.sqrt(known["n_done"])).to_numpy("float64").copy()
    if not np.isfinite(errors[0]) and of_best is not None:
        errors[0] = (of_best.high - of_best.low) / (2 * _Z)
    if not np.isfinite(errors[0]):
        return None
    found = one_standard_error(
        known[f"val_{metric}"].to_numpy("float64"),
        np.full(len(known), errors[0]),
        known["n_parameters"].to_numpy("float64"),
        larger_is_better(metric),
    )
    chosen, best = _candidates(known.iloc[[found.chosen, found.best]], metric)
    return Simplest(chosen, best, found.bound)


def _weighed(study: Study, known: pd.DataFrame, trials: pd.DataFrame) -> tuple[Weighed, ...]:
    composite = study.protocol.composite
    if composite is None:
        return ()
    columns = {"n_parameters": known["n_parameters"], "train_seconds": known["seconds"]}
    if "overfitting_gap" in composite.weights:
        gaps = trials.groupby("config_id")["overfitting_gap"].mean()
        columns["overfitting_gap"] = known["config_id"].map(gaps)
    columns |= {name: known[f"val_{name}"] for name in composite.weights if name not in COSTS}
    smaller = [name for name in composite.weights if name in COSTS or not larger_is_better(name)]
    found = weighted_composite(
        {name: columns[name].to_numpy("float64") for name in composite.weights},
        composite.weights,
        smaller,
        composite.normalise,
    )
    rows = known.iloc[found.order[:SHOWN]]
    return tuple(
        Weighed(
            str(row["config_id"]),
            int(row["rank"]),
            float(found.scores[place]),
            dict(zip(composite.weights, found.parts[place].tolist(), strict=True)),
        )
        for place, row in zip(found.order[:SHOWN], rows.to_dict("records"), strict=True)
    )
