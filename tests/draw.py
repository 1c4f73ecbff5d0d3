"""Random folds, configurations and lineages for tests of the training rooms."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import numpy as np

from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import EarlyStopping, Network, Prepare, Train

KINDS = ("binary", "multiclass", "regression")
METRICS = {
    "binary": ("recall", "roc_auc", "log_loss"),
    "multiclass": ("accuracy", "log_loss", "mcc"),
    "regression": ("rmse", "r2"),
}
TASKS = {kind: Task(kind, 3 if kind == "multiclass" else 1, METRICS[kind]) for kind in KINDS}  # type: ignore[arg-type]
FOLD: FoldName = (0, "standard", "none")


def fold(kind: str, seed: int = 0, train: int = 60, val: int = 25, features: int = 5) -> FoldArrays:
    """A fold whose target depends on its features, with noise."""
    random = np.random.default_rng(seed)
    rows = random.standard_normal((train + val, features)).astype(np.float32)
    value = rows @ random.standard_normal(features) + 0.5 * random.standard_normal(train + val)
    if kind == "regression":
        target: Any = value.astype(np.float32)
    elif kind == "binary":
        target = (value > 0).astype(np.int64)
    else:
        target = np.digitize(value, np.quantile(value, [1 / 3, 2 / 3])).astype(np.int64)
    return FoldArrays(rows[:train], target[:train], rows[train:], target[train:])


def configuration(network: dict[str, Any] | None = None, **train: Any) -> Configuration:
    """A configuration with these settings of network and training."""
    return Configuration(Prepare(), Network(**(network or {})), Train(**train))


def random_configuration(random: Random, kind: str, epochs: int = 5) -> Configuration:
    """Any network and training that a study may ask for, at rates where training isn't chaotic:
    there, two exact engines must agree; elsewhere rounding alone drives them apart.
    """
    optimizer = random.choice(["sgd", "adam", "rmsprop"])
    return configuration(
        {
            "hidden": tuple(random.randint(1, 40) for _ in range(random.randint(0, 4))),
            "activation": random.choice(["relu", "tanh", "sigmoid", "linear"]),
            "dropout": random.choice([0.0, 0.1, 0.33, 0.5]),
            "dropout_at": random.choice(["every", "last"]),
        },
        optimizer=optimizer,
        momentum=random.choice([0.0, 0.5]) if optimizer == "sgd" else 0.0,
        learning_rate=random.choice([1e-2, 3e-2] if optimizer == "sgd" else [1e-4, 1e-3]),
        batch_size=random.choice([7, 16, 32, 60, 1000]),
        epochs=epochs,
        loss=random.choice(["auto", "mse"]),
        early_stopping=random.choice([None, EarlyStopping(patience=2), EarlyStopping(restore_best=False)]),
    )


def crossed(
    rates: tuple[float, ...] = (1e-3, 1e-2),
    dropouts: tuple[float, ...] = (0.0, 0.3),
    seeds: tuple[int, ...] = (1, 2),
    network: dict[str, Any] | None = None,
    **train: Any,
) -> list[Lineage]:
    """Lineages of one shape that differ in all that members may differ in."""
    return [
        Lineage(
            configuration({**(network or {}), "dropout": dropout}, learning_rate=rate, epochs=6, **train),
            (3, 6),
            0,
            seed,
        )
        for rate, dropout, seed in product(rates, dropouts, seeds)
    ]


def same(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are equal to the bit, times aside."""
    plain = ("config_id", "fold", "seed", "status", "reason", "epochs_run", "best_epoch", "train", "val")
    return (
        all(getattr(one, name) == getattr(other, name) for name in plain)
        and len(one.weights) == len(other.weights)
        and all(np.array_equal(a, b) for a, b in zip(one.weights, other.weights, strict=True))
        and one.curves.keys() == other.curves.keys()
        and all(np.array_equal(one.curves[name], other.curves[name], equal_nan=True) for name in one.curves)
    )


def relative(one: Any, other: Any) -> float:
    """The largest difference of two arrays, by the largest value."""
    scale = max(float(np.abs(other).max()), 1e-12)
    return float(np.abs(np.asarray(one, np.float64) - other).max()) / scale
