"""The one place that joins the rooms: read, split, train, record, choose, open the sealed part, report."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data import Split, Table, load, split
from paribus.engines import ENGINES
from paribus.errors import FailedTrialsError, InterruptedStudyError, StudyError
from paribus.execute.pool import Pool, available_workers
from paribus.execute.progress import Progress, Quiet
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import lineages_of, prepare, train
from paribus.networks.predict import predict
from paribus.population.metrics import scores
from paribus.population.outcome import Lineage, Task
from paribus.report.write import write_report
from paribus.results import Results
from paribus.stats.ranking import rank
from paribus.store.arrays import unpack, weights
from paribus.store.folder import claim, versions
from paribus.store.profile import describe
from paribus.store.record import Key, Opening, Record
from paribus.store.tables import configuration_of, factor_columns, stage_names, trials_frame
from paribus.study.configuration import Configuration
from paribus.study.fit import check_fit
from paribus.study.plan import (
    QUESTION,
    configurations,
    kept,
    plan,
    question_configurations,
    stages,
    trials,
)
from paribus.study.problems import Problem, WrongStudyError
from paribus.study.spec import Study
from paribus.study.values import parse_word


def run(
    study: Study,
    out: Path | str | None = None,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str = ".",
    data_dir: Path | str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Run `study`, or resume it, and leave everything in the folder `out` (`runs/<study name>`).

    `frame` is used in place of `data.source`; a relative source is looked for in `folder`, then in
    `data_dir`, then in `PARIBUS_DATA`. What is finished is not trained again. Raises `StudyError`,
    `DataError`, `FailedTrialsError`, and `InterruptedStudyError` where the same call goes on later.
    """
    if workers is not None and workers < 1:
        raise StudyError(f"workers = {workers}: must be a whole number of 1 or more, or None for all cores")
    started = perf_counter()
    table, parts, task = read(study, frame=frame, folder=folder, data_dir=data_dir)
    out = Path(out) if out else default_folder(study)
    workers, told = workers or available_workers(), progress or Quiet()
    with claim(out, study, table.fingerprint) as record, TemporaryDirectory(prefix="paribus-") as scratch:
        before = record.size()
        if before and record.fact("versions") != versions():
            told.note(f"{out} was begun with other versions: what is trained now may differ in the last bits")
        session = record.begin_session(workers, " ".join(sys.argv))
        describe(record, table, parts)
        try:
            with Pool(workers) as pool:
                work = _Run(study, record, Shelf(Path(scratch), parts, study.seed), pool, task, told)
                work.stages()
                work.questions()
                work.open_sealed(parts)
        except KeyboardInterrupt:
            raise InterruptedStudyError(
                f"interrupted: {len(record.trained())} trainings are recorded in {out};"
                " the same command goes on from there"
            ) from None
        finally:
            if record.size() > before:
                record.end_session(session, perf_counter() - started)
            else:
                record.drop_session(session)
        write_report(record, study, out)
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
) -> tuple[Table, Split, Task]:
    """The study's data, checked and split, and what its networks are asked for.

    Raises `DataError`, and `StudyError` for what no engine can train on them.
    """
    if not isinstance(study, Study):
        raise StudyError(
            f"study must be a paribus.Study, received {study!r}:"
            " paribus.read_study(path) reads one from its file"
        )
    where = Path(data_dir) if data_dir else None
    table = load(study.data, folder=Path(folder), data_dir=where, frame=frame)
    check_fit(study, table.task, table.n_features)
    n_outputs = len(table.classes) if table.task == "multiclass" else 1
    both = study.protocol.curves == "both"
    task = Task(table.task, n_outputs, study.protocol.metrics, table.classes, both)
    for stage in plan(study):
        for configuration in stage.configurations:
            if refusal := ENGINES[configuration.train.engine].refusal(configuration, task):
                raise WrongStudyError([Problem((), f"'{stage.name}': {refusal}")])
    return table, split(table, study.protocol, study.seed), task


