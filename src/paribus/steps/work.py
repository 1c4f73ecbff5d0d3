"""What the steps of a run share: the study, its record, and where its trials are trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from paribus.data.split import Split
from paribus.execute.pool import Pool
from paribus.execute.progress import Progress
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import train
from paribus.population.outcome import Task
from paribus.stats.board import board
from paribus.stats.learning_curves import measured
from paribus.steps.refusal import refuse
from paribus.store.record import Record
from paribus.store.tables import stage_names, trials_frame
from paribus.study.plan import OUTER, ROBUSTNESS, Trial, stages
from paribus.study.spec import Study


@dataclass(frozen=True)
class Work:
    """One run of a study."""

    study: Study
    record: Record
    shelf: Shelf
    pool: Pool
    task: Task
    progress: Progress
    parts: Split

    @property
    def names(self) -> list[str]:
        """Everything that trains, in order."""
        outer = [OUTER] if self.parts.outer and stages(self.study) else []
        retrained = [ROBUSTNESS] if self.study.protocol.robustness else []
        return [*stage_names(self.study), *outer, *retrained]

    def train(self, name: str, asked: Sequence[Trial]) -> None:
        """Begin `name`, whose trials are `asked`, and train those of them that have no outcome yet."""
        done = self.record.trained()
        self.begin(name, len(asked), sum(trial.key in done for trial in asked))
        self.finish(asked)

    def begin(self, name: str, n_trials: int, n_done: int) -> None:
        """Say that a stage of so many trials begins, of which so many stand in the record."""
        names = self.names
        self.progress.stage(name, names.index(name) + 1, len(names), n_trials, n_done)

    def finish(self, asked: Sequence[Trial]) -> None:
        """Train those of `asked` that have no outcome yet, and write down each population as it ends."""
        distinct = {trial.configuration.config_id: trial.configuration for trial in asked}
        refuse(asked[0].stage if asked else "", distinct.values(), self.task)
        self.record.plan(asked)
        done = self.record.trained()
        for outcomes in train(asked, done, self.shelf, self.pool, self.task, self.progress):
            self.record.put_outcomes(outcomes, measured(outcomes))
            self.progress.trained(outcomes)
            self.shelf.forget(outcomes)

    def frame(self) -> pd.DataFrame:
        """Every trial so far: one row each."""
        return trials_frame(self.record, self.study)

    def rank(self, trials: pd.DataFrame) -> pd.DataFrame:
        """The leaderboard of these rows of `frame`."""
        return board(self.record, self.study, trials)
