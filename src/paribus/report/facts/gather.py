"""A record's facts, gathered once."""

from __future__ import annotations

from typing import Any

import pandas as pd

from paribus.audit import audit
from paribus.audit.evidence import Evidence
from paribus.errors import StudyError
from paribus.report.facts.curves import curve_facts
from paribus.report.facts.dead import DEAD, dead_trials, with_dead
from paribus.report.facts.failures import failures
from paribus.report.facts.predictions import predicted
from paribus.report.facts.records import Facts
from paribus.report.facts.scatter import scatter
from paribus.report.facts.stages import stage_facts
from paribus.report.facts.standings import interval_of_best, standing_of
from paribus.report.facts.uses import used
from paribus.report.facts.words import word_facts
from paribus.stats.answers import Answer, answers
from paribus.stats.answers.calls import calls
from paribus.stats.answers.choices import choices
from paribus.stats.board import board as ranked
from paribus.stats.held_out import HeldOut
from paribus.stats.nested import nested
from paribus.stats.optimism import Optimism, optimism
from paribus.stats.robustness import robustness
from paribus.store.boundary import boundary
from paribus.store.mistakes import mistakes
from paribus.store.profile import SAMPLES, told_split
from paribus.store.record import Record
from paribus.store.tables import compared_trials, trials_frame
from paribus.study.spec import Study

SHOWN = 20
"""Rows of the leaderboard that get intervals."""


def gather(record: Record, study: Study) -> Facts:
    """The facts of a record. The same record gives the same facts.

    Raises `StudyError` where no trial was planned yet.
    """
    trials = trials_frame(record, study)
    if trials.empty:
        raise StudyError(f"{record.path.parent}: stopped before its first trial: run the study again")
    data = record.fact("data")
    folds = [place for place, fold in enumerate(data["folds"]) if not fold["judges"]]
    judged = with_dead(trials, dead_trials(record, data))
    compared = compared_trials(judged, folds)
    board = ranked(record, study, compared)
    held_out = HeldOut(record, study.protocol.is_pooled)
    standings = tuple(
        standing_of(record, study, held_out, row) for row in board.head(SHOWN).to_dict("records")
    )
    answered = answers(study, held_out)
    return Facts(
        study=study,
        data=data,
        trials=trials,
        board=board,
        standings=standings,
        stages=stage_facts(record, study, compared),
        answers=answered,
        choices=choices(study, board, compared, interval_of_best(standings)),
        calls=calls(held_out, standings[0].config_id, study.protocol.thresholds) if standings else None,
        optimism=_optimism(study, board, held_out),
        nested=nested(record, study.protocol.metrics),
        robustness=robustness(record, study, board, trials),
        split=told_split(data, study),
        curves=curve_facts(record, board, folds),
        predicted=predicted(record, held_out, standings[0].config_id, data["classes"]) if standings else (),
        words=word_facts(record, standings[0].config_id) if standings else None,
        boundary=boundary(record, standings[0].config_id) if standings else None,
        failures=failures(trials),
        scatter=scatter(study, data),
        findings=audit(_evidence(study, data, judged, board, answered)),
        openings=tuple(_rows(record, "select config_id, fold, seed, opened_at, reason from openings")),
        sessions=_sessions(record),
        used=used(record),
        versions=record.fact("versions"),
        study_hash=record.fact("study_hash"),
        fingerprint=record.fact("fingerprint"),
        samples=record.fact(SAMPLES) or {},
        mistakes=mistakes(record),
    )


def _rows(record: Record, query: str) -> list[dict[str, Any]]:
    cursor = record.connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _sessions(record: Record) -> tuple[dict[str, Any], ...]:
    """Each with what it used, None where it did not tell."""
    uses = record.uses()
    found = []
    for session in _rows(record, "select * from sessions order by started_at"):
        use = uses.get(session["started_at"], {})
        joules = sum(use["joules"].values()) if use.get("joules") else None
        found.append({**session, "processor_seconds": use.get("processor_seconds"), "joules": joules})
    return tuple(found)


def _evidence(
    study: Study,
    data: dict[str, Any],
    trials: pd.DataFrame,
    board: pd.DataFrame,
    answered: tuple[Answer, ...],
) -> Evidence:
    """What the audit looks at: the trials, and whether each tells the classes apart."""
    if data["classes"]:
        trials = trials.rename(columns={DEAD: "one_class"})
    return Evidence(study, data, trials, board, len(board), answered)


def _optimism(study: Study, board: pd.DataFrame, held_out: HeldOut) -> Optimism | None:
    """On all configurations that are complete, each by its held-out rows' mean prediction."""
    complete = board[board["n_done"] == board["n_trials"]]["config_id"]
    predictions = held_out.means(complete)
    if predictions is None:
        return None
    return optimism(held_out.kind, study.protocol.metrics[0], held_out.truth, predictions)
