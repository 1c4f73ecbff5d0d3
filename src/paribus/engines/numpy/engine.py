"""The reference as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.numpy.training import Training
from paribus.engines.population import loss_refusal
from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.population.outcome import Lineage, Outcome, Task
from paribus.study.configuration import Configuration


class NumpyEngine(Engine):
    """Trains every lineage alone, on the CPU, in float64."""

    name: ClassVar[str] = "numpy"

    def refusal(self, configuration: Configuration, task: Task) -> str | None:
        """See `Engine.refusal`."""
        return loss_refusal(configuration, task)

    def populations(
        self, lineages: Sequence[Lineage], sizes: Sizes, task: Task, memory: int, device: str = "cpu"
    ) -> list[list[Lineage]]:
        """See `Engine.populations`."""
        return [[lineage] for lineage in lineages]

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        return [
            outcome
            for lineage in lineages
            for outcome in Training(lineage, folds[lineage.data], task).outcomes()
        ]
