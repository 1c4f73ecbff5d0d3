"""A record's facts, computed once. Pages, tables and the terminal draw them and compute nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.audit import Finding, audit
from paribus.audit.evidence import Evidence
from paribus.errors import StudyError
from paribus.population.metrics import scores
from paribus.report.replicates import one_class_trials, sealed_predictions
from paribus.stats.answers import Answer, answers
from paribus.stats.answers.balance import like_with_like
from paribus.stats.answers.calls import Calls, calls
from paribus.stats.answers.choices import Choices, choices
from paribus.stats.answers.importance import StageImportance, stage_importance
from paribus.stats.board import board as ranked
from paribus.stats.held_out import HeldOut
from paribus.stats.intervals import Interval, interval
from paribus.stats.levels import by_level
from paribus.stats.nested import Nested, nested
from paribus.stats.optimism import Optimism, optimism
from paribus.stats.robustness import Finalist, robustness
from paribus.store.arrays import curves, unpack
from paribus.store.profile import told_split
from paribus.store.record import Record
from paribus.store.tables import LAYERS, compared_trials, configuration_of, trials_frame
from paribus.study.plan import stages
from paribus.study.sections.levels import Range
from paribus.study.spec import Study

SHOWN = 20
"""Rows of the leaderboard that get intervals."""
CURVES = 6
"""Best configurations whose learning curves are shown."""
LINES = 10
"""Trials of a configuration that get a curve each; of more, their mean is drawn."""


@dataclass(frozen=True)
class Score:
    """One metric on one part, with its interval."""

    part: str
    metric: str
    value: float
    interval: Interval


@dataclass(frozen=True)
class Standing:
    """One configuration's place: what it is and what it is worth."""

    rank: int
    config_id: str
    stage: str
    levels: dict[str, Any]
    n_parameters: int | None
    n_trials: int
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class StageFacts:
    """One stage as it was run; `effects` maps a factor to its table by level."""

    name: str
    design: str
    factors: dict[str, tuple[Any, ...]]
    n_configurations: int
    n_trials: int
    kept: tuple[str, ...]
    effects: dict[str, pd.DataFrame]
    importance: StageImportance | None


@dataclass(frozen=True)
class Curve:
    """The learning curves of one trial, or the mean of `trials`: each value by epoch, from 1."""

    config_id: str
    fold: int
    seed: int
    best_epoch: int
    values: dict[str, NDArray[np.generic]]
    trials: int = 1


@dataclass(frozen=True)
class Facts:
    """Everything that a report says."""

    study: Study
    data: dict[str, Any]
    trials: pd.DataFrame
    board: pd.DataFrame
    standings: tuple[Standing, ...]
    stages: tuple[StageFacts, ...]
    answers: tuple[Answer, ...]
    choices: Choices | None
    calls: Calls | None
    optimism: Optimism | None
    nested: Nested | None
    robustness: tuple[Finalist, ...]
    split: str
    curves: tuple[Curve, ...]
    findings: tuple[Finding, ...]
    openings: tuple[dict[str, Any], ...]
    sessions: tuple[dict[str, Any], ...]
    versions: dict[str, str]
    study_hash: str
    fingerprint: str

    @property
    def best(self) -> Standing:
        """The chosen configuration."""
        return self.standings[0]

    @property
    def wall_seconds(self) -> float:
        """Time that all sessions took together."""
        return float(sum(session["seconds"] or 0 for session in self.sessions))


def gather(record: Record, study: Study) -> Facts:
    """The facts of a record. The same record gives the same facts.

    Raises `StudyError` where no trial was planned yet.
    """
    trials = trials_frame(record, study)
    if trials.empty:
        raise StudyError(f"{record.path.parent}: stopped before its first trial: run the study again")
    data = record.fact("data")
    folds = [place for place, fold in enumerate(data["folds"]) if not fold["judges"]]
    compared = compared_trials(trials, folds)
    board = ranked(record, study, compared)
    held_out = HeldOut(record, study.protocol.is_pooled)
    standings = tuple(_standing(record, study, held_out, row) for row in board.head(SHOWN).to_dict("records"))
    answered = answers(study, held_out)
    return Facts(
        study=study,
        data=data,
        trials=trials,
        board=board,
        standings=standings,
        stages=_stages(record, study, compared),
        answers=answered,
        choices=choices(study, board, compared, _interval_of_best(standings)),
        calls=calls(held_out, standings[0].config_id, study.protocol.thresholds) if standings else None,
        optimism=_optimism(study, board, held_out),
        nested=nested(record, study.protocol.metrics),
        robustness=robustness(record, study, board, trials),
        split=told_split(data, study),
        curves=_curves(record, board, folds),
        findings=audit(_evidence(record, study, data, trials, board, answered)),
        openings=tuple(_rows(record, "select config_id, fold, seed, opened_at, reason from openings")),
        sessions=tuple(_rows(record, "select * from sessions order by started_at")),
        versions=record.fact("versions"),
        study_hash=record.fact("study_hash"),
        fingerprint=record.fact("fingerprint"),
    )


def _interval_of_best(standings: Sequence[Standing]) -> Interval | None:
    """Of the first metric on validation."""
    found = [score for standing in standings[:1] for score in standing.scores if score.part == "val"]
    return found[0].interval if found else None


