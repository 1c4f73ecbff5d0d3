"""The record of a study: one SQLite file, one writer, one transaction a population.

What a transaction has written survives kill -9 and a full disk. Outcomes are kept by
(config_id, fold, seed): stages that ask for the same training share it.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from paribus.errors import InterruptedStudyError, StudyError
from paribus.population.outcome import Outcome
from paribus.store.arrays import pack, read_one
from paribus.study.plan import Trial

NAME = "paribus.db"
Key = tuple[str, int, int]
"""(config_id, fold, seed)."""
_USES = "uses"
"""The fact of what each session ran on and used."""
_SMALL = f"case when length(arrays) <= {2**16} then arrays end"
"""Arrays that are read whole sooner than in part: those of small networks."""


@dataclass(frozen=True)
class Opening:
    """One use of the sealed part: for whom, why, and what was seen."""

    key: Key
    reason: str
    metrics: dict[str, float]
    predictions: NDArray[np.float32]


@dataclass(frozen=True)
class Truth:
    """The true targets of one fold's validation rows: (row,), and their positions in the table, (row,)."""

    fold: int
    rows: NDArray[np.int64]
    truth: NDArray[np.generic]


class Record:
    """An open record. Use `Record.at(folder)`; close it when done."""

    def __init__(self, path: Path, create: bool, checked: bool = True) -> None:
        self.path = path
        if not create and not path.is_file():
            raise StudyError(
                f"{path.parent}: no study was run here: it has no {NAME} (see `paribus run --out`)"
            )
        try:
            self.connection = sqlite3.connect(_address(path, create), uri=True, isolation_level=None)
            self._refuse_other(create, checked)
            if create:
                self.connection.execute("pragma journal_mode = wal")
                with self._writing():
                    for statement in files("paribus.store").joinpath("schema.sql").read_text().split(";\n"):
                        self.connection.execute(statement)
            else:
                self.connection.execute("pragma query_only = on")
        except sqlite3.DatabaseError as error:
            raise StudyError(
                f"{path}: can't be opened as a record of paribus ({error}): choose another folder with --out,"
                " or restore the file from a copy"
            ) from None

    def _refuse_other(self, create: bool, checked: bool) -> None:
        """Raise DatabaseError for a database of somebody else, and, if `checked`, for a damaged one."""
        tables = [name for (name,) in self.connection.execute("select name from sqlite_master")]
        if "facts" not in tables and (tables or not create):
            told = (
                f"its tables are of another program: {', '.join(sorted(tables))}" if tables else "it is empty"
            )
            raise sqlite3.DatabaseError(told)
        if not checked:
            return
        (found,) = self.connection.execute("pragma quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(f"it is damaged: {' '.join(found.split())}")

    @classmethod
    def at(cls, folder: Path, create: bool = False, *, checked: bool = True) -> Record:
        """The record in `folder`. Raises `StudyError` if there is none and `create` is off.

        `checked`: the whole file is looked through for damage; who looks again and again leaves that out.
        """
        return cls(folder / NAME, create, checked)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self.connection.close()

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction: all of it, or nothing."""
        try:
            self.connection.execute("begin immediate")
            yield
            self.connection.execute("commit")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("rollback")
            if isinstance(error, sqlite3.OperationalError):
                raise InterruptedStudyError(
                    f"{self.path}: can't be written ({error}). What was finished is kept: make room,"
                    " then run the same command again"
                ) from None
            raise

    # facts

    def fact(self, name: str) -> Any:
        """A fact about the whole study, or None."""
        row = self.connection.execute("select value from facts where name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def put_facts(self, **facts: Any) -> None:
        """Write facts about the whole study."""
        with self._writing():
            self.connection.executemany(
                "insert or replace into facts values (?, ?)",
                [(name, json.dumps(value, ensure_ascii=False)) for name, value in facts.items()],
            )

    def put_truths(self, part: str, truths: Iterable[Truth]) -> None:
        """Keep the true targets of a part (`val` or `test`), for statistics that come after the run."""
        with self._writing():
            self.connection.executemany(
                "insert into truths values (?, ?, ?) on conflict do nothing",
                [
                    (part, truth.fold, save({"truth": truth.truth, "rows": np.ascontiguousarray(truth.rows)}))
                    for truth in truths
                ],
            )

    def truths(self, part: str) -> dict[int, Truth]:
        """The true targets of a part by fold; the sealed part stands under 0."""
        query = "select fold, truth from truths where part = ? order by fold"
        found = {}
        for fold, blob in self.connection.execute(query, (part,)):
            arrays = load(blob)
            found[fold] = Truth(fold, arrays["rows"].astype(np.int64), arrays["truth"])
        return found

    # trials and outcomes

    def plan(self, trials: Sequence[Trial]) -> None:
        """Write down that these trials are asked for; those that stand already are left alone."""
        configurations = {trial.configuration.config_id: trial.configuration for trial in trials}
        with self._writing():
            self.connection.executemany(
                "insert into configurations values (?, ?) on conflict do nothing",
                [(name, json.dumps(made.levels)) for name, made in configurations.items()],
            )
            self.connection.executemany(
                "insert into trials values (?, ?, ?, ?, ?) on conflict do nothing",
                [(trial.trial_id, trial.stage, *trial.key) for trial in trials],
            )

    def n_trials(self) -> int:
        """How many trials are asked for."""
        return int(self.connection.execute("select count(*) from trials").fetchone()[0])

    def trained(self) -> set[Key]:
        """What has an outcome already."""
        return set(self.connection.execute("select config_id, fold, seed from outcomes"))

    def finished(self) -> set[Key]:
        """What was trained to a good end."""
        return set(
            self.connection.execute("select config_id, fold, seed from outcomes where status = 'done'")
        )

    def put_outcomes(
        self, outcomes: Iterable[Outcome], measures: Mapping[Key, Mapping[str, float]] | None = None
    ) -> None:
        """Write one population's outcomes, all of them or none; `measures` are those of learning curves."""
        told = measures or {}
        rows = [
            (
                *(outcome.config_id, outcome.fold, outcome.seed, outcome.status, outcome.reason),
                *(outcome.n_parameters, outcome.epochs_run, outcome.best_epoch, outcome.train_seconds),
                _json(
                    {"train": outcome.train, "val": outcome.val, "curve": dict(told.get(_key(outcome), {}))}
                ),
                pack(outcome),
            )
            for outcome in outcomes
        ]
        with self._writing():
            self.connection.executemany(
                f"insert into outcomes values ({', '.join('?' * 11)}) on conflict do nothing",
                rows,
            )

    def arrays(self, key: Key, opened: bool = False) -> bytes:
        """The packed arrays of one outcome, or of one opening."""
        table = "openings" if opened else "outcomes"
        row = self.connection.execute(
            f"select arrays from {table} where config_id = ? and fold = ? and seed = ?", key
        ).fetchone()
        return bytes(row[0])

    def predictions(
        self, config_id: str, opened: bool = False, *, retrained: bool = False
    ) -> dict[tuple[int, int], NDArray[np.float32]]:
        """A configuration's stored predictions by (fold, seed), of those of its trials that have any:
        of the validation rows, or of the opened test rows.

        Of the training seeds, or (`retrained`) of those with which finalists were trained again.
        """
        table = "openings" if opened else "outcomes"
        done = "" if opened else "and status = 'done'"
        query = f"select fold, seed, rowid, {_SMALL} from {table} where config_id = ? {done} order by 1, 2"
        again = self.robustness_seeds
        rows = self.connection.execute(query, (config_id,))
        return self._predicted(table, (row for row in rows if (row[1] in again) == retrained))

    def all_predictions(
        self, *, retrained: bool = False
    ) -> Iterator[tuple[str, dict[tuple[int, int], NDArray[np.float32]]]]:
        """Every configuration's id and its `predictions` of the validation rows, by one query for all."""
        columns = f"config_id, fold, seed, rowid, {_SMALL}"
        query = f"select {columns} from outcomes where status = 'done' order by 1, 2, 3"
        again = self.robustness_seeds
        rows = (row for row in self.connection.execute(query) if (row[2] in again) == retrained)
        for config_id, own in groupby(rows, key=itemgetter(0)):
            yield config_id, self._predicted("outcomes", (row[1:] for row in own))

    def _predicted(
        self, table: str, rows: Iterable[tuple[int, int, int, bytes | None]]
    ) -> dict[tuple[int, int], NDArray[np.float32]]:
        """The predictions of (fold, seed, rowid, arrays if they are small) rows that have any."""
        found = {}
        for fold, seed, number, small in rows:
            if small is not None:
                array = read_one(BytesIO(small), "predictions")
            else:
                with self.connection.blobopen(table, "arrays", number, readonly=True) as blob:
                    array = read_one(blob, "predictions")
            if array is not None:
                found[fold, seed] = array.astype(np.float32)
        return found

    def scores(
        self, config_id: str, metric: str, opened: bool = False, *, retrained: bool = False
    ) -> dict[tuple[int, int], float]:
        """A configuration's recorded scores by (fold, seed): on validation, or on the sealed part.

        NaN where one is undefined or the trial didn't end well. Seeds as in `predictions`.
        """
        table = "openings" if opened else "outcomes"
        query = f"select fold, seed, metrics from {table} where config_id = ? order by fold, seed"
        found, again = {}, self.robustness_seeds
        for fold, seed, text in self.connection.execute(query, (config_id,)):
            told = json.loads(text)
            value = (told if opened else told.get("val", {})).get(metric)
            if (seed in again) == retrained:
                found[fold, seed] = math.nan if value is None else float(value)
        return found

    @property
    def robustness_seeds(self) -> tuple[int, ...]:
        """The seeds with which finalists were trained again, after the choice: they compare nothing."""
        return tuple(self.fact("robustness_seeds") or ())

    # stages, openings, sessions

    def end_stage(self, position: int, name: str, kept: Sequence[str]) -> None:
        """Write down that a stage is done, and whom it hands on."""
        with self._writing():
            self.connection.execute(
                "insert or replace into stages values (?, ?, ?)", (position, name, json.dumps(list(kept)))
            )

    def put_openings(self, openings: Iterable[Opening]) -> None:
        """Log that the sealed part was opened, and what was seen."""
        now = datetime.now(UTC).isoformat()
        with self._writing():
            self.connection.executemany(
                "insert into openings values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                [
                    (*o.key, now, o.reason, _json(o.metrics), save({"predictions": o.predictions}))
                    for o in openings
                ],
            )

    def opened(self) -> set[Key]:
        """For whom the sealed part was opened already."""
        return set(self.connection.execute("select config_id, fold, seed from openings"))

    def size(self) -> int:
        """How many outcomes and openings stand here."""
        return len(self.trained()) + len(self.opened())

    def begin_session(self, workers: int, command: str) -> str:
        """Log that a run began; its name."""
        now = datetime.now(UTC).isoformat()
        with self._writing():
            self.connection.execute(
                "insert into sessions (started_at, workers, command) values (?, ?, ?)",
                (now, workers, command),
            )
        return now

    def drop_session(self, name: str) -> None:
        """Forget a run that added nothing."""
        with self._writing():
            self.connection.execute("delete from sessions where started_at = ?", (name,))

    def end_session(self, name: str, seconds: float, use: Mapping[str, Any] | None = None) -> None:
        """Log that a run ended after so many seconds, and what it ran on and used (`store.sessions`)."""
        uses = self.uses() | ({name: dict(use)} if use else {})
        with self._writing():
            self.connection.execute(
                "update sessions set ended_at = ?, seconds = ? where started_at = ?",
                (datetime.now(UTC).isoformat(), seconds, name),
            )
            self.connection.execute("insert or replace into facts values (?, ?)", (_USES, json.dumps(uses)))

    def uses(self) -> dict[str, dict[str, Any]]:
        """What each session ran on and used, by the session's name, of those that told it."""
        return dict(self.fact(_USES) or {})


def _address(path: Path, create: bool) -> str:
    """Who reads alone may write too where that can be, or SQLite's own files would be left behind."""
    mode = "rwc" if create else "rw" if os.access(path.parent, os.W_OK) else "ro&immutable=1"
    return f"{path.absolute().as_uri()}?mode={mode}"


def _key(outcome: Outcome) -> Key:
    return (outcome.config_id, outcome.fold, outcome.seed)


def _json(value: Any) -> str:
    return json.dumps(_without_nan(value))


def _without_nan(value: Any) -> Any:
    """JSON has no NaN: what is undefined is null."""
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
