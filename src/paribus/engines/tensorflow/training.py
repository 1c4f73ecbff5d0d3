"""One lineage's training: a GradientTape around each batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.engines.keras.layers import optimizer
from paribus.engines.keras.training import KerasTraining
from paribus.engines.tensorflow.losses import parts
from paribus.population.losses import resolve_loss
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.conventions import loss_shape


class Training(KerasTraining):
    """Steps by hand."""

    def __init__(self, tf: Any, keras: Any, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        super().__init__(keras, lineage, fold, task)
        name = resolve_loss(self.train.loss, task.kind)
        self.tf, self.shape, self.parts = tf, loss_shape(self.train), parts(tf, task.kind, name)
        self.smoothing = self.train.label_smoothing if name.endswith("crossentropy") else 0.0
        self.classes = task.n_outputs if task.kind == "multiclass" else 2
        self.optimizer = optimizer(keras, self.train, clips=False)
        self.floats = keras.config.floatx()
        self.compiled = tf.function(self._step, reduce_retracing=True)

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
        noise, met = self.noise(epoch), []
        smoothed = self.truth * (1 - self.smoothing) + self.smoothing / self.classes
        for batch, rate in zip(self.batches(), rates, strict=True):
            self.optimizer.learning_rate = rate
            chosen = places[batch]
            given = [self._tensor(each) for each in self.inputs(chosen, noise.batch(batch))]
            met.append(
                self.compiled(given, self._tensor(smoothed[chosen]), self._tensor(self.own_weights[chosen]))
            )
        return np.concatenate([logits.numpy() for logits in met])

    def _tensor(self, array: NDArray[Any]) -> Any:
        return self.tf.convert_to_tensor(array, self.floats)

    def _step(self, given: list[Any], truth: Any, weights: Any) -> Any:
        """Train on one batch; its logits before."""
        tf, model = self.tf, self.layers.training
        with tf.GradientTape() as tape:
            logits = model(given, training=True)
            loss = tf.reduce_mean(weights * self.parts(logits, truth, self.shape))
            for kernel in self.layers.kernels() if self.train.l1 or self.train.l2 else ():
                loss += self.train.l1 * tf.reduce_sum(tf.abs(kernel))
                loss += self.train.l2 * tf.reduce_sum(tf.square(kernel))
        moved = model.trainable_variables
        gradients = self._clipped(tape.gradient(loss, [variable.value for variable in moved]))
        self.optimizer.apply_gradients(zip(gradients, moved, strict=True))
        return logits

    def _clipped(self, gradients: list[Any]) -> list[Any]:
        tf, train = self.tf, self.train
        if train.clip_value is not None:
            return [tf.clip_by_value(each, -train.clip_value, train.clip_value) for each in gradients]
        if train.clip_norm is None:
            return gradients
        clipped: list[Any] = tf.clip_by_global_norm(gradients, train.clip_norm)[0]
        return clipped
