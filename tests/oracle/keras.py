"""A training as Keras' documentation shows it: its layers, losses, optimizers, regularisers, callbacks.

Keras' defaults are left alone: what a configuration doesn't give is what Keras does. Left out is what
Keras doesn't have or means otherwise: hinge over classes (its categorical_hinge takes the one worst class,
paribus and PyTorch the mean over wrong classes), weights by label, schedules that move by epochs.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.networks.initial import initial_weights
from paribus.networks.mlp import Block, blocks, residual_layers
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.seeds import stream
from paribus.study.conventions import negative_slope, slowing
from paribus.study.spec import Network, Train
from tests.oracle.cases import class_weights, encoded

# On other backends Keras rounds products to float32, whatever it is told.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a backend's import may warn of what it imports
    import keras

Arrays = tuple[NDArray[Any], ...]
WITHOUT = {("multiclass", "hinge")}
"""Pairs of task and loss that Keras has no equal of."""


def train(lineage: Lineage, data: FoldArrays, task: Task, dtype: str = "float64") -> Arrays:
    """The weights after the last epoch, in the order of `paribus.networks.mlp.blocks`."""
    with floats(dtype):
        return _train(lineage, data, task)


@contextmanager
def floats(dtype: str) -> Iterator[Any]:
    """Keras, its numbers in `dtype`; afterwards as they were, and nothing of the model left."""
    before = keras.config.floatx()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield keras
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(before)
        keras.utils.clear_session()


def _train(lineage: Lineage, data: FoldArrays, task: Task) -> Arrays:
    rule = lineage.configuration.train
    model, layers = _model(lineage.configuration.network, rule, data.size.features, task)
    placed = blocks(lineage.configuration.network, data.size.features, task.n_outputs)
    _load(layers, placed, lineage, data, task)
    model.compile(
        optimizer=optimizer_of(rule, _steps(rule, data)), loss=loss_of(rule, task), jit_compile=False
    )
    watcher = _plateau(model, rule)
    truth, weighting = encoded(data.train_y, task), _weighting(lineage, data, task)
    for epoch in range(1, rule.epochs + 1):
        places = stream(lineage.seed, "order", lineage.fold, epoch).permutation(len(truth))
        for start in range(0, len(truth), rule.batch_size):
            rows = places[start : start + rule.batch_size]
            own = None if data.train_weight is None else data.train_weight[rows]
            model.train_on_batch(data.train_x[rows], truth[rows], sample_weight=own, class_weight=weighting)
        if watcher:
            watcher.on_epoch_end(epoch - 1, {"val_loss": _watched(model, rule, data, task)})
    return tuple(_taken(layers, block) for block in placed)


def _steps(rule: Train, data: FoldArrays) -> int:
    return -(-len(data.train_x) // rule.batch_size)


def _model(network: Network, rule: Train, features: int, task: Task) -> tuple[Any, dict[str, Any]]:
    """The model, and its layers that hold weights by (kind, place)."""
    layers: dict[str, Any] = {}
    values = given = keras.Input((features,))
    penalty = keras.regularizers.L1L2(l1=rule.l1, l2=rule.l2) if rule.l1 or rule.l2 else None
    added = residual_layers(network)
    for place, units in enumerate(network.hidden):
        before = values
        layers[f"weights {place}"] = keras.layers.Dense(units, kernel_regularizer=penalty)
        values = layers[f"weights {place}"](values)
        if network.norm != "none":
            layers[f"norm {place}"] = _norm(network)
            values = layers[f"norm {place}"](values)
        values = _activation(network)(values)
        if added[place]:
            values = keras.layers.Add()([values, before])
    last = f"weights {len(network.hidden)}"
    layers[last] = keras.layers.Dense(task.n_outputs, kernel_regularizer=penalty)
    logits = layers[last](values)
    return keras.Model(given, _output(rule, task)(logits)), layers


def _norm(network: Network) -> Any:
    given: dict[str, float] = {}
    if network.norm_epsilon is not None:
        given["epsilon"] = network.norm_epsilon
    if network.norm_momentum is not None:
        given["momentum"] = network.norm_momentum
    kinds = {"batch": keras.layers.BatchNormalization, "layer": keras.layers.LayerNormalization}
    return kinds[network.norm](**given)


def _activation(network: Network) -> Any:
    if network.activation == "leaky_relu":
        return keras.layers.LeakyReLU(negative_slope=negative_slope(network))
    return keras.layers.Activation(network.activation)


def _output(rule: Train, task: Task) -> Any:
    """Probabilities for the losses that Keras means of them; the other losses take logits."""
    if task.kind == "regression" or rule.loss not in ("mse", "mae"):
        return keras.layers.Activation("linear")
    return keras.layers.Activation("softmax" if task.kind == "multiclass" else "sigmoid")


def loss_of(rule: Train, task: Task) -> Any:
    """Keras' own loss."""
    losses = keras.losses
    gamma = 2.0 if rule.focal_gamma is None else rule.focal_gamma
    if rule.loss == "focal" and task.kind == "multiclass":
        # Keras' alpha, 0.25, is a factor of all classes alike: paribus has none.
        return losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=gamma, from_logits=True)
    return {
        "binary_crossentropy": lambda: losses.BinaryCrossentropy(
            from_logits=True, label_smoothing=rule.label_smoothing
        ),
        "categorical_crossentropy": lambda: losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=rule.label_smoothing
        ),
        "mse": losses.MeanSquaredError,
        "mae": losses.MeanAbsoluteError,
        "huber": lambda: losses.Huber(delta=1.0 if rule.huber_delta is None else rule.huber_delta),
        "hinge": losses.Hinge,
        "focal": lambda: losses.BinaryFocalCrossentropy(gamma=gamma, from_logits=True),
    }[rule.loss]()


