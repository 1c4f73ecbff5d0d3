"""The plain loop as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.alone import AloneEngine
from paribus.engines.products import whole_products
from paribus.engines.protocol import Folds
from paribus.engines.torch.training import Training, alone
from paribus.population.outcome import Lineage, Outcome, Task


class TorchEngine(AloneEngine):
    """Trains every lineage alone, of any kind of network."""

    name: ClassVar[str] = "torch"
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        with whole_products(), alone():
            return [
                outcome
                for lineage in lineages
                for outcome in Training(lineage, folds[lineage.data], task, device).outcomes()
            ]
