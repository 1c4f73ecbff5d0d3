"""The same training in every engine: how far weights are from the reference after 1, 10 and 100 steps.

    python -m benchmarks.engines [--settings adam,dropout] [--engines torch,keras]

The reference is the engine numpy, float64, before anything is rounded. A number is the largest difference of
an array's values by the array's largest value: the worst array's. What an engine refuses is a dash. Engines
of extras that aren't installed are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.engines import ENGINES
from paribus.engines.abilities import ABILITIES
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Schedule, Train

ROWS, FEATURES = 63, 5
STEPS = {1: (ROWS, 1), 10: (13, 2), 100: (13, 20)}
"""Steps: the batch's rows and the epochs that give them."""
SEED = 6
BASE: dict[str, Any] = {"optimizer": "adam", "learning_rate": 1e-3}
SETTINGS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "sgd": ("binary", {}, {"optimizer": "sgd", "learning_rate": 0.01}),
    "momentum": ("binary", {}, {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9}),
    "nesterov": (
        "binary",
        {},
        {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": True},
    ),
    "adam": ("binary", {}, BASE),
    "rmsprop": ("binary", {}, {"optimizer": "rmsprop", "learning_rate": 1e-3}),
    "adagrad": ("binary", {}, {"optimizer": "adagrad", "learning_rate": 0.01}),
    "adadelta": ("binary", {}, {"optimizer": "adadelta", "learning_rate": 1.0}),
    "adamax": ("binary", {}, {"optimizer": "adamax", "learning_rate": 1e-3}),
    "nadam": ("binary", {}, {"optimizer": "nadam", "learning_rate": 1e-3}),
    "adamw": ("binary", {}, {"optimizer": "adamw", "learning_rate": 1e-3, "weight_decay": 0.1}),
    "lion": ("binary", {}, {"optimizer": "lion", "learning_rate": 1e-5}),
    "three classes": ("multiclass", {"activation": "tanh"}, BASE),
    "three labels": ("multilabel", {"activation": "sigmoid"}, BASE),
    "two numbers": ("regression", {"activation": "tanh"}, BASE),
    "dropout": ("binary", {"dropout": 0.3}, BASE),
    "alpha dropout": ("binary", {"activation": "selu", "dropout": 0.2, "dropout_kind": "alpha"}, BASE),
    "input noise": ("binary", {"input_noise": 0.3}, BASE),
    "batch norm": ("binary", {"norm": "batch"}, {"optimizer": "sgd", "learning_rate": 0.01}),
    "layer norm": ("binary", {"norm": "layer", "norm_epsilon": 0.01}, BASE),
    "residual": ("binary", {"hidden": (6, 6, 6), "residual": True}, BASE),
    "l2": ("binary", {}, {**BASE, "l2": 0.01}),
    "clipped norm": ("binary", {}, {**BASE, "optimizer": "sgd", "clip_norm": 0.1}),
    "cosine": ("binary", {}, {**BASE, "schedule": Schedule(name="cosine", warmup=2)}),
    "torch's adam": ("binary", {}, {**BASE, "convention": "torch"}),
}
"""What is trained: the task, the network's settings and the training's."""
TASKS = {
    "binary": Task("binary", 1, (), ("0", "1")),
    "multiclass": Task("multiclass", 3, (), ("0", "1", "2")),
    "multilabel": Task("multilabel", 3, (), ("0", "1", "2")),
    "regression": Task("regression", 2, ()),
}


def fold(kind: str) -> FoldArrays:
    """A fold whose targets depend on its features, with noise."""
    random = np.random.default_rng(1)
    rows = random.standard_normal((ROWS + 20, FEATURES)).astype(np.float32)
    values = rows @ random.standard_normal((FEATURES, 3)) + 0.5 * random.standard_normal((ROWS + 20, 3))
    targets: dict[str, Any] = {
        "binary": (values[:, 0] > 0).astype(np.int64),
        "multiclass": values.argmax(axis=1).astype(np.int64),
        "multilabel": (values > 0).astype(np.float32),
        "regression": values[:, :2].astype(np.float32),
    }
    target = targets[kind]
    return FoldArrays(rows[:ROWS], target[:ROWS], rows[ROWS:], target[ROWS:])


def lineage(setting: str, steps: int, precision: str) -> Lineage:
    """The training of a setting for so many steps."""
    _, network, train = SETTINGS[setting]
    batch, epochs = STEPS[steps]
    rule = Train(batch_size=batch, epochs=epochs, precision=precision, **train)  # type: ignore[arg-type]
    return Lineage(
        Configuration(Prepare(), Network(**{"hidden": (9, 4), **network}), rule), (epochs,), 0, SEED
    )


def weights(engine: str, setting: str, steps: int, precision: str) -> tuple[NDArray[Any], ...] | None:
    """What the engine ends with; None where it refuses."""
    asked, task = lineage(setting, steps, precision), TASKS[SETTINGS[setting][0]]
    if ENGINES[engine].refusal(asked.configuration, task):
        return None
    (outcome,) = ENGINES[engine].train([asked], {asked.data: fold(task.kind)}, task)
    return outcome.weights


def apart(found: Sequence[NDArray[Any]], expected: Sequence[NDArray[Any]]) -> float:
    """The largest difference of an array's numbers, by the array's largest number: the worst array's."""
    pairs = zip(found, expected, strict=True)
    return max(float(np.abs(one - other).max() / max(np.abs(other).max(), 1e-30)) for one, other in pairs)


def rows(engines: Sequence[str], settings: Sequence[str]) -> Iterator[str]:
    """The table, a line at a time."""
    yield (
        "| setting | engine | "
        + " | ".join(
            f"{precision[5:]} bit, {steps}" for precision in ("float32", "float64") for steps in STEPS
        )
        + " |"
    )
    yield "|---" * (2 + 2 * len(STEPS)) + "|"
    for setting in settings:
        expected = {steps: weights("numpy", setting, steps, "float64") for steps in STEPS}
        for engine in engines:
            cells = []
            for precision in ("float32", "float64"):
                for steps in STEPS:
                    found = weights(engine, setting, steps, precision)
                    cells.append("–" if found is None else f"{apart(found, expected[steps] or ()):.0e}")
            yield f"| {setting} | {engine} | " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", default=",".join(SETTINGS))
    parser.add_argument("--engines", default=",".join(name for name in ENGINES if name != "numpy"))
    given = parser.parse_args()
    task, asked = TASKS["binary"], lineage("sgd", 1, "float32").configuration
    missing = [
        name
        for name in given.engines.split(",")
        if ABILITIES[name].extra and "not installed" in (ENGINES[name].refusal(asked, task) or "")
    ]
    engines = [name for name in given.engines.split(",") if name not in missing]
    for line in rows(engines, given.settings.split(",")):
        print(line, flush=True)
    if missing:
        print(f"\nnot installed here: {', '.join(missing)}")


if __name__ == "__main__":
    main()