def optimizer_of(rule: Train, steps: int) -> Any:
    """Keras' optimizer: its defaults, and what the configuration gives."""
    optimizers = keras.optimizers
    made: dict[str, Any] = {
        "sgd": optimizers.SGD,
        "rmsprop": optimizers.RMSprop,
        "adam": optimizers.Adam,
        "adamw": optimizers.AdamW,
        "nadam": optimizers.Nadam,
        "adamax": optimizers.Adamax,
        "adagrad": optimizers.Adagrad,
        "adadelta": optimizers.Adadelta,
        "lion": optimizers.Lion,
    }
    names = ("rho", "beta_1", "beta_2", "epsilon")
    given = {name: value for name in names if (value := getattr(rule, name)) is not None}
    if rule.momentum:
        given["momentum"] = rule.momentum
    if rule.nesterov:
        given["nesterov"] = True
    return made[rule.optimizer](
        learning_rate=_rate(rule, steps),
        weight_decay=rule.weight_decay or (0.0 if rule.optimizer == "adamw" else None),
        global_clipnorm=rule.clip_norm,
        clipvalue=rule.clip_value,
        **given,
    )


def _rate(rule: Train, steps: int) -> Any:
    """The learning rate, or the schedule of Keras that moves as the one asked for."""
    if rule.schedule is None or rule.schedule.name == "plateau":
        return rule.learning_rate
    asked = slowing(rule.schedule)
    every = {"step": asked.every, "exponential": 1}[rule.schedule.name]
    return keras.optimizers.schedules.ExponentialDecay(
        rule.learning_rate, decay_steps=every * steps, decay_rate=asked.factor, staircase=True
    )


def _plateau(model: Any, rule: Train) -> Any:
    """Keras' callback that lowers the rate, or None."""
    if rule.schedule is None or rule.schedule.name != "plateau":
        return None
    asked = slowing(rule.schedule)
    watcher = keras.callbacks.ReduceLROnPlateau(
        factor=asked.factor,
        patience=asked.patience,
        min_delta=asked.min_delta,
        min_lr=asked.floor * rule.learning_rate,
    )
    watcher.set_model(model)
    watcher.on_train_begin()
    return watcher


def _watched(model: Any, rule: Train, data: FoldArrays, task: Task) -> float:
    """The plain loss of the validation rows: no penalties or smoothing."""
    plain = loss_of(rule.model_copy(update={"label_smoothing": 0.0}), task)
    outputs = model(keras.ops.convert_to_tensor(data.val_x), training=False)
    return float(keras.ops.convert_to_numpy(plain(encoded(data.val_y, task), outputs)))


def _weighting(lineage: Lineage, data: FoldArrays, task: Task) -> dict[int, float] | None:
    asked = lineage.configuration.prepare.class_weight
    if asked == "none":
        return None
    return dict(enumerate(class_weights(asked, data.train_y, len(task.classes)).tolist()))


def _load(
    layers: dict[str, Any], placed: tuple[Block, ...], lineage: Lineage, data: FoldArrays, task: Task
) -> None:
    """Put paribus' initial weights in; what normalises starts in Keras as it does in paribus."""
    fresh = initial_weights(
        lineage.configuration.network, data.size.features, task.n_outputs, lineage.seed, lineage.fold
    )
    for block, array in zip(placed, fresh, strict=True):
        if block.kind == "weights":
            layers[f"weights {block.layer}"].set_weights([array[:-1], array[-1]])


def _taken(layers: dict[str, Any], block: Block) -> NDArray[Any]:
    if block.kind == "weights":
        return np.vstack(layers[f"weights {block.layer}"].get_weights())
    held = layers[f"norm {block.layer}"].get_weights()
    return np.vstack(held[:2] if block.kind == "norm" else held[2:])
