"""What a stage will take, before anything is prepared or trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paribus.data import Split, most_features, usual_entries
from paribus.execute.memory import population_memory
from paribus.execute.trainer import lineages_of, populations
from paribus.population.grouping import expected_cost, segment_bytes, shape_of
from paribus.population.outcome import Lineage, Size, Task
from paribus.study.plan import Trial

OPERATIONS_A_SECOND = 5e10
"""Of one core, roughly: small float32 products."""


@dataclass(frozen=True)
class Estimate:
    """Trainings (trials that differ in epochs alone are one), populations, seconds if none stops
    early, and bytes of all workers' populations at once.
    """

    trainings: int
    populations: int
    seconds: float
    memory: int

    def times(self, bases: int) -> Estimate:
        """The same from so many starting points."""
        return replace(
            self,
            trainings=self.trainings * bases,
            populations=self.populations * bases,
            seconds=self.seconds * bases,
        )


def estimate(trials: Sequence[Trial], split: Split, task: Task, workers: int) -> Estimate:
    """The estimate for `trials` on `workers` processes."""
    lineages = lineages_of(trials)
    firsts = {lineage.data: lineage for lineage in lineages}
    sizes = {name: _size(lineage, split) for name, lineage in firsts.items()}
    found = [members for _, members in populations(lineages, sizes, task, population_memory(workers))]
    shapes = [shape_of(members[0], sizes[members[0].data], task) for members in found]
    costs = [expected_cost(shape, members) for shape, members in zip(shapes, found, strict=True)]
    heavy = sorted((segment_bytes(s, m) for s, m in zip(shapes, found, strict=True)), reverse=True)
    seconds = max(sum(costs) / workers, *costs) / OPERATIONS_A_SECOND
    return Estimate(len(lineages), len(found), seconds, sum(heavy[:workers]))


def _size(lineage: Lineage, split: Split) -> Size:
    fold = split.folds[lineage.fold]
    training = fold.training
    prepare = lineage.configuration.prepare
    n_features = most_features(prepare, training.features, training.classes, training.task)
    stop = fold.stopping.n_rows if fold.stopping else 0
    return Size(training.n_rows, fold.validation.n_rows, n_features, stop, usual_entries(prepare, training))
