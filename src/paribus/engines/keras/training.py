"""One lineage's training by Keras: train_on_batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.prepare.prepared import Prepared
from paribus.engines.keras.layers import Layers, optimizer
from paribus.engines.keras.losses import loss_of, takes_probabilities
from paribus.engines.numpy.noise import Noise, draw
from paribus.engines.training import Arrays, SingleTraining
from paribus.networks.initial import initial_weights
from paribus.population.outcome import FoldArrays, Lineage, Task

ROWS_AT_ONCE = 4096
"""Rows that are evaluated at once."""


class KerasTraining(SingleTraining):
    """A network of Keras' layers, whoever takes its steps."""

    def __init__(self, keras: Any, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        super().__init__(lineage, fold, task)
        self.keras, settings = keras, lineage.configuration.network
        features = fold.size.features
        self.layers = Layers(keras, settings, self.train, features, task.n_outputs)
        self.layers.load(initial_weights(settings, features, task.n_outputs, lineage.seed, lineage.fold))
        self.own_weights = self.row_weights()

    def inputs(self, chosen: NDArray[np.int64], noise: Noise) -> list[NDArray[Any]]:
        """What the training model takes of a batch: rows, and noise for each layer that drops."""
        rows = dense(self.fold.train_x[chosen])
        rows = rows if noise.features is None else (rows + noise.features).astype(np.float32)
        return [rows, *(units for units in noise.units if units is not None)]

    def noise(self, epoch: int) -> Noise:
        """The noise of an epoch."""
        lineage = self.lineage
        size = (self.n_rows, self.fold.size.features)
        return draw(lineage.configuration.network, lineage.seed, lineage.fold, epoch, *size)

    def _logits(self, rows: Prepared) -> NDArray[Any]:
        found = [
            self.layers.plain(dense(rows[start : start + ROWS_AT_ONCE]), training=False)
            for start in range(0, rows.shape[0], ROWS_AT_ONCE)
        ]
        return np.concatenate([self.keras.ops.convert_to_numpy(each) for each in found])

    def _arrays(self) -> Arrays:
        return self.layers.arrays()

    def _load(self, arrays: Arrays) -> None:
        self.layers.load(arrays)


class Training(KerasTraining):
    """Steps by Keras itself."""

    def __init__(self, keras: Any, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        super().__init__(keras, lineage, fold, task)
        outputs = self.layers.training.output
        if takes_probabilities(self.train, task):
            name = "softmax" if task.kind == "multiclass" else "sigmoid"
            outputs = keras.layers.Activation(name)(outputs)
        self.model = keras.Model(self.layers.training.inputs, outputs)
        plain = loss_of(keras, self.train, task)
        self.model.compile(
            optimizer=optimizer(keras, self.train),
            loss=loss_of(keras, self.train, task, self.train.label_smoothing),
            metrics=[keras.metrics.MeanMetricWrapper(plain.call, name="plain")],
            jit_compile=False,
        )
        self.weighted = bool((self.own_weights != 1).any())

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> float:
        noise, total = self.noise(epoch), 0.0
        for batch, rate in zip(self.batches(), rates, strict=True):
            self.model.optimizer.learning_rate = rate
            chosen = places[batch]
            self.model.reset_metrics()
            told = self.model.train_on_batch(
                self.inputs(chosen, noise.batch(batch)),
                self.truth[chosen],
                sample_weight=self.own_weights[chosen, 0] if self.weighted else None,
                return_dict=True,
            )
            total += float(told["plain"]) * len(chosen)
        return total / self.n_rows


def dense(rows: Prepared) -> NDArray[np.float32]:
    """Rows as Keras takes them."""
    return rows.toarray() if isinstance(rows, csr_array) else np.asarray(rows)
