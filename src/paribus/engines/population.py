"""The default engine: many networks as one batched program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.abilities import refusal
from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.engines.torch.alike import alike, train_alike
from paribus.engines.torch.engine import TorchEngine
from paribus.population.grouping import group, together
from paribus.population.outcome import Lineage, Outcome, Task
from paribus.population.training import train
from paribus.study.configuration import Configuration


class PopulationEngine(Engine):
    """Trains populations of segments of equal shape (`paribus.population`); networks of other kinds than
    fully connected ones through torch.func, or alone where that can't; those that read images, and
    pretrained ones that read texts, alone, since one of them fills a processor.
    """

    name: ClassVar[str] = "population"
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")

    def refusal(self, configuration: Configuration, task: Task) -> str | None:
        """See `Engine.refusal`."""
        return refusal(self.name, configuration, task)

    def populations(
        self,
        lineages: Sequence[Lineage],
        sizes: Sizes,
        task: Task,
        memory: int,
        device: str = "cpu",
        workers: int = 1,
    ) -> list[list[Lineage]]:
        """See `Engine.populations`."""
        if task.of_images:
            return _ALONE.populations(lineages, sizes, task, memory, device, workers)
        connected, others, large = _by_kind(lineages)
        found = [
            [lineage for _, members in population for lineage in members]
            for population in group(connected, sizes, task, memory, device, workers)
        ]
        return [*found, *alike(others, sizes), *([lineage] for lineage in large)]

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        if task.of_images:
            return _ALONE.train(lineages, folds, task, device)
        sizes = {lineage.data: folds[lineage.data].size for lineage in lineages}
        connected, others, large = _by_kind(lineages)
        found: list[Outcome] = []
        for population in together(connected, sizes, task, device):
            found += train(population, folds, task)
        for members in alike(others, sizes):
            found += train_alike(members, folds, task, device)
        return [*found, *(_ALONE.train(large, folds, task, device) if large else ())]


_ALONE = TorchEngine()


def _by_kind(lineages: Sequence[Lineage]) -> tuple[list[Lineage], list[Lineage], list[Lineage]]:
    """Those of fully connected networks, the others, and those whose pretrained networks read texts."""
    connected = [each for each in lineages if each.configuration.network.kind == "mlp"]
    large = [each for each in lineages if each.configuration.reads_text]
    known = {id(each) for each in (*connected, *large)}
    return connected, [each for each in lineages if id(each) not in known], large
