"""From trials to outcomes: share trainings, prepare folds, train populations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from paribus.engines import ENGINES
from paribus.execute import worker
from paribus.execute.memory import population_memory
from paribus.execute.pool import Pool
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
    trials: Sequence[Trial], trained: Collection[tuple[str, int, int]], shelf: Shelf, pool: Pool, task: Task
) -> Iterator[list[Outcome]]:
    """Train those of `trials` that aren't `trained`; each population's outcomes as it ends."""
    lineages = lineages_of([trial for trial in trials if trial.key not in trained])
    prepare(lineages, shelf, pool)
    sizes = {name: shelf.load(name).size for name in {lineage.data for lineage in lineages}}
    work = populations(lineages, sizes, task, population_memory(pool.workers))
    yield from pool.run(worker.train, [(shelf, engine, population, task) for engine, population in work])


def populations(
    lineages: Sequence[Lineage], sizes: Mapping[FoldName, Size], task: Task, memory: int
) -> list[tuple[str, list[Lineage]]]:
    """(engine, lineages to be trained together), each within `memory` bytes."""
    by_engine: dict[str, list[Lineage]] = {}
    for lineage in lineages:
        by_engine.setdefault(lineage.configuration.train.engine, []).append(lineage)
    return [
        (engine, population)
        for engine, members in by_engine.items()
        for population in ENGINES[engine].populations(members, sizes, task, memory)
    ]


def prepare(lineages: Sequence[Lineage], shelf: Shelf, pool: Pool) -> None:
    """Put every prepared fold that `lineages` need on the shelf."""
    settings = {lineage.data: lineage.configuration.prepare for lineage in lineages}
    missing = shelf.missing(settings)
    for _ in pool.run(worker.prepare, [(shelf, name, settings[name]) for name in missing]):
        pass
