"""Telling MLflow of a study: what it hasn't been told of yet, each run once, however often it is called."""

from __future__ import annotations

import getpass
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from filelock import FileLock

from paribus.errors import StudyError
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.study.configuration import digest
from paribus.study.sections.deliver import Track
from paribus.study.spec import Study
from paribus.track import client as public
from paribus.track import sqlite
from paribus.track.study_run import tell_study
from paribus.track.told import Source

MISSING_EXTRA = "tracking needs the extra mlflow: pip install 'paribus[mlflow]'"
LOCK = ".track.lock"
"""Two that told the same tracker at once would tell runs twice."""
_QUIET = {"MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true", "GIT_PYTHON_REFRESH": "quiet"}


@dataclass(frozen=True)
class Sent:
    """How many runs were told now, and into which experiment."""

    runs: int
    experiment: str
    address: str
    in_bulk: bool


def send(folder: Path, address: str | None = None, *, whole: bool = True) -> Sent:
    """Tell the tracker of the study in `folder` whatever it doesn't know: configurations that are done;
    with `whole`, the study itself too, its report and its model.

    `address`: instead of `[track] mlflow`. Raises StudyError without an address or without MLflow, and for
    a store that can't be reached.
    """
    with Record.at(folder, checked=whole) as record:
        study = read_record(record)
        address = address or study.track.mlflow
        if address is None:
            raise StudyError(f'{folder}: no tracker is named: say --mlflow URI, or [track] mlflow = "..."')
        if not find_spec("mlflow"):
            raise StudyError(MISSING_EXTRA)
        with FileLock(folder / LOCK), _telling(address):
            return _send(record, study, folder, address, whole)


@contextmanager
def _telling(address: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        yield
    except (MlflowException, SQLAlchemyError, sqlite3.Error, OSError) as error:
        told = (str(error).splitlines() or [type(error).__name__])[0][:300]
        raise StudyError(
            f"{address}: the tracker can't be told ({told}). The study is whole without it: try again later"
            " with paribus track DIR"
        ) from None


def _send(record: Record, study: Study, folder: Path, address: str, whole: bool) -> Sent:
    from mlflow import MlflowClient

    path = sqlite.path_of(address)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    client: Any = MlflowClient(tracking_uri=address, registry_uri=address)
    experiment = _experiment(client, study, study.track, path)
    source = Source(record, study, experiment.experiment_id)
    user, opened = _user(), source.opened() if whole else frozenset()
    bulk = path is not None and path.is_file() and sqlite.fits(path)
    if bulk and path is not None:
        known = sqlite.known(path, experiment.experiment_id)
        told = list(source.configurations(known - opened))
        count = sqlite.write(path, experiment.experiment_id, experiment.artifact_location, user, told)
    else:
        there = public.known(client, experiment.experiment_id)
        runs = source.configurations()
        count = public.write(client, experiment.experiment_id, user, source.folder, runs, there, opened)
    if whole:
        count += tell_study(client, address, source, folder, experiment.experiment_id, study.track, user)
    return Sent(count, experiment.name, address, bulk)


def _experiment(client: Any, study: Study, asked: Track, path: Path | None) -> Any:
    """The experiment of the study, made if it isn't there; a local store's files lie beside it."""
    name = asked.experiment or study.name
    found = client.get_experiment_by_name(name)
    if found is not None and found.lifecycle_stage != "active":
        raise StudyError(f"the experiment '{name}' was deleted in the tracker: restore it, or name another")
    files = (path.absolute().parent / "mlruns" / digest(name)).as_uri() if path else None
    return found or client.get_experiment(client.create_experiment(name, artifact_location=files))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"
