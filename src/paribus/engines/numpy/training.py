"""One lineage's training: batch by batch, by the formulas of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.prepare.prepared import Prepared
from paribus.engines.numpy.descent import Descent
from paribus.engines.numpy.losses import by_penalty
from paribus.engines.numpy.matrix import Matrix
from paribus.engines.numpy.network import Network
from paribus.engines.numpy.noise import Noise, draw
from paribus.engines.training import Arrays, SingleTraining
from paribus.networks.initial import initial_weights
from paribus.population.outcome import FoldArrays, Lineage, Task


class Training(SingleTraining):
    """A network of NumPy's arrays, float64."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        super().__init__(lineage, fold, task)
        settings = lineage.configuration.network
        fresh = initial_weights(settings, fold.size.features, task.n_outputs, lineage.seed, lineage.fold)
        self.network = Network(settings, self.train.convention, fresh)
        self.descent = Descent(self.train, self.network.trained)
        self.rows, self.weights = fold.train_x.astype(np.float64), self.row_weights()

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
        lineage = self.lineage
        rows, features = self.rows.shape
        noise = draw(self.network.settings, lineage.seed, lineage.fold, epoch, rows, features)
        steps = zip(self.batches(), rates, strict=True)
        return np.concatenate([self._step(places[batch], noise.batch(batch), rate) for batch, rate in steps])

    def _step(self, chosen: NDArray[np.int64], noise: Noise, rate: float) -> Matrix:
        """Train on one batch; its logits before."""
        way = self.network.forward(self.rows[chosen], noise)
        delta = self.loss.gradient(way.logits, self.truth[chosen], self.weights[chosen])
        gradients = self.network.backward(way, delta)
        for layer, weights in enumerate(self.network.weights):
            gradients[layer] += by_penalty(self.train, weights)
        self.network.move_averages(way)
        self.descent.step(gradients, rate)
        return way.logits

    def _logits(self, rows: Prepared) -> NDArray[Any]:
        return self.network.logits(rows.astype(np.float64))

    def _arrays(self) -> Arrays:
        return [array.copy() for array in self.network.arrays]

    def _load(self, arrays: Arrays) -> None:
        for own, array in zip(self.network.arrays, arrays, strict=True):
            own[:] = array
