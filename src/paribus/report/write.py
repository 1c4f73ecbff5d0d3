"""Everything that a run leaves beside its record."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from paribus.report.drawings import Drawings
from paribus.report.exports.delimited import csv_text, parquet_bytes
from paribus.report.exports.tables import tables
from paribus.report.exports.workbook import workbook
from paribus.report.facts import Facts, gather
from paribus.report.facts.uses import energy_words
from paribus.report.figures import each_figure
from paribus.report.page import page
from paribus.report.question_files import question_summary, question_table
from paribus.report.references import references
from paribus.store.folder import write
from paribus.store.record import Record
from paribus.study.spec import Study


def write_report(record: Record, study: Study, folder: Path) -> Facts:
    """Write the tables, the figures and the page of a record into `folder`; its facts."""
    with Drawings(folder / "figures", record.n_trials(), files=True) as drawings:
        facts = gather(record, study)
        for figure in each_figure(facts):
            drawings.add(figure)
        _write_tables(facts, folder)
        write(folder / "report.html", page(facts, drawings.finish()))
    return facts


def _write_tables(facts: Facts, folder: Path) -> None:
    """The files that hold numbers."""
    write(folder / "trials.csv", csv_text(facts.trials))
    write(folder / "trials.parquet", parquet_bytes(facts.trials))
    write(folder / "leaderboard.csv", csv_text(facts.board))
    write(folder / "questions.csv", csv_text(question_table(facts.answers)))
    write(folder / "tables.xlsx", workbook(tables(facts)))
    write(folder / "summary.json", _json(summary(facts)))
    write(folder / "audit.json", _json([dataclasses.asdict(finding) for finding in facts.findings]))


def summary(facts: Facts) -> dict[str, Any]:
    """The study in one table of numbers: `summary.json`."""
    best = facts.best
    scored: dict[str, Any] = {}
    for score in best.scores:
        scored[f"{score.part}_{score.metric}"] = score.value
        scored[f"{score.part}_{score.metric}_interval"] = [score.interval.low, score.interval.high]
    return {
        "study": facts.study.name,
        "best": {
            "config_id": best.config_id,
            "levels": best.levels,
            "stage": best.stage,
            "n_parameters": best.n_parameters,
            **scored,
        },
        "optimism": dataclasses.asdict(facts.optimism) if facts.optimism else None,
        "nested": _nested(facts),
        "robustness": [dataclasses.asdict(finalist) for finalist in facts.robustness],
        "questions": [question_summary(answer) for answer in facts.answers],
        "n_trials": len(facts.trials),
        "n_configurations": len(facts.board),
        "status": facts.trials["status"].value_counts().to_dict(),
        "wall_seconds": facts.wall_seconds,
        "sealed_part_opened_for": [opening["config_id"] for opening in facts.openings],
        "importance": [dataclasses.asdict(stage.importance) for stage in facts.stages if stage.importance],
        "dead_starts": [
            {"stage": stage.name, "dead": stage.dead.dead, "n_trials": stage.dead.n_trials}
            for stage in facts.stages
            if stage.dead
        ],
        "choices": dataclasses.asdict(facts.choices) if facts.choices else None,
        "calls": _calls(facts),
        "references": [{"method": name, "source": source} for name, source in references(facts)],
        "use": {**dataclasses.asdict(facts.used), "energy": energy_words(facts.used)},
        "versions": facts.versions,
        "data_fingerprint": facts.fingerprint,
        "study_hash": facts.study_hash,
    }


def _calls(facts: Facts) -> dict[str, Any] | None:
    """Thresholds and calibration of the chosen configuration; a map as its numbers."""
    return dataclasses.asdict(facts.calls) if facts.calls else None


def _nested(facts: Facts) -> dict[str, Any] | None:
    """The outer judgement, by metric, and each outer fold's choice."""
    if facts.nested is None:
        return None
    told: dict[str, Any] = {}
    for metric, value in facts.nested.estimates.items():
        bounds = facts.nested.intervals[metric]
        told |= {metric: value, f"{metric}_interval": [bounds.low, bounds.high]}
    return {**told, "folds": [dataclasses.asdict(fold) for fold in facts.nested.folds]}


def _json(value: Any) -> str:
    return json.dumps(_plain(value), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
