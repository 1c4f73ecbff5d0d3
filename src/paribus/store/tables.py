"""The record as frames: one row a trial, with every factor and every score."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pandas as pd

from paribus.store.record import Record
from paribus.study.configuration import Configuration
from paribus.study.plan import OUTER, QUESTION, ROBUSTNESS, stages
from paribus.study.spec import Study

LAYERS = "network.layers"
"""Derived from `network.hidden`: the number of hidden layers."""

_QUERY = """
select trial_id, t.config_id, stage, fold, seed, coalesce(o.status, 'missing') as status, o.reason,
       o.n_parameters, o.epochs_run, o.best_epoch, o.train_seconds,
       o.metrics, s.metrics as test, c.levels
from trials t
join configurations c using (config_id)
left join outcomes o using (config_id, fold, seed)
left join openings s using (config_id, fold, seed)
"""


def stage_names(study: Study) -> list[str]:
    """Stages and questions in the order in which they run."""
    return [stage.name for stage in stages(study)] + [QUESTION + question.name for question in study.question]


def factor_columns(study: Study) -> list[str]:
    """The dotted paths that vary in a study; all settings where none does."""
    declared = [path for stage in study.stage for path in stage.factors]
    for question in study.question:
        declared += [question.vary, *question.hold]
    named = [_without_shorthand(path) for path in declared]
    if "network.hidden" in named:
        named.append(LAYERS)
    return list(dict.fromkeys(named)) or list(Configuration.base(study).levels)


def _without_shorthand(path: str) -> str:
    return "network.hidden" if path in ("network.layers", "network.units") else path


def trials_frame(record: Record, study: Study) -> pd.DataFrame:
    """One row a trial, sorted by stage, configuration, fold and seed; the columns of `trials.csv`
    and `reason`. List levels are JSON text.
    """
    raw = pd.read_sql_query(_QUERY, record.connection).astype({"metrics": object, "test": object})
    raw = raw.where(raw.notna(), None)
    place = {name: position for position, name in enumerate([*stage_names(study), OUTER, ROBUSTNESS])}
    raw = raw.sort_values(
        ["stage", "config_id", "fold", "seed"], key=lambda c: c.map(place) if c.name == "stage" else c
    ).reset_index(drop=True)
    levels = [json.loads(text) for text in raw["levels"]]
    metrics = [json.loads(text) if text else {} for text in raw["metrics"]]
    columns: dict[str, Any] = {name: raw[name] for name in ("trial_id", "config_id", "stage")}
    columns["engine"] = [level["train.engine"] for level in levels]
    columns |= {name: raw[name] for name in ("fold", "seed", "status")}
    for path in factor_columns(study):
        columns[path] = [
            _cell(len(row["network.hidden"]) if path == LAYERS else row.get(path)) for row in levels
        ]
    columns |= {name: raw[name] for name in ("n_parameters", "epochs_run", "best_epoch")}
    columns = {name: values.astype("Int64") if name in _WHOLE else values for name, values in columns.items()}
    columns["train_seconds"] = raw["train_seconds"]
    tests = [json.loads(text) if text else {} for text in raw["test"]]
    for part, scored in (
        ("train", [row.get("train", {}) for row in metrics]),
        ("val", [row.get("val", {}) for row in metrics]),
        ("test", tests),
    ):
        for metric in study.protocol.metrics:
            columns[f"{part}_{metric}"] = pd.Series([row.get(metric) for row in scored], dtype="float64")
    measured = [row.get("curve", {}) for row in metrics]
    columns["convergence_epoch"] = pd.Series(
        [row.get("convergence_epoch") for row in measured], dtype="Int64"
    )
    for name in ("overfitting_gap", "stability"):
        columns[name] = pd.Series([row.get(name) for row in measured], dtype="float64")
    columns["reason"] = raw["reason"].fillna("")
    return pd.DataFrame(columns)


def compared_trials(frame: pd.DataFrame, folds: Collection[int]) -> pd.DataFrame:
    """The rows of `trials_frame` that compare configurations: on `folds`, of the configurations that were
    asked for on all of them. The others are nested validation's own, and finalists trained again.
    """
    inside = frame[frame["fold"].isin(list(folds)) & (frame["stage"] != ROBUSTNESS)]
    n_folds = inside.groupby("config_id")["fold"].transform("nunique")
    return inside[n_folds == len(folds)]


_WHOLE = ("n_parameters", "epochs_run", "best_epoch")


def _cell(level: Any) -> Any:
    return json.dumps(level) if isinstance(level, list | dict) else level


def configuration_of(record: Record, config_id: str) -> Configuration:
    """The configuration that has this id. Raises KeyError if the record has none."""
    query = "select levels from configurations where config_id = ?"
    row = record.connection.execute(query, (config_id,)).fetchone()
    if row is None:
        raise KeyError(config_id)
    return Configuration.from_levels(json.loads(row[0]))
