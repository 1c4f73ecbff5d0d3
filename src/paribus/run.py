"""The one place that joins the rooms: read, choose, ask, retrain, open the sealed part, explain, report."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pandas as pd

from paribus.deliver.writing import UNDELIVERED, deliver
from paribus.errors import StudyError
from paribus.execute.device import resolved
from paribus.execute.pool import Pool, available_workers
from paribus.execute.progress import Progress, Quiet
from paribus.execute.shelf import Shelf
from paribus.report.write import write_report
from paribus.results import Results
from paribus.steps.choosing import answer, choose
from paribus.steps.explaining import explain
from paribus.steps.reading import read
from paribus.steps.robustness import retrain_finalists
from paribus.steps.sealed import open_sealed
from paribus.steps.session import session, tell
from paribus.steps.work import Work
from paribus.store.folder import claim
from paribus.store.profile import describe
from paribus.study.spec import Study
from paribus.track.following import followed
from paribus.track.tensorboard import mirrored

UNFINISHED = "unfinished"
"""The folder in which long trainings keep how far they are."""
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
    workers, told = workers or available_workers(), progress or Quiet()
    study, table, parts, task = read(
        study,
        frame=frame,
        folder=folder,
        data_dir=data_dir,
        trust_code=trust_code,
        workers=workers,
        progress=told,
    )
    out = Path(out) if out else default_folder(study)
    with (
        claim(out, study, table.fingerprint, device) as record,
        followed(out, mlflow or study.track.mlflow, told),
        TemporaryDirectory(prefix="paribus-") as scratch,
    ):
        told.judged_by(study.protocol.metrics[0])
        tell(told, record, table, device)
        with session(record, workers, started):
            describe(record, table, parts)
            if record.fact(FOLDER) != (here := str(Path(folder).resolve())):
                record.put_facts(**{FOLDER: here})
            with Pool(workers, device) as pool:
                shelf = Shelf(Path(scratch), parts, study.seed, out / UNFINISHED)
                work = Work(study, record, shelf, pool, task, told, parts)
                choose(work)
                answer(work)
                retrain_finalists(work)
                open_sealed(work)
                explain(work)
        facts = write_report(record, study, out)
        delivered = deliver(record, study, facts, table, parts, task, out)
        if delivered.failed:
            record.put_facts(**{UNDELIVERED: {"made_from": delivered.failed, "notes": delivered.notes}})
        for note in (*delivered.notes, *mirrored(out, study.track.tensorboard)):
            told.note(note)
    return Results(out)


def default_folder(study: Study) -> Path:
    """`runs/<study name>`, a name's slashes made harmless."""
    return Path("runs") / study.name.replace("/", "_").replace("\\", "_").replace("\0", "_").lstrip(".")
