"""scikit-learn as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.alone import AloneEngine
from paribus.engines.protocol import Folds
from paribus.engines.sklearn.training import Training
from paribus.population.outcome import Lineage, Outcome, Task


class SklearnEngine(AloneEngine):
    """Trains every lineage alone."""

    name: ClassVar[str] = "sklearn"

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        return [
            outcome
            for lineage in lineages
            for outcome in Training(lineage, folds[lineage.data], task).outcomes()
        ]
