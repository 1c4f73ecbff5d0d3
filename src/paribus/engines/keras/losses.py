"""Keras' own loss for a task."""

from __future__ import annotations

from typing import Any

from paribus.population.losses import resolve_loss
from paribus.population.outcome import Task
from paribus.study.conventions import loss_shape
from paribus.study.spec import Train


def takes_probabilities(train: Train, task: Task) -> bool:
    """Whether Keras means the loss of probabilities, not of logits."""
    return task.kind != "regression" and resolve_loss(train.loss, task.kind) in ("mse", "mae")


def loss_of(keras: Any, train: Train, task: Task, smoothing: float = 0.0) -> Any:
    """The loss, with smoothed labels or without."""
    losses, shape = keras.losses, loss_shape(train)
    name = resolve_loss(train.loss, task.kind)
    given = {"from_logits": True, "label_smoothing": smoothing}
    if name == "focal" and task.kind == "multiclass":
        # Keras' alpha, 0.25, is a factor of all classes alike: paribus has none.
        return losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=shape, from_logits=True)
    makers = {
        "binary_crossentropy": lambda: losses.BinaryCrossentropy(**given),
        "categorical_crossentropy": lambda: losses.CategoricalCrossentropy(**given),
        "mse": losses.MeanSquaredError,
        "mae": losses.MeanAbsoluteError,
        "huber": lambda: losses.Huber(delta=shape),
        "hinge": losses.Hinge,
        "focal": lambda: losses.BinaryFocalCrossentropy(gamma=shape, from_logits=True),
    }
    return makers[name]()
