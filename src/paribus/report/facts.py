"""A record's facts, computed once. Pages, tables and the terminal draw them and compute nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.audit import Finding, audit
from paribus.audit.evidence import Evidence
from paribus.errors import StudyError
from paribus.report.questions import Answer, answers
from paribus.report.replicates import all_predictions, calls_one_class, replicate_predictions
from paribus.stats.intervals import Interval, interval
from paribus.stats.levels import by_level
from paribus.stats.optimism import Optimism, optimism
from paribus.stats.ranking import rank
from paribus.store.arrays import curves, unpack
from paribus.store.record import Key, Record
from paribus.store.tables import LAYERS, configuration_of, factor_columns, trials_frame
from paribus.study.plan import stages
from paribus.study.spec import Study

SHOWN = 20
"""Rows of the leaderboard that get intervals."""
CURVES = 6
"""Best configurations whose learning curves are shown."""


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


@dataclass(frozen=True)
class Curve:
    """The learning curves of one trial: each value by epoch, from 1."""

    config_id: str
    fold: int
    seed: int
    best_epoch: int
    values: dict[str, NDArray[np.generic]]


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
    optimism: Optimism | None
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
    board = rank(trials, study.protocol.metrics, factor_columns(study))
    data = record.fact("data")
    standings = tuple(
        _standing(record, study, data["task"], row) for row in board.head(SHOWN).to_dict("records")
    )
    predicted = all_predictions(record)
    return Facts(
        study=study,
        data=data,
        trials=trials,
        board=board,
        standings=standings,
        stages=_stages(record, study, trials),
        answers=answers(record, study, data["task"]),
        optimism=_optimism(record, study, data["task"], board, predicted),
        curves=_curves(record, board),
        findings=audit(_evidence(study, data, trials, board, predicted)),
        openings=tuple(_rows(record, "select config_id, fold, seed, opened_at, reason from openings")),
        sessions=tuple(_rows(record, "select * from sessions order by started_at")),
        versions=record.fact("versions"),
        study_hash=record.fact("study_hash"),
        fingerprint=record.fact("fingerprint"),
    )


def _rows(record: Record, query: str) -> list[dict[str, Any]]:
    cursor = record.connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _standing(record: Record, study: Study, kind: str, row: Mapping[Any, Any]) -> Standing:
    scored: list[Score] = []
    for part in ("val", "test"):
        predictions = replicate_predictions(record, row["config_id"], opened=part == "test")
        if predictions is None:
            continue
        truth = record.truth(part, 0)
        for metric in study.protocol.metrics:
            found = interval(kind, metric, truth, predictions)
            scored.append(Score(part, metric, _value(record, row["config_id"], part, metric), found))
    return Standing(
        rank=row["rank"],
        config_id=row["config_id"],
        stage=row["stage"],
        levels=configuration_of(record, row["config_id"]).levels,
        n_parameters=None if pd.isna(row["n_parameters"]) else int(row["n_parameters"]),
        n_trials=int(row["n_trials"]),
        scores=tuple(scored),
    )


def _value(record: Record, config_id: str, part: str, metric: str) -> float:
    """The mean over folds and seeds of a recorded score."""
    table = "openings" if part == "test" else "outcomes"
    rows = record.connection.execute(
        f"select metrics from {table} where config_id = ? order by fold, seed", (config_id,)
    ).fetchall()
    found = [json.loads(text) for (text,) in rows]
    values = [(each if part == "test" else each.get(part, {})).get(metric) for each in found]
    return float(np.mean([np.nan if value is None else value for value in values]))


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
            if factor in rows.columns and rows[factor].nunique() > 1:
                ordered = rows.sort_values(factor, key=_declared(stage.factors.get(factor)), kind="stable")
                effects[factor] = by_level(ordered, factor, study.protocol.metrics, ("val", "train"))
        found.append(
            StageFacts(
                name=stage.name,
                design=stage.design,
                factors=dict(stage.factors),
                n_configurations=int(rows["config_id"].nunique()),
                n_trials=len(rows),
                kept=tuple(kept.get(stage.name, ())),
                effects=effects,
            )
        )
    return tuple(found)


def _declared(levels: Sequence[Any] | None):  # type: ignore[no-untyped-def]
    """A sort key that puts levels in the order in which the study lists them."""
    if levels is None:
        return None
    place = {
        json.dumps(level) if isinstance(level, list | tuple) else level: n for n, level in enumerate(levels)
    }
    return lambda column: column.map(place)


def _evidence(
    study: Study,
    data: dict[str, Any],
    trials: pd.DataFrame,
    board: pd.DataFrame,
    predicted: dict[Key, NDArray[np.float32]],
) -> Evidence:
    """What the audit looks at: the trials, and whether each tells the classes apart."""
    if data["classes"]:
        alike = {key for key, predictions in predicted.items() if calls_one_class(predictions)}
        keys = zip(trials["config_id"], trials["fold"], trials["seed"], strict=True)
        trials = trials.assign(one_class=[key in alike for key in keys])
    return Evidence(study, data, trials, board, len(board))


def _optimism(
    record: Record, study: Study, kind: str, board: pd.DataFrame, predicted: dict[Key, NDArray[np.float32]]
) -> Optimism | None:
    """On all configurations that are complete, each by the mean prediction of its replicates."""
    complete = set(board[board["n_done"] == board["n_trials"]]["config_id"])
    replicates: dict[str, list[NDArray[np.float32]]] = {}
    for (config_id, _, _), predictions in predicted.items():
        if config_id in complete:
            replicates.setdefault(config_id, []).append(predictions)
    if not replicates:
        return None
    stacked = np.stack([np.mean(each, axis=0) for each in replicates.values()])
    return optimism(kind, study.protocol.metrics[0], record.truth("val", 0), stacked)


def _curves(record: Record, board: pd.DataFrame) -> tuple[Curve, ...]:
    found = []
    for config_id in board["config_id"].head(CURVES):
        rows = record.connection.execute(
            "select fold, seed, best_epoch, arrays from outcomes where config_id = ? order by fold, seed",
            (config_id,),
        )
        found += [
            Curve(config_id, fold, seed, best_epoch, curves(unpack(arrays)))
            for fold, seed, best_epoch, arrays in rows
        ]
    return tuple(found)
