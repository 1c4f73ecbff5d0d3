"""From trials to outcomes: share trainings, prepare folds, train populations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from paribus.engines import ENGINES
from paribus.execute import worker
from paribus.execute.device import gpu_memory
from paribus.execute.memory import population_memory
from paribus.execute.pool import Pool
from paribus.execute.progress import Progress, Quiet
from paribus.execute.shelf import Shelf
from paribus.population.outcome import FoldName, Lineage, Outcome, Size, Task
from paribus.study.plan import Trial


def lineages_of(trials: Sequence[Trial]) -> list[Lineage]:
    """The trainings behind `trials`: those that differ in their epochs alone are one, unless every
    epoch's learning rate depends on how many there are.
    """
    shared: dict[tuple[str, int, int], list[Trial]] = {}
    for trial in {trial.key: trial for trial in trials}.values():
        schedule = trial.configuration.train.schedule
        one_of_its_own = schedule is not None and schedule.needs_the_end
        apart_from_epochs = (
            trial.configuration if one_of_its_own else trial.configuration.with_epochs(1)
        ).config_id
        shared.setdefault((apart_from_epochs, trial.fold, trial.seed), []).append(trial)
    lineages = []
    for (_, fold, seed), members in sorted(shared.items()):
        members.sort(key=lambda trial: trial.configuration.train.epochs)
        epochs = tuple(trial.configuration.train.epochs for trial in members)
        lineages.append(Lineage(members[-1].configuration, epochs, fold, seed))
    return lineages


def train(
    trials: Sequence[Trial],
    trained: Collection[tuple[str, int, int]],
    shelf: Shelf,
    pool: Pool,
    task: Task,
    progress: Progress | None = None,
) -> Iterator[list[Outcome]]:
    """Train those of `trials` that aren't `trained`; each population's outcomes as it ends."""
    lineages = lineages_of([trial for trial in trials if trial.key not in trained])
    prepare(lineages, shelf, pool, progress)
    sizes = {name: shelf.load(name).size for name in {lineage.data for lineage in lineages}}
    for device, members in _by_device(lineages, pool.device).items():
        on_cpu = device == "cpu"
        memory = population_memory(pool.workers) if on_cpu else gpu_memory()
        found = populations(members, sizes, task, memory, device, pool.workers if on_cpu else 1)
        calls = [(shelf, engine, population, task, device) for engine, population in found]
        # A GPU has one process: several would wait for each other, each with a copy of PyTorch's kernels.
        yield from pool.run(worker.train, calls) if on_cpu else (worker.train(*call) for call in calls)


def _by_device(lineages: Sequence[Lineage], device: str) -> dict[str, list[Lineage]]:
    """The lineages by where they are trained: on `device` if their engine can."""
    found: dict[str, list[Lineage]] = {}
    for lineage in lineages:
        able = device in ENGINES[lineage.configuration.train.engine].devices
        found.setdefault(device if able else "cpu", []).append(lineage)
    return found


def populations(
    lineages: Sequence[Lineage],
    sizes: Mapping[FoldName, Size],
    task: Task,
    memory: int,
    device: str = "cpu",
    workers: int = 1,
) -> list[tuple[str, list[Lineage]]]:
    """(engine, lineages to be trained together on `device`), each within `memory` bytes."""
    by_engine: dict[str, list[Lineage]] = {}
    for lineage in lineages:
        by_engine.setdefault(lineage.configuration.train.engine, []).append(lineage)
    return [
        (engine, population)
        for engine, members in by_engine.items()
        for population in ENGINES[engine].populations(members, sizes, task, memory, device, workers)
    ]


def prepare(lineages: Sequence[Lineage], shelf: Shelf, pool: Pool, progress: Progress | None = None) -> None:
    """Put every prepared fold that `lineages` need on the shelf."""
    settings = {lineage.data: lineage.configuration.prepare for lineage in lineages}
    missing, told = shelf.missing(settings), progress or Quiet()
    if missing:
        told.prepared(0, len(missing))
    work = pool.run(worker.prepare, [(shelf, name, settings[name]) for name in missing])
    for done, _ in enumerate(work, start=1):
        told.prepared(done, len(missing))
