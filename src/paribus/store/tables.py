"""The record as frames: one row a trial, with every factor and every score."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.errors import StudyError
from paribus.store.record import Record
from paribus.study.configuration import Configuration
from paribus.study.plan import OUTER, QUESTION, ROBUSTNESS, stages
from paribus.study.spec import Study

LAYERS = "network.layers"
"""Derived from `network.hidden`: the number of hidden layers."""

_QUERY = """
select trial_id, t.config_id, stage, fold, seed, coalesce(o.status, 'missing') as status, o.reason,
       o.n_parameters, o.epochs_run, o.best_epoch, o.train_seconds,
       o.metrics, s.metrics as test
from trials t
left join outcomes o using (config_id, fold, seed)
left join openings s using (config_id, fold, seed)
"""


def read_leaderboard(folder: Path) -> pd.DataFrame:
    """One row a configuration, the best first. Raises `StudyError` before the first run's end."""
    path = folder / "leaderboard.csv"
    if not path.is_file():
        raise StudyError(
            f"{path} isn't there: the run has not come to its end. Let it go on with the same"
            f" `paribus run`, or write what there is with `paribus report {folder}`"
        )
    return pd.read_csv(path)


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
    paths = [ENGINE, *factor_columns(study)]
    levels = _levels(record, paths)
    cells = dict(zip(paths, zip(*(levels[name] for name in raw["config_id"]), strict=True), strict=False))
    columns: dict[str, Any] = {name: raw[name] for name in ("trial_id", "config_id", "stage")}
    columns["engine"] = list(cells.get(ENGINE, ()))
    columns |= {name: raw[name] for name in ("fold", "seed", "status")}
    columns |= {path: list(cells.get(path, ())) for path in factor_columns(study)}
    columns |= {name: raw[name] for name in ("n_parameters", "epochs_run", "best_epoch")}
    columns = {name: values.astype("Int64") if name in _WHOLE else values for name, values in columns.items()}
    columns["train_seconds"] = raw["train_seconds"]
    metrics = study.protocol.metrics
    names = [(part, metric) for part in ("train", "val") for metric in metrics]
    found = _numbers(raw["metrics"], [*names, *(("curve", name) for name in _MEASURES)])
    found |= _numbers(raw["test"], [("test", metric) for metric in metrics], "test")
    for part in ("train", "val", "test"):
        columns |= {f"{part}_{metric}": found[part, metric] for metric in metrics}
    columns |= {name: found["curve", name] for name in _MEASURES}
    columns["convergence_epoch"] = pd.array(columns["convergence_epoch"], dtype="Int64")
    columns["reason"] = raw["reason"].fillna("")
    return pd.DataFrame(columns)


def _levels(record: Record, paths: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """The cells of these paths by config_id: each configuration is read once, however many trials it has."""
    found = {}
    for config_id, text in record.connection.execute("select config_id, levels from configurations"):
        told = json.loads(text)
        found[config_id] = tuple(
            _cell(len(told["network.hidden"]) if path == LAYERS else _level(told, path)) for path in paths
        )
    return found


def _level(levels: Mapping[str, Any], path: str) -> Any:
    """The level at `path`, or the table of those below it; None where there is none."""
    if path in levels:
        return levels[path]
    below = {
        key.removeprefix(f"{path}."): level for key, level in levels.items() if key.startswith(f"{path}.")
    }
    return below or None


def _numbers(
    texts: Iterable[str | None], names: Sequence[tuple[str, str]], part: str = ""
) -> dict[tuple[str, str], NDArray[np.float64]]:
    """The numbers of these (part, name), each (trial,), of JSON by part, or of `part` alone; NaN for none."""
    listed = list(texts)
    found = np.full((len(names), len(listed)), np.nan)
    for trial, text in enumerate(listed):
        if text:
            told = json.loads(text)
            told = {part: told} if part else told
            for place, (outer, name) in enumerate(names):
                if (value := told.get(outer, {}).get(name)) is not None:
                    found[place, trial] = value
    return dict(zip(names, found, strict=True))


def compared_trials(frame: pd.DataFrame, folds: Collection[int]) -> pd.DataFrame:
    """The rows of `trials_frame` that compare configurations: on `folds`, of the configurations that were
    asked for on all of them. The others are nested validation's own, and finalists trained again.
    """
    inside = frame[frame["fold"].isin(list(folds)) & (frame["stage"] != ROBUSTNESS)]
    n_folds = inside.groupby("config_id")["fold"].transform("nunique")
    return inside[n_folds == len(folds)]


ENGINE = "train.engine"
_MEASURES = ("convergence_epoch", "overfitting_gap", "stability")
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