def _rows(record: Record, query: str) -> list[dict[str, Any]]:
    cursor = record.connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _standing(record: Record, study: Study, held_out: HeldOut, row: Mapping[Any, Any]) -> Standing:
    scored = [
        Score("val", metric, *found)
        for metric in study.protocol.metrics
        if (found := held_out.score(row["config_id"], metric)) is not None
    ]
    scored += _sealed_scores(record, study, held_out, row["config_id"])
    return Standing(
        rank=row["rank"],
        config_id=row["config_id"],
        stage=row["stage"],
        levels=configuration_of(record, row["config_id"]).levels,
        n_parameters=None if pd.isna(row["n_parameters"]) else int(row["n_parameters"]),
        n_trials=int(row["n_trials"]),
        scores=tuple(scored),
    )


def _sealed_scores(record: Record, study: Study, held_out: HeldOut, config_id: str) -> list[Score]:
    """On the sealed part: of the folds' mean prediction, the mean over seeds."""
    predictions = sealed_predictions(record, config_id)
    if predictions is None:
        return []
    truth, kind = record.truths("test")[0].truth, held_out.kind
    values = scores(kind, study.protocol.metrics, truth, predictions)
    return [
        Score("test", metric, float(value.mean()), interval(kind, metric, truth, predictions))
        for metric, value in values.items()
    ]


def _stages(record: Record, study: Study, trials: pd.DataFrame) -> tuple[StageFacts, ...]:
    kept = {
        name: json.loads(text) for name, text in record.connection.execute("select name, kept from stages")
    }
    found = []
    for stage in stages(study):
        rows = trials[trials["stage"] == stage.name]
        varied = [*stage.factors, *([LAYERS] if "network.hidden" in stage.factors else [])]
        effects = {}
        for factor in varied:
            levels = stage.factors.get(factor)
            if isinstance(levels, Range):
                continue  # every drawn number is a level of its own: no table by level
            if factor in rows.columns and rows[factor].nunique() > 1:
                alike = like_with_like(rows, stage, factor)
                ordered = alike.sort_values(factor, key=_declared(levels), kind="stable")
                effects[factor] = by_level(ordered, factor, study.protocol.metrics, ("val", "train"))
        found.append(
            StageFacts(
                name=stage.name,
                design=stage.design,
                factors={path: _shown(levels) for path, levels in stage.factors.items()},
                n_configurations=int(rows["config_id"].nunique()),
                n_trials=len(rows),
                kept=tuple(kept.get(stage.name, ())),
                effects=effects,
                importance=stage_importance(stage, rows, study.protocol.metrics[0]),
            )
        )
    return tuple(found)


def _shown(levels: tuple[Any, ...] | Range) -> tuple[Any, ...]:
    """The levels, a range in words."""
    if not isinstance(levels, Range):
        return levels
    return (f"{levels.low} to {levels.high}{', by powers of ten' if levels.log else ''}",)


def _declared(levels: Sequence[Any] | None) -> Callable[[pd.Series[Any]], pd.Series[Any]] | None:
    """A sort key that puts levels in the order in which the study lists them."""
    if levels is None:
        return None
    place = {
        json.dumps(level) if isinstance(level, list | tuple) else level: n for n, level in enumerate(levels)
    }
    return lambda column: column.map(place)


def _evidence(
    record: Record,
    study: Study,
    data: dict[str, Any],
    trials: pd.DataFrame,
    board: pd.DataFrame,
    answered: tuple[Answer, ...],
) -> Evidence:
    """What the audit looks at: the trials, and whether each tells the classes apart."""
    if data["classes"]:
        alike = one_class_trials(record)
        keys = zip(trials["config_id"], trials["fold"], trials["seed"], strict=True)
        trials = trials.assign(one_class=[key in alike for key in keys])
    return Evidence(study, data, trials, board, len(board), answered)


def _optimism(study: Study, board: pd.DataFrame, held_out: HeldOut) -> Optimism | None:
    """On all configurations that are complete, each by its held-out rows' mean prediction."""
    complete = board[board["n_done"] == board["n_trials"]]["config_id"]
    found = [each.mean(axis=0) for name in sorted(complete) if (each := held_out.pooled(name)) is not None]
    if not found:
        return None
    return optimism(held_out.kind, study.protocol.metrics[0], held_out.truth, np.stack(found))


def _curves(record: Record, board: pd.DataFrame, folds: Sequence[int]) -> tuple[Curve, ...]:
    """Of every trial of the best configurations; their mean where there are many."""
    found: list[Curve] = []
    for config_id in board["config_id"].head(CURVES):
        rows = record.connection.execute(
            "select fold, seed, best_epoch, arrays from outcomes where config_id = ? order by fold, seed",
            (config_id,),
        )
        made = [
            Curve(config_id, fold, seed, best_epoch, curves(unpack(arrays)))
            for fold, seed, best_epoch, arrays in rows
            if fold in folds
        ]
        found += made if len(made) <= LINES else [_mean_curve(made)]
    return tuple(found)


def _mean_curve(curves: Sequence[Curve]) -> Curve:
    """The mean by epoch; a training that stopped counts on with its last value."""
    longest = max(len(values) for curve in curves for values in curve.values.values())

    def held(values: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.pad(values.astype(np.float64), (0, longest - len(values)), mode="edge")

    names = [name for name in curves[0].values if all(name in curve.values for curve in curves)]
    values = {name: np.mean([held(curve.values[name]) for curve in curves], axis=0) for name in names}
    return Curve(curves[0].config_id, 0, 0, 0, dict(values), len(curves))
