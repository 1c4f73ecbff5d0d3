"""The reference as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.alone import AloneEngine
from paribus.engines.numpy.training import Training
from paribus.engines.protocol import Folds
from paribus.population.outcome import Lineage, Outcome, Task


class NumpyEngine(AloneEngine):
    """Trains every lineage alone, on the CPU, in float64."""

    name: ClassVar[str] = "numpy"

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        return [
            outcome
            for lineage in lineages
            for outcome in Training(lineage, folds[lineage.data], task).outcomes()
        ]
