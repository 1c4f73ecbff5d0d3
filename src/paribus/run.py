"""The one place that joins the rooms: read, split, train, record, choose, open the sealed part, report."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data import Preparation, Split, Table, load, split
from paribus.engines import ENGINES
from paribus.errors import FailedTrialsError, InterruptedStudyError, StudyError
from paribus.execute.device import resolved
from paribus.execute.pool import Pool, available_workers
from paribus.execute.progress import Progress, Quiet
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import lineages_of, prepare, train
from paribus.networks.predict import predict
from paribus.population.metrics import scores
from paribus.population.outcome import Lineage, Task
from paribus.report.write import write_report
from paribus.results import Results
from paribus.stats.board import board
from paribus.store.arrays import unpack, weights
from paribus.store.folder import claim, versions
from paribus.store.profile import describe
from paribus.store.record import Key, Opening, Record, Truth
from paribus.store.tables import compared_trials, configuration_of, stage_names, trials_frame
from paribus.study.configuration import Configuration
from paribus.study.fit import check_fit, with_usual_metrics
from paribus.study.plan import (
    OUTER,
    QUESTION,
    Trial,
    configurations,
    kept,
    plan,
    question_configurations,
    stages,
    trials,
)
from paribus.study.problems import Problem, WrongStudyError
from paribus.study.spec import Stage, Study
from paribus.study.values import parse_word


def run(
    study: Study,
    out: Path | str | None = None,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str = ".",
    data_dir: Path | str | None = None,
    workers: int | None = None,
    device: str = "auto",
    progress: Progress | None = None,
) -> Results:
    """Run `study`, or resume it, and leave everything in the folder `out` (`runs/<study name>`).

    `frame` is used in place of `data.source`; a relative source is looked for in `folder`, then in
    `data_dir`, then in `PARIBUS_DATA`. `device`: auto (a GPU where there is one), cpu or cuda. What is
    finished is not trained again. Raises `StudyError`, `DataError`, `FailedTrialsError`, and
    `InterruptedStudyError` where the same call goes on later.
    """
    if workers is not None and workers < 1:
        raise StudyError(f"workers = {workers}: must be a whole number of 1 or more, or None for all cores")
    device, started = resolved(device), perf_counter()
    table, parts, task = read(study, frame=frame, folder=folder, data_dir=data_dir)
    study = with_usual_metrics(study, table.task)
    out = Path(out) if out else default_folder(study)
    workers, told = workers or available_workers(), progress or Quiet()
    with (
        claim(out, study, table.fingerprint, device) as record,
        TemporaryDirectory(prefix="paribus-") as scratch,
    ):
        told.judged_by(study.protocol.metrics[0])
        before = record.size()
        if before and (changed := _changed(record.fact("versions"), versions(device))):
            told.note(
                f"{out} was begun with other versions ({changed}): what is trained now may differ in the"
                " last bits"
            )
        for said in table.said:
            told.note(said)
        session = record.begin_session(workers, " ".join(sys.argv))
        describe(record, table, parts)
        try:
            with Pool(workers, device) as pool:
                work = _Run(study, record, Shelf(Path(scratch), parts, study.seed), pool, task, told, parts)
                work.stages()
                work.questions()
                work.open_sealed()
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


def _changed(begun: dict[str, str], now: dict[str, str]) -> str:
    """Which versions are others than at the beginning."""
    return ", ".join(
        f"{name}: {begun.get(name, 'none')} → {now[name]}" for name in now if begun.get(name) != now[name]
    )


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
    study = with_usual_metrics(study, table.task)
    check_fit(study, table.task, table.n_selectable, table.classes, len(table.outputs))
    task = Task(
        table.task,
        table.n_outputs,
        study.protocol.metrics,
        classes=table.classes,
        train_metrics=study.protocol.curves == "both",
    )
    for stage in plan(study):
        for configuration in stage.configurations:
            if refusal := ENGINES[configuration.train.engine].refusal(configuration, task):
                raise WrongStudyError([Problem((), f"'{stage.name}': {refusal}")])
    return table, split(table, study.protocol, study.seed), task


class _Run:
    """One run of a study: what its steps share."""

    def __init__(
        self,
        study: Study,
        record: Record,
        shelf: Shelf,
        pool: Pool,
        task: Task,
        progress: Progress,
        parts: Split,
    ) -> None:
        self.study, self.record, self.shelf, self.pool = study, record, shelf, pool
        self.task, self.progress, self.parts = task, progress, parts
        self.names = stage_names(study)

    def stages(self) -> None:
        """Every stage, each starting from what the one before kept.

        In nested validation every outer fold goes through the stages by itself too, on its own inner
        folds: what its rows are to judge was chosen without them.
        """
        base = Configuration.base(self.study)
        own = Choice([base], self.parts.compared)
        outer = [Choice([base], inner) for _, inner in self.parts.outer.values()]
        for stage in stages(self.study):
            for choice in (own, *outer):
                choice.draw(stage)
            boards = [
                self._complete(stage.name, [own, *outer]),
                *(self._rank(self._frame(choice, stage.name)) for choice in outer),
            ]
            for choice, found in zip((own, *outer), boards, strict=True):
                if not found["n_done"].iloc[0]:
                    raise FailedTrialsError(
                        f"stage '{stage.name}': every trial diverged or failed, so none can be chosen."
                        f" Most often: {self._usual_reason(stage.name)}."
                        " A smaller train.learning_rate is the usual remedy"
                    )
                chosen = list(found["config_id"].head(kept(stage)))
                if choice is own:
                    self.record.end_stage(self.names.index(stage.name), stage.name, chosen)
                choice.bases = [configuration_of(self.record, config_id) for config_id in chosen]
        self._judge_outer(outer)

    def _judge_outer(self, outer: Sequence[Choice]) -> None:
        """Train what the inner folds of each outer fold chose on all of its training part, to be judged."""
        asked: list[Trial] = []
        if not self.study.stage and self.study.question:
            return  # questions choose nothing
        for choice, (place, _) in zip(outer, self.parts.outer.values(), strict=True):
            config_id = self._rank(self._frame(choice))["config_id"].iloc[0]
            asked += trials(OUTER, [configuration_of(self.record, config_id)], [place], self.study)
        if asked:
            self._train(OUTER, asked)

    def _frame(self, choice: Choice, stage: str | None = None) -> pd.DataFrame:
        """The trials of what a choice has compared, on its folds; of one stage, or of all."""
        frame = trials_frame(self.record, self.study)
        inside = frame["fold"].isin(choice.folds) & frame["config_id"].isin(choice.seen)
        return frame[inside & ((frame["stage"] == stage) if stage else (frame["stage"] != OUTER))]

    def _usual_reason(self, stage: str) -> str:
        frame = trials_frame(self.record, self.study)
        return str(frame.loc[frame["stage"] == stage, "reason"].mode()[0])

    def questions(self) -> None:
        """Every question, from the study's own settings."""
        for question in self.study.question:
            choice = Choice([], self.parts.compared)
            choice.add(tuple(made for _, made in question_configurations(self.study, question)))
            self._complete(QUESTION + question.name, [choice])

    def _complete(self, name: str, choices: Sequence[Choice]) -> pd.DataFrame:
        """Train what is missing of a stage; what its first choice compared, the best first."""
        asked = [
            trial for choice in choices for trial in trials(name, choice.compared, choice.folds, self.study)
        ]
        self._train(name, list({trial.key: trial for trial in asked}.values()))
        found = self._rank(self._frame(choices[0], name))
        self.progress.ranked(name, found)
        return found

    def _train(self, name: str, asked: Sequence[Trial]) -> None:
        self.record.plan(asked)
        done = self.record.trained()
        n_done = sum(trial.key in done for trial in asked)
        names = [*self.names, *([OUTER] if self.parts.outer else [])]
        self.progress.stage(name, names.index(name) + 1, len(names), len(asked), n_done)
        for outcomes in train(asked, done, self.shelf, self.pool, self.task, self.progress):
            self.record.put_outcomes(outcomes)
            self.progress.trained(outcomes)

    def _rank(self, frame: pd.DataFrame) -> pd.DataFrame:
        return board(self.record, self.study, frame)

    def open_sealed(self) -> None:
        """Open the sealed part, once, for those whom the study names: for the networks of all folds."""
        if self.parts.sealed is None:
            return
        word = parse_word(self.study.protocol.open, "open")
        frame = compared_trials(trials_frame(self.record, self.study), self.parts.compared)
        found = self._rank(frame)
        found = found if word.name == "all" else found.head(int(word.number or 1))
        chosen = [configuration_of(self.record, config_id) for config_id in found["config_id"]]
        judged = self.record.finished() - self.record.opened()
        asked = trials("", chosen, self.parts.compared, self.study)
        lineages = lineages_of([trial for trial in asked if trial.key in judged])
        if not lineages:
            return
        prepare(lineages, self.shelf, self.pool)
        reason = f"protocol.open = {self.study.protocol.open}"
        rows = self.parts.sealed.open(reason)
        fitted = {name: self.shelf.preparation(name) for name in {lineage.data for lineage in lineages}}
        prepared = {name: preparation.apply(rows) for name, preparation in fitted.items()}
        self.record.put_truths("test", [Truth(0, rows.rows, rows.target)])
        self.record.put_openings(
            [
                self._judge(key, lineage, fitted[lineage.data], prepared[lineage.data], rows.target, reason)
                for lineage in lineages
                for key in lineage.keys
            ]
        )

    def _judge(
        self,
        key: Key,
        lineage: Lineage,
        fitted: Preparation,
        rows: NDArray[np.float32],
        truth: NDArray[np.generic],
        reason: str,
    ) -> Opening:
        network = weights(unpack(self.record.arrays(key)))
        asked, kind = lineage.configuration, self.task.kind
        predicted = predict(asked.network, network, rows, kind, asked.train.convention)
        predictions = fitted.restore(predicted)
        found = scores(self.task.kind, self.task.metrics, truth, predictions[None])
        return Opening(key, reason, {metric: float(value[0]) for metric, value in found.items()}, predictions)


class Choice:
    """What is compared on some folds, and from which configurations the next stage starts there."""

    def __init__(self, bases: Sequence[Configuration], folds: Collection[int]) -> None:
        self.bases, self.folds = list(bases), folds
        self.own = self.bases[0] if self.bases else None
        self.compared: tuple[Configuration, ...] = ()
        self.seen: set[str] = set()

    def draw(self, stage: Stage) -> None:
        """Compare what `stage` draws from the bases."""
        self.add(configurations(stage, self.bases, self.own))

    def add(self, compared: tuple[Configuration, ...]) -> None:
        """Compare these."""
        self.compared = compared
        self.seen |= {configuration.config_id for configuration in compared}
