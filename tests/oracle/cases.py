"""What the oracles and the engines are given: folds of every task, configurations, how far weights are apart.

The rates are small on purpose. At large ones training is chaotic: one rounding grows from step to step,
and two exact programs end apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_class_weight

from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

SEED = 6
ROWS, FEATURES, BATCH, EPOCHS = 63, 5, 13, 20
"""Five steps an epoch, the last of 11 rows: 100 steps.

Neither 13 nor 11 is a multiple of 2 or 3. The hinge's gradient of a bias counts rows for and against; where
they balance it is 0 but for rounding, and an optimizer that divides by a gradient's size goes by that.
"""

TASKS = {
    "binary": Task("binary", 1, (), ("0", "1")),
    "multiclass": Task("multiclass", 3, (), ("0", "1", "2")),
    "multilabel": Task("multilabel", 3, (), ("0", "1", "2")),
    "regression": Task("regression", 2, ()),
}
"""No metrics: what is compared is weights."""
LOSSES = {
    "binary": ("binary_crossentropy", "mse", "mae", "hinge", "focal"),
    "multiclass": ("categorical_crossentropy", "mse", "mae", "hinge", "focal"),
    "multilabel": ("binary_crossentropy", "mse", "mae", "hinge", "focal"),
    "regression": ("mse", "mae", "huber"),
}
ACTIVATIONS = (
    *("relu", "leaky_relu", "elu", "selu", "gelu", "silu"),
    *("mish", "softplus", "tanh", "sigmoid", "linear"),
)
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd", "learning_rate": 1e-2},
    "sgd, momentum": {"optimizer": "sgd", "learning_rate": 1e-2, "momentum": 0.75},
    "sgd, Nesterov": {"optimizer": "sgd", "learning_rate": 1e-2, "momentum": 0.75, "nesterov": True},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 1e-3},
    "rmsprop, momentum": {"optimizer": "rmsprop", "learning_rate": 1e-4, "momentum": 0.75},
    "adam": {"optimizer": "adam", "learning_rate": 1e-3},
    "adamw": {"optimizer": "adamw", "learning_rate": 1e-3, "weight_decay": 0.125},
    "nadam": {"optimizer": "nadam", "learning_rate": 1e-3},
    "adamax": {"optimizer": "adamax", "learning_rate": 1e-3},
    "adagrad": {"optimizer": "adagrad", "learning_rate": 1e-2},
    "adadelta": {"optimizer": "adadelta", "learning_rate": 1.0},
    "lion": {"optimizer": "lion", "learning_rate": 1e-5},
}
"""Every optimizer, and its momentum where it has one, by the name that a table shows.

Lion's steps are signs: where a number is 0 but for rounding, two exact programs go opposite ways, so its
rate is the smallest.
"""


def fold(kind: str) -> FoldArrays:
    """A fold whose targets depend on its features, with noise; two targets for regression, three labels."""
    random = np.random.default_rng(1)
    rows = random.standard_normal((ROWS + 20, FEATURES)).astype(np.float32)
    values = rows @ random.standard_normal((FEATURES, 3)) + 0.5 * random.standard_normal((ROWS + 20, 3))
    target: Any
    if kind == "regression":
        target = values[:, :2].astype(np.float32)
    elif kind == "multilabel":
        target = (values > 0).astype(np.int64)
    elif kind == "binary":
        target = (values[:, 0] > 0.5).astype(np.int64)
    else:
        target = np.digitize(values[:, 0], np.quantile(values[:, 0], [0.2, 0.6])).astype(np.int64)
    return FoldArrays(rows[:ROWS], target[:ROWS], rows[ROWS:], target[ROWS:])


def encoded(target: NDArray[Any], task: Task) -> NDArray[np.float64]:
    """Truth as (row, output): 0 or 1 for classes and labels."""
    if task.kind == "multiclass":
        classes: NDArray[np.float64] = np.eye(task.n_outputs)[target]
        return classes
    return np.asarray(target, np.float64).reshape(len(target), -1)


def class_weights(asked: str | dict[str, float], target: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    """How much each class counts, (class,); balanced as scikit-learn means it."""
    if asked == "none":
        return np.ones(n_classes)
    if isinstance(asked, dict):
        return np.array([asked.get(str(name), 1.0) for name in range(n_classes)])
    return np.asarray(compute_class_weight("balanced", classes=np.arange(n_classes), y=target))


def row_weights(lineage: Lineage, data: FoldArrays, task: Task) -> NDArray[np.float64]:
    """How much each training row counts, (row, 1), or each of its labels, (row, label).

    Rounded to float32, as all that a fold holds is.
    """
    own = np.ones(len(data.train_y)) if data.train_weight is None else data.train_weight
    if task.kind == "regression":
        return own[:, None].astype(np.float64)
    asked, columns = lineage.configuration.prepare.class_weight, [data.train_y]
    if task.kind == "multilabel":
        columns = list(data.train_y.T)
    classes = 2 if task.kind == "multilabel" else len(task.classes)
    by_class = [class_weights(asked, column, classes)[column] for column in columns]
    weights = own[:, None] * np.stack(by_class, axis=1)
    rounded: NDArray[np.float32] = weights.astype(np.float32)
    return rounded.astype(np.float64)


def lineage(
    convention: str,
    network: dict[str, Any] | None = None,
    class_weight: str | dict[str, float] = "none",
    **train: Any,
) -> Lineage:
    """One training with these settings, of `EPOCHS` epochs unless they say otherwise."""
    settings = {"batch_size": BATCH, "epochs": EPOCHS, "convention": convention, **train}
    layers: dict[str, Any] = {"hidden": (9, 4), **(network or {})}
    asked = Configuration(Prepare(class_weight=class_weight), Network(**layers), Train(**settings))
    return Lineage(asked, (asked.train.epochs,), 0, SEED)


def apart(found: Sequence[NDArray[Any]], expected: Sequence[NDArray[Any]]) -> float:
    """The largest difference of an array's numbers, by the array's largest number: the worst array's."""
    return max(
        float(np.abs(np.asarray(one, np.float64) - other).max() / np.abs(other).max())
        for one, other in zip(found, expected, strict=True)
    )
