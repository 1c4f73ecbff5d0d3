"""`[train]`: how a network is trained."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from paribus.study.fields import (
    Amount,
    Count,
    Positive,
    Rate,
    Section,
    Share,
    choose,
    one_of,
    refuse_idle,
)
from paribus.study.options import METRICS
from paribus.study.problems import RuleError
from paribus.study.sections.augment import Augment


def _monitor(name: str) -> str:
    return choose(name, "monitor", ("val_loss", *(f"val_{metric}" for metric in METRICS)))


class EarlyStopping(Section):
    """Stop when `monitor` has not improved by more than `min_delta` for `patience` epochs."""

    monitor: str = "val_loss"
    mode: Literal["auto", "min", "max"] = "auto"
    """Whether smaller or larger is better; auto knows it of every metric."""
    patience: Count = 3
    min_delta: Amount = 0.0
    restore_best: bool = True

    @field_validator("monitor")
    @classmethod
    def _known(cls, monitor: str) -> str:
        return _monitor(monitor)


class Schedule(Section):
    """How the learning rate moves: what multiplies it. Epochs count from 1."""

    name: Annotated[str, one_of("schedule")] = "constant"
    every: Count | None = None
    factor: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = None
    floor: Share | None = None
    peak: Annotated[float, Field(gt=0, lt=1)] | None = None
    start: Share | None = None
    monitor: str | None = None
    patience: Count | None = None
    min_delta: Amount | None = None
    warmup: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Epochs in which the rate rises in a straight line from 0, a step at a time, whatever the schedule."""

    @field_validator("monitor")
    @classmethod
    def _known(cls, monitor: str | None) -> str | None:
        return monitor and _monitor(monitor)

    @model_validator(mode="after")
    def _idle(self) -> Self:
        given = {key: getattr(self, key) for key in type(self).model_fields}
        refuse_idle("train.schedule", given, "schedule", self.name)
        return self

    @property
    def needs_the_end(self) -> bool:
        """Whether an epoch's rate depends on the number of epochs: then no epoch level is another's start."""
        return self.name in ("cosine", "one_cycle")


class Train(Section):
    """How a network is trained. What isn't given is the default of `convention`."""

    engine: Annotated[str, one_of("engine")] = "population"
    convention: Literal["keras", "torch"] = "keras"
    """Whose defaults and forms of the optimizers, of clipping and of normalisation are meant."""
    optimizer: Annotated[str, one_of("optimizer")] = "adam"
    learning_rate: Positive = 1e-3
    head_learning_rate: Positive | None = None
    """Of what stands after a pretrained body; the same rate where it isn't given."""
    momentum: Rate = 0.0
    nesterov: bool = False
    rho: Rate | None = None
    beta_1: Rate | None = None
    beta_2: Rate | None = None
    epsilon: Positive | None = None
    weight_decay: Amount = 0.0
    """Share of every parameter that is taken off at a step, times the learning rate (torch convention:
    added to the gradient, but for adamw)."""
    l1: Amount = 0.0
    """Times the sum of absolute weights (no biases), added to the loss that is trained on."""
    l2: Amount = 0.0
    """Times the sum of squared weights (no biases), added to the loss that is trained on."""
    clip_norm: Positive | None = None
    """The most that the length of a network's whole gradient may be."""
    clip_value: Positive | None = None
    """The most that a number of the gradient may be, in size."""
    schedule: Schedule | None = None
    precision: Literal["auto", "float32", "float64", "bfloat16"] = "auto"
    """Of all numbers in training; auto: float32, and float64 for the numpy engine, which knows no other.
    bfloat16: of products' factors alone."""
    batch_size: Annotated[int, Field(ge=1, le=1_000_000_000)] = 32
    accumulate: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Batches whose gradients are added up to one step."""
    epochs: Count = 20
    augment: Augment | None = None
    """How training images are changed."""
    ema: Rate = 0.0
    """Share that a moving average of the weights keeps at a step: it is judged and kept; 0 for none."""
    loss: Annotated[str, one_of("loss", "auto")] = "auto"
    huber_delta: Positive | None = None
    focal_gamma: Amount | None = None
    label_smoothing: Rate = 0.0
    """Share of a class's 1 that is spread over all classes; of the two cross-entropies."""
    early_stopping: EarlyStopping | None = None

    @model_validator(mode="after")
    def _idle(self) -> Self:
        given = {key: getattr(self, key) for key in type(self).model_fields}
        refuse_idle("train", given, "optimizer", self.optimizer)
        if self.loss != "auto":
            refuse_idle("train", given, "loss", self.loss)
        else:
            refuse_idle("train", {**given, "label_smoothing": 0}, "loss", "auto")
        return self

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.precision == "bfloat16" and self.engine != "population":
            raise RuleError(
                f"'bfloat16': the {self.engine} engine doesn't round its products so: say auto, or"
                " train.engine = 'population'",
                "precision",
            )
        if self.engine == "numpy" and self.precision == "float32":
            raise RuleError(
                "'float32': the numpy engine computes in float64: say float64, or auto", "precision"
            )
        if self.nesterov and not self.momentum:
            raise RuleError("true has no effect without momentum: give momentum, as in 0.9", "nesterov")
        if self.clip_norm and self.clip_value:
            raise RuleError(
                "clips the gradient by value, and clip_norm by length: keep one of them", "clip_value"
            )
        return self
