"""The study as frozen values: what is asked, before anything is read or trained.

The sections and their keys are those of the study file. A value that exists is a value that can be
used: every rule that needs no data is checked when it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    field_validator,
    model_validator,
)

from paribus.errors import nearest
from paribus.study.options import METRICS, names
from paribus.study.problems import RuleError, WrongStudyError, problems, shown
from paribus.study.values import Word, parse_word


def _choose(name: str, kind: str, allowed: Iterable[str]) -> str:
    if name not in (listed := tuple(allowed)):
        raise ValueError(f"'{name}' is no {kind}{nearest(name, listed)} (allowed: {', '.join(listed)})")
    return name


def _one_of(family: str, *more: str) -> AfterValidator:
    return AfterValidator(lambda name: _choose(name, family, (*more, *names(family))))


def _word(family: str, whole: bool = True) -> AfterValidator:
    def check(text: str) -> str:
        parse_word(text, family, whole)
        return text

    return AfterValidator(check)


def _metric(name: str) -> str:
    return _choose(name, "metric", METRICS)


def _refuse_twice(listed: Sequence[Any], *path: str) -> None:
    """Raise RuleError for the second of two equal values; 0 and 0.0 are equal, 1 and true are not."""
    kinds = [(isinstance(value, bool), value) for value in listed]
    for position, value in enumerate(kinds):
        if value in kinds[:position]:
            raise RuleError(f"{shown(value[1])} stands twice: remove one of them", *path, position)


def _one_value(value: Any) -> Any:
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError(f"must be one value of the target, received {shown(value)}")
    return value


def _nameable(name: str) -> str:
    if not name.isprintable() or not name.strip(" ."):
        raise ValueError(f"must be one line of text, more than dots and spaces, received {shown(name)}")
    return name


MOST_CONFIGURATIONS = 1_000_000
MOST_LAYERS = 64
MOST_UNITS = 65_536
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
Rate = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_nameable)]
Level = Any


class Section(BaseModel):
    """What all sections share: frozen, no unknown key, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Data(Section):
    """Where the rows come from and which column is asked for."""

    source: Annotated[str, Field(min_length=1)]
    target: Annotated[str, Field(min_length=1)]
    positive: Annotated[str | int | float | bool | None, PlainValidator(_one_value)] = None
    """The target's value that counts as positive; without it, the last of the two in sorted order."""
    task: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    drop: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Columns that are no features: ids, names, dates."""


class Protocol(Section):
    """How evidence is gathered: the sealed part, validation, seeds, the metrics by importance."""

    test: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.15
    validation: Annotated[str, _word("validation", whole=False)] = "holdout:0.15"
    seeds: Annotated[int, Field(ge=1, le=10_000)] = 1
    open: Annotated[str, _word("open")] = "best"
    metrics: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("roc_auc", "accuracy")

    @field_validator("metrics")
    @classmethod
    def _known(cls, metrics: tuple[str, ...]) -> tuple[str, ...]:
        for metric in metrics:
            _metric(metric)
        _refuse_twice(metrics)
        return metrics

    @property
    def share(self) -> float:
        """The validation part's share of all rows."""
        number = parse_word(self.validation, "validation", whole=False).number
        assert number is not None
        return number

    @model_validator(mode="after")
    def _something_left(self) -> Self:
        if self.test + self.share >= 1:
            raise RuleError(
                f"test = {self.test} and validation = '{self.validation}' leave no rows to train on:"
                " their shares of all rows must add up to less than 1",
                "validation",
            )
        return self


class Prepare(Section):
    """What happens to the features, fitted on the training part of each fold alone."""

    scale: Annotated[str, _one_of("scaler")] = "standard"
    select: Annotated[str, _word("selector")] = "none"
    resample: Literal["none"] = "none"
    class_weight: Literal["none"] = "none"

    @property
    def selector(self) -> Word:
        """The selector's name and its number of features."""
        return parse_word(self.select, "selector")


class Network(Section):
    """One network: fully connected layers with one activation."""

    kind: Annotated[str, _one_of("network")] = "mlp"
    hidden: Annotated[tuple[Units, ...], Field(strict=False, max_length=MOST_LAYERS)] = (32, 16)
    activation: Annotated[str, _one_of("activation")] = "relu"
    dropout: Rate = 0.0
    dropout_at: Literal["every", "last"] = "every"
    """After every hidden layer, or one dropout before the output."""


