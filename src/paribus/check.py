"""What a study would run, and what its design's audit says. Trains nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from paribus.audit import Evidence, Finding, audit
from paribus.data.profile import TableProfile, table_profile
from paribus.deliver.writing import foreseen
from paribus.execute.estimate import Estimate, Parameters, estimate
from paribus.execute.pool import available_workers
from paribus.execute.progress import Progress
from paribus.steps.reading import read
from paribus.store.profile import profile, told_split
from paribus.study.plan import StagePlan, plan, seeds, trials
from paribus.study.spec import Study


@dataclass(frozen=True)
class StageSize:
    """One stage's size; the estimate starts from the study's own settings."""

    name: str
    configurations: int
    distinct: int
    """Of the configurations drawn from one base."""
    folds: int
    seeds: int
    estimate: Estimate

    @property
    def trials(self) -> int:
        """Configurations × folds × seeds."""
        return self.configurations * self.folds * self.seeds


@dataclass(frozen=True)
class Checked:
    """A study that can be run: its data and its split in a line each, its columns, its stages, the
    design's findings.

    `outer`: the outer folds of nested validation, each with one more training a seed. `retrained`: the
    trials of finalists that are trained again, from other seeds.
    """

    data: str
    profile: TableProfile
    split: str
    stages: tuple[StageSize, ...]
    findings: tuple[Finding, ...]
    folds: int
    outer: int
    retrained: int
    seeds: int
    workers: int
    undelivered: tuple[str, ...] = ()
    """Why some configurations could not be delivered as an ONNX file."""

    @property
    def configurations(self) -> int:
        """Of all stages together."""
        return sum(stage.configurations for stage in self.stages)

    @property
    def trials(self) -> int:
        """Of all stages together."""
        return sum(stage.trials for stage in self.stages) + self.outer * self.seeds + self.retrained

    @property
    def parameters(self) -> tuple[Parameters, ...]:
        """How large the pretrained networks are, each once."""
        return tuple(dict.fromkeys(each for stage in self.stages for each in stage.estimate.parameters))

    @property
    def seconds(self) -> float:
        """Estimated training time if no training stops early."""
        return sum(stage.estimate.seconds for stage in self.stages)


def check(
    study: Study,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str = ".",
    data_dir: Path | str | None = None,
    workers: int | None = None,
    trust_code: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Read the study's data, plan it and audit its design.

    Raises `StudyError` and `DataError` for whatever `run` would refuse.
    """
    study, table, parts, task = read(
        study,
        frame=frame,
        folder=folder,
        data_dir=data_dir,
        trust_code=trust_code,
        workers=0,
        progress=progress,
    )
    workers = workers or available_workers()
    planned = plan(study)
    columns = table_profile(table)
    told = profile(table, parts, columns)
    n_configurations = sum(stage.n_configurations for stage in planned)

    def size(stage: StagePlan) -> StageSize:
        asked = trials(stage.name, stage.configurations, parts.compared, study)
        found = estimate(asked, parts, task, workers).times(stage.bases)
        return StageSize(
            *(stage.name, stage.n_configurations, len(stage.configurations)),
            *(len(parts.compared), len(seeds(study)), found),
        )

    return Checked(
        data=f"{table.source}, {table.n_rows:,} rows × {table.n_features:,}"
        f" feature{'s' * (table.n_features != 1)}, {table.task}",
        profile=columns,
        split=told_split(told, study),
        stages=tuple(size(stage) for stage in planned),
        findings=audit(Evidence(study, told, n_configurations=n_configurations)),
        folds=len(parts.compared),
        outer=len(parts.outer),
        retrained=_retrained(study, n_configurations, len(parts.compared)),
        seeds=len(seeds(study)),
        workers=workers,
        undelivered=foreseen(each for stage in planned for each in stage.configurations),
    )


def _retrained(study: Study, n_configurations: int, folds: int) -> int:
    asked = study.protocol.robustness
    return min(asked.top, n_configurations) * folds * asked.seeds if asked else 0
