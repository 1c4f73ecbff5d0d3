"""Losses by the logits z and the truth y, (row, output) each, in TensorFlow. docs/arithmetic.md as code.

A row's loss has parts, whose mean it is: one an output, or a single one over all classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Parts = Callable[[Any, Any, float], Any]
"""(z, y, the loss's shape) → parts, (row, part)."""


def labels(tf: Any) -> dict[str, Parts]:
    """Of two classes, and of each label."""

    def focal(z: Any, y: Any, gamma: float) -> Any:
        away = (1 - 2 * y) * z
        return tf.exp(gamma * tf.math.log_sigmoid(away)) * -tf.math.log_sigmoid(-away)

    return {
        "binary_crossentropy": lambda z, y, _: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z),
        "mse": lambda z, y, _: tf.square(tf.sigmoid(z) - y),
        "mae": lambda z, y, _: tf.abs(tf.sigmoid(z) - y),
        "hinge": lambda z, y, _: tf.nn.relu(1 - (2 * y - 1) * z),
        "focal": focal,
    }


def classes(tf: Any) -> dict[str, Parts]:
    """Of several classes."""

    def mean(values: Any) -> Any:
        return tf.reduce_mean(values, axis=1, keepdims=True)

    def likelihood(z: Any, y: Any) -> Any:
        return tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=z)[:, None]

    def focal(z: Any, y: Any, gamma: float) -> Any:
        others = tf.where(y == 1, tf.constant(-1e30, z.dtype), z)
        missed = tf.reduce_logsumexp(others, 1) - tf.reduce_logsumexp(z, 1)
        return tf.exp(gamma * missed)[:, None] * likelihood(z, y)

    return {
        "categorical_crossentropy": lambda z, y, _: likelihood(z, y),
        "mse": lambda z, y, _: mean(tf.square(tf.nn.softmax(z) - y)),
        "mae": lambda z, y, _: mean(tf.abs(tf.nn.softmax(z) - y)),
        "focal": focal,
    }


def values(tf: Any) -> dict[str, Parts]:
    """Of numbers."""

    def huber(z: Any, y: Any, delta: float) -> Any:
        error = tf.abs(z - y)
        return tf.where(error <= delta, tf.square(error) / 2, delta * (error - delta / 2))

    return {
        "mse": lambda z, y, _: tf.square(z - y),
        "mae": lambda z, y, _: tf.abs(z - y),
        "huber": huber,
    }


def parts(tf: Any, kind: str, name: str) -> Parts:
    """The parts of a loss for a kind of task."""
    families = {"binary": labels, "multilabel": labels, "multiclass": classes, "regression": values}
    return families[kind](tf)[name]
