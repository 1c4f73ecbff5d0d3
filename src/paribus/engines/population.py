"""The default engine: many networks as one batched program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.population.grouping import group
from paribus.population.losses import ALLOWED_LOSSES, resolve_loss
from paribus.population.outcome import Lineage, Outcome, Task
from paribus.population.training import train
from paribus.study.configuration import Configuration


def loss_refusal(configuration: Configuration, task: Task) -> str | None:
    """Why the configuration's loss doesn't fit the task, or None: the same for every engine."""
    loss, allowed = resolve_loss(configuration.train.loss, task.kind), ALLOWED_LOSSES[task.kind]
    if loss in allowed:
        return None
    return f"train.loss = '{loss}' does not fit a {task.kind} task (allowed: auto, {', '.join(allowed)})"


class PopulationEngine(Engine):
    """Trains populations of segments of equal shape (`paribus.population`)."""

    name: ClassVar[str] = "population"

    def refusal(self, configuration: Configuration, task: Task) -> str | None:
        """See `Engine.refusal`."""
        return loss_refusal(configuration, task)

    def populations(
        self, lineages: Sequence[Lineage], sizes: Sizes, task: Task, memory: int
    ) -> list[list[Lineage]]:
        """See `Engine.populations`."""
        return [
            [lineage for _, members in population for lineage in members]
            for population in group(lineages, sizes, task, memory)
        ]

    def train(self, lineages: Sequence[Lineage], folds: Folds, task: Task) -> list[Outcome]:
        """See `Engine.train`."""
        sizes = {lineage.data: folds[lineage.data].size for lineage in lineages}
        populations = group(lineages, sizes, task, memory=WITHOUT_LIMIT)
        return [outcome for population in populations for outcome in train(population, folds, task)]


WITHOUT_LIMIT = 2**62
"""Bytes: what is to be trained together was chosen before."""
