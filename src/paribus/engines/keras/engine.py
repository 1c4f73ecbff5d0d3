"""Keras as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from paribus.engines.alone import AloneEngine
from paribus.engines.keras.library import library, numbers
from paribus.engines.keras.training import Training
from paribus.engines.protocol import Folds
from paribus.population.outcome import Lineage, Outcome, Task


class KerasEngine(AloneEngine):
    """Trains every lineage alone, in float32, on any of Keras' backends."""

    name: ClassVar[str] = "keras"

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        keras, found = library(), []
        for lineage in lineages:
            with numbers(keras, "float32"):
                found += Training(keras, lineage, folds[lineage.data], task).outcomes()
        return found
