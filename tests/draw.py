"""Random folds, configurations and lineages for tests of the training rooms."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import numpy as np

from paribus.population.losses import ALLOWED_LOSSES
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.options import names
from paribus.study.spec import EarlyStopping, Network, Prepare, Schedule, Train

KINDS = ("binary", "multiclass", "multilabel", "regression")
METRICS = {
    "binary": ("recall", "roc_auc", "log_loss"),
    "multiclass": ("accuracy", "log_loss", "mcc"),
    "multilabel": ("accuracy", "log_loss"),
    "regression": ("rmse", "r2"),
}
OUTPUTS = {"binary": 1, "multiclass": 3, "multilabel": 3, "regression": 1}
CLASSES = {"binary": ("0", "1"), "multiclass": ("0", "1", "2")}
TASKS = {
    kind: Task(kind, OUTPUTS[kind], METRICS[kind], CLASSES.get(kind, ()))  # type: ignore[arg-type]
    for kind in KINDS
}
FOLD: FoldName = (0, Configuration(Prepare(), Network(), Train()).prepared_by)


def fold(
    kind: str,
    seed: int = 0,
    train: int = 60,
    val: int = 25,
    features: int = 5,
    *,
    stop: int = 0,
    weighted: bool = False,
) -> FoldArrays:
    """A fold whose target depends on its features, with noise; with rows for early stopping to watch,
    and with weights of the training rows.
    """
    random = np.random.default_rng(seed)
    count = train + val + stop
    rows = random.standard_normal((count, features)).astype(np.float32)
    shape = (features, OUTPUTS[kind]) if kind == "multilabel" else (features,)
    value = rows @ random.standard_normal(shape)
    value = value + 0.5 * random.standard_normal(value.shape)
    if kind == "regression":
        target: Any = value.astype(np.float32)
    elif kind == "multiclass":
        target = np.digitize(value, np.quantile(value, [1 / 3, 2 / 3])).astype(np.int64)
    else:
        target = (value > 0).astype(np.int64)
    last = train + val
    return FoldArrays(
        rows[:train],
        target[:train],
        rows[train:last],
        target[train:last],
        train_weight=random.uniform(0.2, 3, train).astype(np.float32) if weighted else None,
        stop_x=rows[last:] if stop else None,
        stop_y=target[last:] if stop else None,
    )


def random_fold(random: Random, kind: str, seed: int = 0, **sizes: int) -> FoldArrays:
    """A fold that sometimes has weights of rows, and sometimes rows for early stopping."""
    return fold(kind, seed, **sizes, stop=random.choice([0, 0, 20]), weighted=random.random() < 0.4)


def configuration(network: dict[str, Any] | None = None, **train: Any) -> Configuration:
    """A configuration with these settings of network and training."""
    return Configuration(Prepare(), Network(**(network or {})), Train(**train))


def random_configuration(random: Random, kind: str, epochs: int = 5, widest: int = 40) -> Configuration:
    """Any network and training that a study may ask for, at rates where training isn't chaotic:
    there, two exact engines must agree; elsewhere rounding alone drives them apart.

    Gradients may be no more than rounding: before batch normalisation, which takes a bias off again, in
    deep networks, and of a bias that starts at zero amid classes of equal weight. An optimizer that makes
    all gradients alike in size would walk at random there, so it comes with a large epsilon. Normalisation
    over a few units leaves nearly the signs of the sums, and its gradients are small differences of large
    numbers: narrow layers come with a large epsilon too. Hidden layers that start at zeros hardly move.
    """
    network = random_network(random, widest)
    faint = network.norm == "batch" or network.init == "zeros" or len(network.hidden) > 2
    train = random_train(random, kind, epochs, faint=faint)
    weights: list[Any] = ["none"]
    if kind != "regression":
        weights += ["balanced"]
    if kind in CLASSES:
        weights += [{label: round(random.uniform(0.3, 3), 2) for label in CLASSES[kind]}]
    return Configuration(Prepare(class_weight=random.choice(weights)), network, train)


def random_network(random: Random, widest: int = 40) -> Network:
    """Any network of up to 6 hidden layers; equal widths often, so that `residual` has something to add."""
    depth, width = random.randint(0, 6), random.randint(1, widest)
    hidden = tuple(random.choice([width, width, random.randint(1, widest)]) for _ in range(depth))
    activation, init = random.choice(names("activation")), random.choice(["auto", "auto", *names("init")])
    norm = random.choice(["none", *names("norm")])
    if init == "zeros":
        hidden, norm = (), "none"
    narrow = min(hidden, default=widest) < 6
    if norm == "layer" and min(hidden, default=widest) < 2:
        norm = "none"
    listed = tuple(random.choice([0.0, 0.2, 0.5]) for _ in hidden)
    rate = random.choice([0.0, 0.0, 0.1, 0.33, 0.5])
    dropouts: list[dict[str, Any]] = [
        {"dropout": listed},
        {"dropout": rate, "dropout_at": random.choice(["every", "last"])},
    ]
    return Network(
        hidden=hidden,
        activation=activation,
        negative_slope=random.choice([None, 0.2]) if activation == "leaky_relu" else None,
        **random.choice(dropouts),
        dropout_kind=random.choice(names("dropout")),
        input_noise=random.choice([0.0, 0.0, 0.1, 1.0]),
        norm=norm,
        norm_epsilon=None if norm == "none" else 0.1 if narrow else random.choice([None, 0.01]),
        norm_momentum=random.choice([None, 0.5, 0.8]) if norm == "batch" else None,
        residual=random.random() < 0.4,
        init=init,
        init_scale=random.choice([None, 0.2]) if init in ("normal", "uniform") else None,
    )


RATES = {
    "sgd": (1e-3, 1e-2),
    "adagrad": (1e-3, 3e-3),
    "adadelta": (1e-2, 1e-1),
    # A step is a sign: one that rounding turns is a whole step.
    "lion": (1e-5, 3e-5),
}
"""Learning rates by optimizer; 1e-4 and 1e-3 for the others."""


def random_train(random: Random, kind: str, epochs: int = 5, *, faint: bool = False) -> Train:
    """Any training. With `faint`, none in which gradients of rounding alone move anything."""
    optimizer = random.choice([name for name in names("optimizer") if not (faint and name == "lion")])
    momentum = random.choice([0.0, 0.5, 0.9]) if optimizer in ("sgd", "rmsprop") else 0.0
    epsilons = [1e-3] if faint else [None, None, 1e-3]
    adams = ("adam", "adamw", "nadam", "adamax", "lion")
    loss = random.choice(["auto", *ALLOWED_LOSSES[kind]])
    clips: list[dict[str, Any]] = [{}, {"clip_norm": random.choice([0.1, 1.0])}, {"clip_value": 0.05}]
    smooth = kind != "regression" and (loss == "auto" or loss.endswith("crossentropy"))
    return Train(
        convention=random.choice(["keras", "torch"]),
        optimizer=optimizer,
        learning_rate=random.choice(RATES.get(optimizer, (1e-4, 1e-3))),
        momentum=momentum,
        nesterov=optimizer == "sgd" and momentum > 0 and random.random() < 0.5,
        rho=random.choice([None, 0.8]) if optimizer in ("rmsprop", "adadelta") else None,
        beta_1=random.choice([None, 0.5]) if optimizer in adams else None,
        beta_2=random.choice([None, 0.95]) if optimizer in adams else None,
        epsilon=None if optimizer in ("sgd", "lion") else random.choice(epsilons),
        weight_decay=random.choice([0.0, 0.0, 1e-3, 1e-2]),
        l1=random.choice([0.0, 0.0, 1e-3]),
        l2=random.choice([0.0, 0.0, 1e-2]),
        **random.choice(clips),
        schedule=random_schedule(random, kind),
        batch_size=random.choice([7, 16, 32, 60, 1000]),
        epochs=epochs,
        loss=loss,
        huber_delta=random.choice([None, 0.3]) if loss == "huber" else None,
        focal_gamma=random.choice([None, 0.5, 3.0]) if loss == "focal" else None,
        label_smoothing=random.choice([0.0, 0.1]) if smooth else 0.0,
        early_stopping=random_stopping(random, kind),
    )


def random_schedule(random: Random, kind: str) -> Schedule | None:
    """Any schedule, or none."""
    plateau = {
        "name": "plateau",
        "monitor": random.choice([None, *(f"val_{metric}" for metric in METRICS[kind])]),
        "patience": random.choice([1, 2]),
        "min_delta": random.choice([None, 0.0, 0.1]),
        "factor": 0.3,
        "floor": random.choice([None, 0.2]),
    }
    drawn: list[dict[str, Any]] = [
        {},
        {"name": "step", "every": 2, "factor": random.choice([None, 0.5])},
        {"name": "exponential", "factor": random.choice([None, 0.7])},
        {"name": "cosine", "floor": random.choice([None, 0.1])},
        {"name": "one_cycle", "peak": random.choice([None, 0.6]), "start": random.choice([None, 0.2])},
        plateau,
    ]
    if random.random() < 0.3:
        return None
    return Schedule(**random.choice(drawn), warmup=random.choice([0, 0, 2]))


def random_stopping(random: Random, kind: str) -> EarlyStopping | None:
    """Early stopping of any sort, or none. With `min_delta` 0, rounding would choose between the epochs of
    a network that stands still.
    """
    if random.random() < 0.4:
        return None
    return EarlyStopping(
        monitor=random.choice(["val_loss", *(f"val_{metric}" for metric in METRICS[kind])]),
        mode=random.choice(["auto", "auto", "min", "max"]),
        patience=random.choice([1, 2, 4]),
        min_delta=random.choice([1e-4, 0.01]),
        restore_best=random.random() < 0.7,
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
