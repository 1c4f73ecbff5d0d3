"""The loop by hand as an engine."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import ClassVar

from paribus.engines.alone import AloneEngine
from paribus.engines.keras.library import library, numbers
from paribus.engines.protocol import Folds
from paribus.engines.tensorflow.training import Training
from paribus.population.outcome import Lineage, Outcome, Task


class TensorFlowEngine(AloneEngine):
    """Trains every lineage alone."""

    name: ClassVar[str] = "tensorflow"

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        keras, found = library("tensorflow"), []
        tf = import_module("tensorflow")
        for lineage in lineages:
            asked = lineage.configuration.train.precision
            with numbers(keras, "float64" if asked == "float64" else "float32"):
                found += Training(tf, keras, lineage, folds[lineage.data], task).outcomes()
        return found
