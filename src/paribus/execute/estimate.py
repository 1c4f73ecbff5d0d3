"""What a stage will take, before anything is prepared or trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from paribus.data.prepare.preparation import most_features, usual_entries
from paribus.data.split import Split
from paribus.execute.memory import population_memory
from paribus.execute.trainer import lineages_of, populations
from paribus.networks.cost import Cost, cost
from paribus.population.grouping import expected_cost, segment_bytes, shape_of
from paribus.population.outcome import FoldName, Lineage, Size, Task
from paribus.study.plan import Trial

OPERATIONS_A_SECOND = 5e10
"""Of one core, roughly: small float32 products."""
_THERE_AND_BACK = 3
"""Times the operations of the way there: a step goes back for the rows and for the weights."""
_COPIES = 6
"""Of a network's numbers: its gradient, what the optimizer remembers, what is kept of the best epoch."""


@dataclass(frozen=True)
class Parameters:
    """How many numbers a pretrained network goes by, and how many of them are trained."""

    weights: str
    trained_of_it: str
    every: int
    trained: int


@dataclass(frozen=True)
class Estimate:
    """Trainings (trials that differ in epochs alone are one), populations, seconds if none stops
    early, and bytes of all workers' populations at once. `parameters`: of pretrained networks.
    """

    trainings: int
    populations: int
    seconds: float
    memory: int
    parameters: tuple[Parameters, ...] = ()

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
    costs, heavy = zip(*(_population(members, sizes, split, task) for members in found), strict=True)
    seconds = max(sum(costs) / workers, *costs) / OPERATIONS_A_SECOND
    memory = sum(sorted(heavy, reverse=True)[:workers])
    parameters = dict.fromkeys(_parameters(lineages, sizes, split, task))
    return Estimate(len(lineages), len(found), seconds, memory, tuple(parameters))


def _parameters(
    lineages: Sequence[Lineage], sizes: dict[FoldName, Size], split: Split, task: Task
) -> Iterator[Parameters]:
    for lineage in lineages:
        network = lineage.configuration.network
        if network.kind == "pretrained" and network.weights:
            one = _cost(lineage, sizes[lineage.data], split, task)
            yield Parameters(network.weights, network.trained or "head", one.parameters, one.trained)


def _population(
    members: Sequence[Lineage], sizes: dict[FoldName, Size], split: Split, task: Task
) -> tuple[float, int]:
    """Operations and bytes of one population."""
    first = members[0]
    if first.configuration.network.kind != "mlp" or task.of_images:
        return _reading(members, sizes[first.data], split, task)
    shape = shape_of(first, sizes[first.data], task)
    return expected_cost(shape, members), segment_bytes(shape, members)


def _reading(members: Sequence[Lineage], size: Size, split: Split, task: Task) -> tuple[float, int]:
    """The same of networks that read images or words; of a user's own, which isn't run yet, 0."""
    asked = members[0].configuration
    if asked.network.module:
        return 0.0, 0
    one = _cost(members[0], size, split, task)
    rows = _THERE_AND_BACK * size.train + size.val + size.stop
    epochs = sum(member.epochs[-1] for member in members)
    if asked.reads_text and asked.network.last == 0:  # a frozen body is asked once a text
        rows, epochs = size.train + size.val + size.stop, len(members)
    batch = min(asked.train.batch_size, size.train)
    return float(one.operations * rows * epochs), 4 * (_COPIES * one.parameters + 2 * batch * one.numbers)


def _cost(lineage: Lineage, size: Size, split: Split, task: Task) -> Cost:
    """What one row costs a network that reads images or words."""
    features = split.folds[lineage.fold].training.features
    shape: tuple[int, ...] = (size.features,)
    if features.has_images:
        height, width, channels = features.images.shape
        shape = (channels, height, width)
    return cost(lineage.configuration, shape, task.n_outputs, words=not features.has_images)


def _size(lineage: Lineage, split: Split) -> Size:
    fold = split.folds[lineage.fold]
    training = fold.training
    prepare = lineage.configuration.prepare
    n_features = most_features(prepare, training.features, training.classes, training.task)
    stop = fold.stopping.n_rows if fold.stopping else 0
    return Size(training.n_rows, fold.validation.n_rows, n_features, stop, usual_entries(prepare, training))
