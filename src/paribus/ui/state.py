"""How far a study is, read from its record while a run writes it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from paribus.errors import ParibusError
from paribus.store.record import NAME
from paribus.store.tables import stage_names
from paribus.study.options import larger_is_better
from paribus.study.plan import OUTER, ROBUSTNESS
from paribus.study.spec import Study
from paribus.study.toml import parse_study

State = Literal["running", "finished", "interrupted", "unreadable"]


@dataclass(frozen=True)
class StageState:
    """One stage or question: trials asked for so far, and those that have an outcome."""

    name: str
    planned: int
    done: int


@dataclass(frozen=True)
class StudyState:
    """One study as it stands. `best` is the best mean score so far on the first metric.

    `reason` says why a record can't be read.
    """

    key: str
    folder: str
    name: str
    state: State
    planned: int = 0
    done: int = 0
    failed: int = 0
    metric: str = ""
    best: float | None = None
    best_config_id: str = ""
    stages: tuple[StageState, ...] = ()
    started_at: str = ""
    reason: str = ""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def state_of(key: str, folder: Path) -> StudyState:
    """The state of the study in `folder`. Never writes, never raises for a record that can't be read."""
    try:
        with _reading(folder) as connection:
            return _state(key, folder, connection)
    except (ParibusError, sqlite3.DatabaseError, OSError, ValueError, KeyError, TypeError) as error:
        return StudyState(key, str(folder), folder.name, "unreadable", reason=str(error))


@contextmanager
def _reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """The record, for reading alone; not looked through for damage, as `Record` does, for that takes long."""
    # Who may write lets SQLite take away its own files at the end.
    mode = "rw" if os.access(folder, os.W_OK) else "ro&immutable=1"
    address = f"{(folder / NAME).absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=5)) as connection:
        connection.execute("pragma query_only = on")
        yield connection


def _state(key: str, folder: Path, connection: sqlite3.Connection) -> StudyState:
    row = connection.execute("select value from facts where name = 'study'").fetchone()
    if row is None:
        raise ValueError("no study stands in it yet")
    study = parse_study(json.loads(row[0]), NAME)
    stages = _stages(connection, study)
    ended = {name for (name,) in connection.execute("select name from stages")}
    planned, done = sum(stage.planned for stage in stages), sum(stage.done for stage in stages)
    (failed,) = connection.execute("select count(*) from outcomes where status <> 'done'").fetchone()
    best_config_id, best = _best(connection, study.protocol.metrics[0])
    started = connection.execute("select max(started_at) from sessions").fetchone()[0] or ""
    whole = planned > 0 and done == planned and ended >= {stage.name for stage in study.stage}
    state: State = "interrupted"
    if whole and (folder / "summary.json").is_file():
        state = "finished"  # the lock is not tried: a run that begins right now would find it taken
    elif _is_locked(folder):
        state = "running"
    return StudyState(
        *(key, str(folder), study.name, state, planned, done, int(failed)),
        *(study.protocol.metrics[0], best, best_config_id, stages, started),
    )


def _stages(connection: sqlite3.Connection, study: Study) -> tuple[StageState, ...]:
    query = (
        "select stage, count(*), count(o.status) from trials"
        " left join outcomes o using (config_id, fold, seed) group by stage"
    )
    counted = {name: (planned, done) for name, planned, done in connection.execute(query)}
    names = [*stage_names(study), *(name for name in (OUTER, ROBUSTNESS) if name in counted)]
    return tuple(StageState(name, *counted.get(name, (0, 0))) for name in names)


def _best(connection: sqlite3.Connection, metric: str) -> tuple[str, float | None]:
    order = "desc" if larger_is_better(metric) else "asc"
    row = connection.execute(
        "select config_id, avg(json_extract(metrics, ?)) as score from outcomes where status = 'done'"
        f" group by config_id having score is not null order by score {order} limit 1",
        (f'$.val."{metric}"',),
    ).fetchone()
    return (row[0], float(row[1])) if row else ("", None)


def _is_locked(folder: Path) -> bool:
    """Whether a run holds the folder: tried for a moment, and given back at once."""
    path = folder / ".lock"
    if not path.is_file():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    return False
