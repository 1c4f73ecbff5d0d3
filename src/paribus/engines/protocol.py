"""The one protocol that every engine follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Size, Task
from paribus.study.configuration import Configuration

Folds = Mapping[FoldName, FoldArrays]
Sizes = Mapping[FoldName, Size]


class Engine(Protocol):
    """Trains lineages. The same study means the same to every engine."""

    name: ClassVar[str]
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    """Where it can train."""

    def refusal(self, configuration: Configuration, task: Task) -> str | None:
        """Why this configuration can't be trained here, or None. Asked before anything is trained."""
        ...

    def populations(
        self,
        lineages: Sequence[Lineage],
        sizes: Sizes,
        task: Task,
        memory: int,
        device: str = "cpu",
        workers: int = 1,
    ) -> list[list[Lineage]]:
        """The lineages in groups to be trained together, costliest first, each within `memory` bytes; as
        many that `workers` processes are busy to the end.
        """
        ...

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """Train one of those groups on `device`, one of `devices`: an outcome for each epoch level of each
        lineage.
        """
        ...
