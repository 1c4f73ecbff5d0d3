"""What a training needs at the least: its matrix products and the bytes it touches, counted exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common import Broad
from rates import Product

from paribus.networks.mlp import layer_shapes
from paribus.population.outcome import Lineage, Outcome

FLOAT = 4
"""Bytes of a number."""
Layers = Sequence[tuple[int, int]]


@dataclass
class Work:
    """Matrix products with how often, and bytes."""

    products: Counter[Product] = field(default_factory=Counter)
    state_bytes: int = 0
    activation_bytes: int = 0
    epochs: int = 0

    @property
    def operations(self) -> int:
        """Floating-point operations of all products."""
        return sum(product.operations * times for product, times in self.products.items())

    @property
    def bytes(self) -> int:
        """Bytes of everything."""
        return self.state_bytes + self.activation_bytes

    def step(self, layers: Layers, batch: int, times: int) -> None:
        """Add `times` training steps: forward, backward, Adam. A bias is one more input.

        Parameters and Adam's two moments are read and written once, the gradient is written and
        read; the sums of every layer and the gradients by them are written and read.
        """
        for place, (inputs, outputs) in enumerate(layers):
            self.products[Product(batch, inputs + 1, outputs)] += times
            self.products[Product(inputs + 1, batch, outputs)] += times
            if place:
                self.products[Product(batch, outputs, inputs)] += times
        self.state_bytes += times * 8 * FLOAT * _parameters(layers)
        self.activation_bytes += times * 4 * FLOAT * batch * sum(outputs for _, outputs in layers)

    def validation(self, layers: Layers, n_rows: int, times: int) -> None:
        """Add `times` forward passes over the validation rows."""
        for inputs, outputs in layers:
            self.products[Product(n_rows, inputs + 1, outputs)] += times
        self.state_bytes += times * FLOAT * _parameters(layers)
        self.activation_bytes += times * 2 * FLOAT * n_rows * sum(outputs for _, outputs in layers)

    def training(self, lineage: Lineage, stage: Broad, epochs: int) -> None:
        """Add one training of `epochs` epochs."""
        n_rows, n_features = stage.fold.train_x.shape
        layers = layer_shapes(lineage.configuration.network, n_features, stage.task.n_outputs)
        full, rest = divmod(n_rows, lineage.configuration.train.batch_size)
        self.step(layers, lineage.configuration.train.batch_size, full * epochs)
        if rest:
            self.step(layers, rest, epochs)
        self.validation(layers, len(stage.fold.val_x), epochs)
        self.epochs += epochs


def _parameters(layers: Layers) -> int:
    return sum((inputs + 1) * outputs for inputs, outputs in layers)


def count(stage: Broad, outcomes: Mapping[str, Outcome]) -> Work:
    """The work of every distinct training of the stage over the epochs that it ran."""
    work = Work()
    for lineage in stage.trainings:
        work.training(lineage, stage, outcomes[lineage.configuration.config_id].epochs_run)
    return work


def members(stage: Broad) -> int:
    """How many trainings of the stage have equal layers and batches: the members of a population."""
    alike = Counter(
        (x.configuration.network.hidden, x.configuration.train.batch_size) for x in stage.trainings
    )
    return max(alike.values())
