"""The plain loop as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import ClassVar

from paribus.engines.alone import AloneEngine
from paribus.engines.protocol import Folds
from paribus.engines.torch.images import ImageTraining
from paribus.engines.torch.memory import kept_memory
from paribus.engines.torch.texts import TextTraining
from paribus.engines.torch.training import Training, alone
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task


class TorchEngine(AloneEngine):
    """Trains every lineage alone, of any kind of network."""

    name: ClassVar[str] = "torch"
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        large = task.of_images or any(each.configuration.reads_text for each in lineages)
        with alone(), kept_memory() if large else nullcontext():
            return [
                outcome
                for lineage in lineages
                for outcome in training(lineage, folds[lineage.data], task, device).outcomes()
            ]


def training(lineage: Lineage, fold: FoldArrays, task: Task, device: str) -> Training:
    """A training, of images, of texts as a pretrained network reads them, or of other rows."""
    if lineage.configuration.reads_text:
        return TextTraining(lineage, fold, task, device)
    return (ImageTraining if task.of_images else Training)(lineage, fold, task, device)
