"""What all benchmarks share: the stage that is measured, its training by paribus, the machine."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from paribus.execute.pool import Pool, available_workers
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import lineages_of, train
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.steps.reading import read
from paribus.study.configuration import Configuration
from paribus.study.plan import Trial, configurations
from paribus.study.toml import read_study

STUDY = Path(__file__).resolve().parents[1] / "studies" / "breast_cancer.toml"
STAGE = "broad"
LIBRARIES = ("paribus", "torch", "numpy", "scikit-learn", "joblib", "tensorflow", "tensorflow-cpu", "keras")


@dataclass(frozen=True)
class Broad:
    """The stage, prepared: what paribus and its peers train on. `fold` is in memory."""

    trials: tuple[Trial, ...]
    shelf: Shelf
    fold: FoldArrays
    task: Task

    @property
    def compared(self) -> list[Configuration]:
        """The stage's configurations."""
        return [trial.configuration for trial in self.trials]

    @property
    def trainings(self) -> list[Lineage]:
        """The distinct trainings: configurations that differ in their epochs alone are one."""
        return lineages_of(self.trials)

    def among(self, config_ids: Iterable[str], seed: int | None = None) -> Broad:
        """The same with these configurations only, and with another seed where one is given."""
        wanted = set(config_ids)
        kept = [trial for trial in self.trials if trial.configuration.config_id in wanted]
        return replace(self, trials=tuple(kept if seed is None else (replace(t, seed=seed) for t in kept)))


@contextmanager
def broad_stage() -> Iterator[Broad]:
    """The breast-cancer study's stage `broad` on the study's own preparation, split and seed."""
    study, _, parts, task = read(read_study(STUDY), folder=STUDY.parent)
    stage = next(stage for stage in study.stage if stage.name == STAGE)
    compared = configurations(stage, [Configuration.base(study)])
    trials = tuple(Trial(STAGE, configuration, 0, study.seed) for configuration in compared)
    with TemporaryDirectory(prefix="paribus-benchmark-") as folder:
        shelf = Shelf(Path(folder), parts, study.seed)
        (name,) = shelf.missing(lineage.data for lineage in lineages_of(trials))
        mapped = shelf.load(shelf.prepare(name, compared[0].prepare))
        fields = ("train_x", "train_y", "val_x", "val_y")
        copied: dict[str, Any] = {field: np.array(getattr(mapped, field)) for field in fields}
        yield Broad(trials, shelf, FoldArrays(**copied), task)


@contextmanager
def started_pool(workers: int) -> Iterator[tuple[Pool, float]]:
    """A pool whose workers are all up and have imported the package; the seconds that took."""
    started = perf_counter()
    with Pool(workers) as pool:
        up: set[int] = set()
        while len(up) < workers:
            up |= set(pool.run(os.getpid, [()] * workers))
            time.sleep(0.02)
        yield pool, perf_counter() - started


def train_all(stage: Broad, pool: Pool) -> tuple[float, dict[str, Outcome]]:
    """Train the stage with paribus, from trials to outcomes: seconds, and outcomes by config_id."""
    started = perf_counter()
    outcomes = [
        outcome
        for population in train(stage.trials, (), stage.shelf, pool, stage.task)
        for outcome in population
    ]
    seconds = perf_counter() - started
    return seconds, {outcome.config_id: outcome for outcome in outcomes}


def machine() -> dict[str, Any]:
    """The machine and the versions that a figure belongs to."""
    return {
        "cpu": _cpu(),
        "cores": available_workers(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: found for name in LIBRARIES if (found := _version(name))},
    }


def _cpu() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        if name != "paribus":
            return None
        import paribus  # noqa: PLC0415 - used from its folder, without being installed

        return paribus.__version__


def rows(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table as plain text: the first column to the left, the others to the right."""
    table = [list(header), *(list(line) for line in lines)]
    widths = [max(len(line[place]) for line in table) for place in range(len(header))]
    table.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in table
    )


def described() -> str:
    """The machine's facts as one paragraph."""
    facts = machine()
    libraries = ", ".join(f"{name} {facts[name]}" for name in LIBRARIES if name in facts)
    return f"{facts['cores']} cores, {facts['cpu']}; {facts['system']}\nPython {facts['python']}, {libraries}"
