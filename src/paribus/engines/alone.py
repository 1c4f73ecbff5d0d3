"""What engines share that train every lineage alone."""

from __future__ import annotations

from collections.abc import Sequence

from paribus.engines.abilities import refusal
from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.population.outcome import Lineage, Outcome, Task
from paribus.study.configuration import Configuration


class AloneEngine(Engine):
    """An engine that has nothing to gain from company."""

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
        return [[lineage] for lineage in lineages]

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        raise NotImplementedError