class EarlyStopping(Section):
    """Stop when `monitor` has not improved by more than `min_delta` for `patience` epochs."""

    monitor: str = "val_loss"
    patience: Annotated[int, Field(ge=1, le=1_000_000)] = 3
    min_delta: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    restore_best: bool = True

    @field_validator("monitor")
    @classmethod
    def _known(cls, monitor: str) -> str:
        allowed = ("val_loss", *(f"val_{metric}" for metric in METRICS))
        return _choose(monitor, "monitor", allowed)


class Train(Section):
    """How a network is trained. Defaults of optimizers are those of Keras."""

    engine: Annotated[str, _one_of("engine")] = "population"
    optimizer: Annotated[str, _one_of("optimizer")] = "adam"
    learning_rate: Positive = 1e-3
    momentum: Rate = 0.0
    rho: Rate = 0.9
    beta_1: Rate = 0.9
    beta_2: Rate = 0.999
    epsilon: Positive = 1e-7
    batch_size: Annotated[int, Field(ge=1, le=1_000_000_000)] = 32
    epochs: Annotated[int, Field(ge=1, le=1_000_000)] = 20
    loss: Annotated[str, _one_of("loss", "auto")] = "auto"
    early_stopping: EarlyStopping | None = None

    @model_validator(mode="after")
    def _no_effect(self) -> Self:
        if self.momentum and self.optimizer != "sgd":
            raise RuleError(
                f"{self.momentum} has no effect with optimizer = '{self.optimizer}':"
                " momentum belongs to 'sgd'. Remove it, or choose 'sgd'",
                "momentum",
            )
        return self


class Stage(Section):
    """One design over factors, and what it hands to the next stage."""

    name: Name
    design: Annotated[str, _one_of("design")] = "grid"
    factors: dict[str, Annotated[tuple[Level, ...], Field(strict=False)]] = Field(default_factory=dict)
    keep: Annotated[str, _word("keep")] = "best"

    @model_validator(mode="after")
    def _levels(self) -> Self:
        for path, levels in self.factors.items():
            if not levels:
                raise RuleError("has no levels: give at least one, or remove the factor", "factors", path)
            _refuse_twice(levels, "factors", path)
        return self

    @model_validator(mode="after")
    def _size(self) -> Self:
        lengths = {path: len(levels) for path, levels in self.factors.items()}
        if self.design == "list" and len(set(lengths.values())) > 1:
            listed = ", ".join(f"'{path}' has {length}" for path, length in lengths.items())
            raise RuleError(
                f"design 'list' takes the first levels together, so all need as many levels: {listed}",
                "factors",
            )
        if self.design == "grid" and (size := prod(lengths.values())) > MOST_CONFIGURATIONS:
            raise RuleError(
                f"the grid has {size:,} configurations, and a stage may have {MOST_CONFIGURATIONS:,}:"
                " use fewer levels, or share the factors out over several stages",
                "factors",
            )
        return self


class Question(Section):
    """A factor, what is held, and the metric that answers."""

    name: Name
    ask: str = ""
    vary: str
    levels: Annotated[tuple[Level, ...], Field(strict=False, min_length=2)]
    hold: dict[str, Level] = Field(default_factory=dict)
    metric: Annotated[str, AfterValidator(_metric)]

    @model_validator(mode="after")
    def _levels(self) -> Self:
        _refuse_twice(self.levels, "levels")
        if self.vary in self.hold:
            raise RuleError("is varied and held at once: remove it from hold", "hold", self.vary)
        return self


class Study(Section):
    """A whole study; its fields are the tables of the study file.

    Raises `StudyError` naming the key, the value received and what is allowed.
    """

    name: Name
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 42
    data: Data
    protocol: Protocol = Protocol()
    prepare: Prepare = Prepare()
    network: Network = Network()
    train: Train = Train()
    stage: Annotated[tuple[Stage, ...], Field(strict=False)] = ()
    question: Annotated[tuple[Question, ...], Field(strict=False)] = ()

    def __init__(self, **sections: Any) -> None:
        try:
            super().__init__(**sections)
        except ValidationError as error:
            raise WrongStudyError(problems(error, Study)) from None

    @model_validator(mode="after")
    def _names(self) -> Self:
        for kind, listed in (("stage", self.stage), ("question", self.question)):
            names = [item.name for item in listed]
            for position, name in enumerate(names):
                if name in names[:position]:
                    raise RuleError(
                        f"two {kind}s are named '{name}': give each {kind} its own name",
                        kind,
                        position,
                        "name",
                    )
        return self
