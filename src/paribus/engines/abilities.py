"""What a library can't do, said once: refused before anything is trained, and the table of docs/engines.md.

A key that isn't named here can take any value, or is no matter of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from paribus.population.losses import ALLOWED_LOSSES, resolve_loss
from paribus.population.outcome import Task
from paribus.study.configuration import Configuration
from paribus.study.problems import shown


@dataclass(frozen=True)
class Limit:
    """The values that a key may have in an engine; of one kind of task, or of all."""

    key: str
    allowed: tuple[Any, ...]
    task: str = ""


@dataclass(frozen=True)
class Ability:
    """An engine: what it is, the packages and the extra that it needs, its limits, where it can train."""

    what: str
    limits: tuple[Limit, ...] = ()
    packages: tuple[str, ...] = ()
    extra: str = ""
    devices: tuple[str, ...] = ("cpu",)


_MLP = Limit("network.kind", ("mlp",))
_OF_KERAS = (
    _MLP,
    Limit("train.convention", ("keras",)),
    Limit("train.loss", ("categorical_crossentropy", "mse", "mae", "focal"), "multiclass"),
)
ABILITIES = {
    "population": Ability("many networks as one batched program", devices=("cpu", "cuda")),
    "torch": Ability("a plain PyTorch loop: modules, autograd, torch.optim", devices=("cpu", "cuda")),
    "numpy": Ability(
        "the readable reference: formulas in NumPy",
        (_MLP, Limit("train.precision", ("auto", "float64"))),
    ),
    "keras": Ability(
        "Keras' layers, losses and optimizers, a batch at a time through train_on_batch, on any backend",
        (
            *_OF_KERAS,
            Limit("train.precision", ("auto", "float32")),
            Limit("prepare.class_weight", ("none",), "multilabel"),
            Limit("protocol.curves", ("validation",)),
        ),
        ("keras",),
        "keras",
    ),
    "tensorflow": Ability(
        "a loop by hand: GradientTape, TensorFlow's losses, Keras' layers and optimizers",
        _OF_KERAS,
        ("keras", "tensorflow"),
        "tensorflow",
    ),
    "sklearn": Ability(
        "MLPClassifier and MLPRegressor, a batch at a time through partial_fit",
        (
            _MLP,
            Limit("network.activation", ("relu", "tanh", "sigmoid", "linear")),
            Limit("network.dropout", (0.0,)),
            Limit("network.norm", ("none",)),
            Limit("network.residual", (False,)),
            Limit("train.convention", ("keras",)),
            Limit("train.optimizer", ("sgd", "adam")),
            Limit("train.loss", ("binary_crossentropy",), "binary"),
            Limit("train.loss", ("categorical_crossentropy",), "multiclass"),
            Limit("train.loss", ("binary_crossentropy",), "multilabel"),
            Limit("train.loss", ("mse",), "regression"),
            Limit("train.label_smoothing", (0.0,)),
            Limit("train.weight_decay", (0.0,)),
            Limit("train.l1", (0.0,)),
            Limit("train.clip_norm", (None,)),
            Limit("train.clip_value", (None,)),
            Limit("train.schedule", (None,)),
            Limit("prepare.class_weight", ("none",)),
            Limit("data.weight", (None,)),
        ),
        ("sklearn",),
    ),
}


def refusal(engine: str, configuration: Configuration, task: Task) -> str | None:
    """Why the engine can't train this configuration, or None."""
    asked = ABILITIES[engine]
    if missing := [name for name in asked.packages if find_spec(name) is None]:
        return (
            f"train.engine = '{engine}' needs {' and '.join(missing)}, not installed here:"
            f' pip install "paribus[{asked.extra}]"'
        )
    return _loss(configuration, task) or next(_limits(engine, configuration, task), None)


def _loss(configuration: Configuration, task: Task) -> str | None:
    """Why the loss doesn't fit the task: the same for every engine."""
    loss, allowed = resolve_loss(configuration.train.loss, task.kind), ALLOWED_LOSSES[task.kind]
    if loss in allowed:
        return None
    return f"train.loss = '{loss}' does not fit a {task.kind} task (allowed: auto, {', '.join(allowed)})"


def _limits(engine: str, configuration: Configuration, task: Task) -> Iterator[str]:
    for limit in ABILITIES[engine].limits:
        value = _value(limit.key, configuration, task)
        if limit.task in ("", task.kind) and value not in limit.allowed:
            of_task = f" of a {limit.task} task" if limit.task else ""
            yield (
                f"{limit.key} = {shown(value)}{of_task} is beyond the {engine} engine (it can:"
                f" {told(limit)}): choose that, or train.engine = 'population'"
            )


def told(limit: Limit) -> str:
    """The values that are allowed, in words."""
    return ", ".join("none" if value in (None, False, 0.0) else str(value) for value in limit.allowed)


def _value(key: str, configuration: Configuration, task: Task) -> Any:
    """What a key has in this configuration, in the simplest form that means the same."""
    if key == "train.loss":
        return resolve_loss(configuration.train.loss, task.kind)
    if key == "network.dropout":
        return max(configuration.network.dropouts, default=0.0)
    if key == "train.schedule":
        schedule = configuration.train.schedule
        still = schedule is None or (schedule.name == "constant" and not schedule.warmup)
        return None if still else (schedule.name if schedule else None)
    if key == "protocol.curves":
        return "both" if task.train_metrics else "validation"
    if key == "data.weight":
        return "a column" if task.weighted else None
    section, name = key.split(".")
    return getattr(getattr(configuration, section), name)
