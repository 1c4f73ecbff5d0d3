"""The one place that joins the rooms: read, split, choose, ask, retrain, open the sealed part, report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pandas as pd

from paribus.data import Split, Table, load, split, vocabulary_notes
from paribus.data.text.vectors import vector_size
from paribus.deliver.writing import UNDELIVERED, deliver
from paribus.errors import InterruptedStudyError, StudyError
from paribus.execute.device import resolved
from paribus.execute.pool import Pool, available_workers
from paribus.execute.progress import Progress, Quiet
from paribus.execute.shelf import Shelf
from paribus.networks.module import distrust, factory, trust
from paribus.population.outcome import Task
from paribus.report.write import write_report
from paribus.results import Results
from paribus.steps.choosing import answer, choose
from paribus.steps.refusal import refuse
from paribus.steps.robustness import retrain_finalists
from paribus.steps.sealed import open_sealed
from paribus.steps.work import Work
from paribus.store.folder import claim, versions
from paribus.store.profile import describe
from paribus.store.record import Record
from paribus.study.fit import check_fit, with_usual_settings
from paribus.study.plan import plan
from paribus.study.spec import Study
from paribus.track.following import followed

FOLDER = "folder"
"""The record's fact of the folder that a study's relative data sources were looked for in."""


def run(
    study: Study,
    out: Path | str | None = None,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str = ".",
    data_dir: Path | str | None = None,
    workers: int | None = None,
    device: str = "auto",
    trust_code: bool = False,
    mlflow: str | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run `study`, or resume it, and leave everything in the folder `out` (`runs/<study name>`).

    `frame` is used in place of `data.source`; a relative source is looked for in `folder`, then in
    `data_dir`, then in `PARIBUS_DATA`. `device`: auto (a GPU where there is one), cpu or cuda.
    `trust_code`: run the code that the study names (network.module). `mlflow`: a tracker to tell, instead
    of `track.mlflow`. What is finished is not trained again. Raises `StudyError`, `DataError`,
    `FailedTrialsError`, and `InterruptedStudyError` where the same call goes on later.
    """
    if workers is not None and workers < 1:
        raise StudyError(f"workers = {workers}: must be a whole number of 1 or more, or None for all cores")
    device, started = resolved(device), perf_counter()
    table, parts, task = read(study, frame=frame, folder=folder, data_dir=data_dir, trust_code=trust_code)
    study = with_usual_settings(study, table.task)
    out = Path(out) if out else default_folder(study)
    workers, told = workers or available_workers(), progress or Quiet()
    with (
        claim(out, study, table.fingerprint, device) as record,
        followed(out, mlflow or study.track.mlflow, told),
        TemporaryDirectory(prefix="paribus-") as scratch,
    ):
        told.judged_by(study.protocol.metrics[0])
        _tell(told, record, table, device)
        with _session(record, workers, started):
            describe(record, table, parts)
            _place(record, Path(folder))
            with Pool(workers, device) as pool:
                shelf = Shelf(Path(scratch), parts, study.seed)
                work = Work(study, record, shelf, pool, task, told, parts)
                choose(work)
                answer(work)
                retrain_finalists(work)
                open_sealed(work)
        facts = write_report(record, study, out)
        delivered = deliver(record, study, facts, table, parts, task, out)
        if delivered.failed:
            record.put_facts(**{UNDELIVERED: {"made_from": delivered.failed, "notes": delivered.notes}})
        for note in delivered.notes:
            told.note(note)
    return Results(out)


def default_folder(study: Study) -> Path:
    """`runs/<study name>`, a name's slashes made harmless."""
    return Path("runs") / study.name.replace("/", "_").replace("\\", "_").replace("\0", "_").lstrip(".")


def read(
    study: Study,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str = ".",
    data_dir: Path | str | None = None,
    trust_code: bool = False,
    run_code: bool = True,
) -> tuple[Table, Split, Task]:
    """The study's data, checked and split, and what its networks are asked for.

    `run_code`: see that the code that the study names can be run; not needed where nothing is trained by it.
    Raises `DataError`, and `StudyError` for what no engine can train on them.
    """
    if not isinstance(study, Study):
        raise StudyError(
            f"study must be a paribus.Study, received {study!r}:"
            " paribus.read_study(path) reads one from its file"
        )
    trust(Path(folder)) if trust_code else distrust()
    where = Path(data_dir) if data_dir else None
    table = load(study.data, folder=Path(folder), data_dir=where, frame=frame)
    study = with_usual_settings(study, table.task)
    check_fit(study, table.task, table.n_selectable, table.classes, len(table.outputs))
    task = Task(
        table.task,
        table.n_outputs,
        study.protocol.metrics,
        classes=table.classes,
        train_metrics=study.protocol.curves == "both",
        weighted=study.data.weight is not None,
    )
    represented = set()
    for stage in plan(study):
        for configuration in stage.configurations:
            represented.add(configuration.prepare.represent)
            # what can't be imported or read is told before anything
            if run_code and configuration.network.module:
                factory(configuration.network.module)
            for source in configuration.vector_sources:
                vector_size(source)
        refuse(stage.name, stage.configurations, task)
    parts = split(table, study.protocol, study.seed)
    if notes := vocabulary_notes(sorted(represented), parts.folds[0].training):
        table = replace(table, notes=(*table.notes, *notes))
    return table, parts, task


def _tell(progress: Progress, record: Record, table: Table, device: str) -> None:
    """What a user should know before anything is trained."""
    begun, now = record.fact("versions"), versions(device)
    if record.size() and (others := [name for name in now if begun.get(name) != now[name]]):
        told = ", ".join(f"{name}: {begun.get(name, 'none')} → {now[name]}" for name in others)
        progress.note(
            f"{record.path.parent} was begun with other versions ({told}): what is trained now may differ"
            " in the last bits"
        )
    for said in table.said:
        progress.note(said)


def _place(record: Record, folder: Path) -> None:
    """Keep where the study stands: its data are looked for there again."""
    if record.fact(FOLDER) != (now := str(folder.resolve())):
        record.put_facts(**{FOLDER: now})


@contextmanager
def _session(record: Record, workers: int, started: float) -> Iterator[None]:
    """One run in the record's log, if it adds anything; an interruption says how to go on."""
    before = record.size()
    session = record.begin_session(workers, " ".join(sys.argv))
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedStudyError(
            f"interrupted: {len(record.trained())} trainings are recorded in {record.path.parent};"
            " the same command goes on from there"
        ) from None
    finally:
        if record.size() > before:
            record.end_session(session, perf_counter() - started)
        else:
            record.drop_session(session)
