"""What a tracker is told of a study, as plain records: one run a configuration and stage, and one for all."""

from __future__ import annotations

import json
import platform
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any, cast

from paribus.store.arrays import curves, unpack
from paribus.store.record import Record
from paribus.store.tables import trials_frame
from paribus.study.configuration import digest
from paribus.study.plan import QUESTION
from paribus.study.spec import Study

MOST_NESTED = 5_000
"""Trials of one study that get runs of their own below their configuration's; more become its steps."""
_LONGEST = 6_000
"""Characters that a tracker takes of a parameter."""
Number = tuple[str, float, int]
"""A metric's name, value and step."""
Row = dict[str, Any]
"""A line of trials.csv, None where it has no value."""


@dataclass(frozen=True)
class Told:
    """One run. `run_id`: 32 hexadecimal digits, the same whenever the same is told; times in ms since 1970.

    A metric's last number by step is its latest.
    """

    run_id: str
    name: str
    started: int
    ended: int
    status: str
    params: Mapping[str, str]
    numbers: tuple[Number, ...]
    tags: Mapping[str, str]
    parent: str | None = None


class Source:
    """A record to be told of, read once; `experiment`: into which of the tracker's."""

    def __init__(self, record: Record, study: Study, experiment: str = "") -> None:
        self.record, self.study, self.experiment = record, study, experiment
        self.folder = digest([platform.node(), str(record.path.parent.resolve())])
        frame = trials_frame(record, study)
        self.scored = _scored(list(frame.columns))
        self.trials: dict[tuple[str, str], list[Row]] = {}
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            self.trials.setdefault((row["stage"], row["config_id"]), []).append(cast(Row, row))
        self.n_trials = len(frame)
        self.fingerprint, self.hash = str(record.fact("fingerprint")), str(record.fact("study_hash"))
        (begun,) = record.connection.execute("select min(started_at) from sessions").fetchone()
        self.begun = int(datetime.fromisoformat(begun).timestamp() * 1000) if begun else 0
        self.levels = dict(record.connection.execute("select config_id, levels from configurations"))

    @property
    def is_nested(self) -> bool:
        """Whether trials get runs of their own: where configurations have several, few enough in all."""
        return self.n_trials <= MOST_NESTED

    def run_id(self, *names: object) -> str:
        """The run's id: a digest of the study, its data, the experiment and what the run is. The ids of a
        store are unique in all of it.
        """
        return digest([self.hash, self.fingerprint, self.experiment, *map(str, names)], size=16)

    def opened(self) -> frozenset[str]:
        """The ids of runs that have scores on the sealed part: of configurations and of their trials."""
        name, found = f"test_{self.study.protocol.metrics[0]}", set()
        for key, rows in self.trials.items():
            judged = [row for row in rows if row[name] is not None]
            found |= {self.run_id(*key, int(row["fold"]), int(row["seed"])) for row in judged}
            found |= {self.run_id(*key)} if judged else set()
        return frozenset(found)

    def configurations(self, known: Collection[str] = ()) -> Iterator[Told]:
        """The runs of all configurations whose every trial has ended, but for those `known`; each after
        its trials' where these have their own.
        """
        for (stage, config_id), rows in self.trials.items():
            run_id = self.run_id(stage, config_id)
            if run_id not in known and all(row["status"] != "missing" for row in rows):
                yield from self._configuration(stage, config_id, run_id, rows)

    def _configuration(self, stage: str, config_id: str, run_id: str, rows: list[Row]) -> Iterator[Told]:
        params, done = self._params(config_id), [row for row in rows if row["status"] == "done"]
        numbers = self._means(done)
        if len(rows) == 1:
            numbers = self._own(rows[0])
        elif self.is_nested:
            for row in rows:
                yield self._trial(stage, config_id, run_id, row, params)
        else:
            for place, row in enumerate(rows):
                numbers += [(f"trial_{name}", value, place) for name, value, _ in self._scores(row)]
        seconds = sum(row["train_seconds"] or 0.0 for row in rows)
        yield Told(
            run_id,
            f"{stage} {config_id}",
            self.begun,
            self.begun + int(1000 * seconds),
            "FINISHED" if done else "FAILED",
            params,
            tuple(numbers),
            self._tags(stage, config_id, rows),
        )

    def _trial(self, stage: str, config_id: str, parent: str, row: Row, params: Mapping[str, str]) -> Told:
        fold, seed = int(row["fold"]), int(row["seed"])
        return Told(
            self.run_id(stage, config_id, fold, seed),
            f"fold {fold} seed {seed}",
            self.begun,
            self.begun + int(1000 * (row["train_seconds"] or 0.0)),
            "FINISHED" if row["status"] == "done" else "FAILED",
            {**params, "fold": str(fold), "seed": str(seed)},
            tuple(self._own(row)),
            {"kind": "trial", "stage": stage, "config_id": config_id, "trial_id": row["trial_id"]},
            parent,
        )

    def _own(self, row: Row) -> list[Number]:
        """A trial's scores, and its curves, one step an epoch, from 1."""
        found = self._scores(row)
        key = (row["config_id"], int(row["fold"]), int(row["seed"]))
        for name, values in sorted(curves(unpack(self.record.arrays(key))).items()):
            told = f"epoch_{name}"
            found += [(told, value, epoch) for epoch, value in enumerate(values.tolist(), start=1)]
        return found

    def _scores(self, row: Row) -> list[Number]:
        """A trial's scores and costs, by the names of trials.csv."""
        return [(name, float(row[name]), 0) for name in self.scored if row[name] is not None]

    def _means(self, rows: list[Row]) -> list[Number]:
        """The means over trials that ended well."""
        found = {name: [float(row[name]) for row in rows if row[name] is not None] for name in self.scored}
        return [(name, fmean(values), 0) for name, values in found.items() if values]

    def _params(self, config_id: str) -> dict[str, str]:
        levels: dict[str, Any] = json.loads(self.levels[config_id])
        return {path: _text(level) for path, level in levels.items() if level is not None}

    def _tags(self, stage: str, config_id: str, rows: list[Row]) -> dict[str, str]:
        question = stage.removeprefix(QUESTION) if stage.startswith(QUESTION) else ""
        told = {
            "kind": "configuration",
            "stage": stage,
            "question": question,
            "engine": str(rows[0]["engine"]),
            "config_id": config_id,
            "trials": str(len(rows)),
            "data_fingerprint": self.fingerprint,
            "study_hash": self.hash,
        }
        return {name: value for name, value in told.items() if value}


def _text(level: Any) -> str:
    return (level if isinstance(level, str) else json.dumps(level))[:_LONGEST]


def _scored(columns: list[str]) -> list[str]:
    """The columns that are numbers of a trial."""
    more = ("n_parameters", "epochs_run", "best_epoch", "convergence_epoch", "overfitting_gap", "stability")
    parts = ("train_", "val_", "test_")
    return [name for name in columns if name in more or (name.startswith(parts) and "." not in name)]