class _Run:
    """One run of a study: what its steps share."""

    def __init__(
        self, study: Study, record: Record, shelf: Shelf, pool: Pool, task: Task, progress: Progress
    ) -> None:
        self.study, self.record, self.shelf, self.pool = study, record, shelf, pool
        self.task, self.progress = task, progress
        self.names = stage_names(study)

    def stages(self) -> None:
        """Every stage, each starting from what the one before kept."""
        bases = [Configuration.base(self.study)]
        for stage in stages(self.study):
            compared = configurations(stage, bases)
            board = self._complete(stage.name, compared)
            if not board["n_done"].iloc[0]:
                raise FailedTrialsError(
                    f"stage '{stage.name}': every trial diverged or failed, so none can be chosen."
                    f" Most often: {self._usual_reason(stage.name)}."
                    " A smaller train.learning_rate is the usual remedy"
                )
            chosen = list(board["config_id"].head(kept(stage)))
            self.record.end_stage(self.names.index(stage.name), stage.name, chosen)
            bases = [configuration_of(self.record, config_id) for config_id in chosen]

    def _usual_reason(self, stage: str) -> str:
        frame = trials_frame(self.record, self.study)
        return str(frame.loc[frame["stage"] == stage, "reason"].mode()[0])

    def questions(self) -> None:
        """Every question, from the study's own settings."""
        for question in self.study.question:
            compared = tuple(made for _, made in question_configurations(self.study, question))
            self._complete(QUESTION + question.name, compared)

    def _complete(self, name: str, compared: tuple[Configuration, ...]) -> pd.DataFrame:
        """Train what is missing of a stage; its configurations, the best first."""
        asked = trials(name, compared, 1, self.study)
        self.record.plan(asked)
        done = self.record.trained()
        n_done = sum(trial.key in done for trial in asked)
        self.progress.stage(name, self.names.index(name) + 1, len(self.names), len(asked), n_done)
        for outcomes in train(asked, done, self.shelf, self.pool, self.task):
            self.record.put_outcomes(outcomes)
            self.progress.trained(outcomes)
        frame = trials_frame(self.record, self.study)
        board = self._rank(frame[frame["stage"] == name])
        self.progress.ranked(name, board)
        return board

    def _rank(self, frame: pd.DataFrame) -> pd.DataFrame:
        return rank(frame, self.study.protocol.metrics, factor_columns(self.study))

    def open_sealed(self, parts: Split) -> None:
        """Open the sealed part, once, for those whom the study names."""
        if parts.sealed is None:
            return
        word = parse_word(self.study.protocol.open, "open")
        board = self._rank(trials_frame(self.record, self.study))
        board = board if word.name == "all" else board.head(int(word.number or 1))
        chosen = [configuration_of(self.record, config_id) for config_id in board["config_id"]]
        judged = self.record.finished() - self.record.opened()
        lineages = lineages_of([trial for trial in trials("", chosen, 1, self.study) if trial.key in judged])
        if not lineages:
            return
        prepare(lineages, self.shelf, self.pool)
        reason = f"protocol.open = {self.study.protocol.open}"
        rows = parts.sealed.open(reason)
        prepared = {
            name: self.shelf.preparation(name).apply(rows) for name in {lineage.data for lineage in lineages}
        }
        self.record.put_truth("test", 0, rows.target)
        self.record.put_openings(
            [
                self._judge(key, lineage, prepared[lineage.data], rows.target, reason)
                for lineage in lineages
                for key in lineage.keys
            ]
        )

    def _judge(
        self,
        key: Key,
        lineage: Lineage,
        rows: NDArray[np.float32],
        truth: NDArray[np.generic],
        reason: str,
    ) -> Opening:
        network = weights(unpack(self.record.arrays(key)))
        predictions = predict(
            lineage.configuration.network,
            network,
            rows,
            self.task.kind,
            lineage.configuration.train.convention,
        )
        found = scores(self.task.kind, self.task.metrics, truth, predictions[None])
        return Opening(key, reason, {metric: float(value[0]) for metric, value in found.items()}, predictions)
