"""`[protocol]`: how evidence is gathered."""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from paribus.study.fields import Rate, Section, metric, refuse_twice, word
from paribus.study.options.protocols import MOST_FOLDS
from paribus.study.problems import RuleError
from paribus.study.sections.choosing import COSTS, Composite, Thresholds
from paribus.study.sections.data import Data
from paribus.study.values import Word, parse_word


class Robustness(Section):
    """How the finalists are trained again, from other seeds, once the choice is made."""

    top: Annotated[int, Field(ge=1, le=1_000)] = 3
    """The best so many configurations."""
    seeds: Annotated[int, Field(ge=2, le=1_000)] = 10
    """New seeds, besides those that chose."""


class Protocol(Section):
    """How evidence is gathered: the sealed part, validation, seeds, the metrics by importance."""

    test: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.15
    """The share of all rows that is sealed until the end. Where the data give test rows themselves
    (data.test, data.split), those are sealed instead."""
    validation: Annotated[str, word("validation")] = "holdout:0.15"
    stopping: Rate = 0.0
    """The share of each training part that early stopping watches instead of the validation part."""
    seeds: Annotated[int, Field(ge=1, le=10_000)] = 1
    open: Annotated[str, word("open")] = "best"
    metrics: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("roc_auc", "accuracy")
    """By importance. Where a study names none, a regression is judged by rmse and r2."""
    adjust: Literal["holm", "benjamini_hochberg"] = "holm"
    """How p values are adjusted over all questions: against any false finding, or for their share."""
    composite: Composite | None = None
    """Left out: configurations are ranked by the metrics alone."""
    thresholds: Thresholds = Thresholds()
    robustness: Robustness | None = None
    """Left out: no finalist is trained again."""
    curves: Literal["validation", "both"] = "validation"
    """Whether every epoch's metrics are those of the validation rows, or of the training rows too, as
    they were met (with dropout, and before the epoch's end)."""

    @field_validator("metrics")
    @classmethod
    def _known(cls, metrics: tuple[str, ...]) -> tuple[str, ...]:
        for name in metrics:
            metric(name)
        refuse_twice(metrics)
        return metrics

    @model_validator(mode="after")
    def _weighs_metrics(self) -> Self:
        for name in self.composite.weights if self.composite else ():
            if name not in (*self.metrics, *COSTS):
                raise RuleError(
                    f"'{name}' isn't measured: add it to protocol.metrics, or remove its weight",
                    *("composite", "weights", name),
                )
        return self

    @property
    def folds(self) -> Word:
        """The name of the validation, and its numbers."""
        return parse_word(self.validation, "validation")

    @property
    def share(self) -> float:
        """The validation part's share of all rows, or its number of rows, 2 or more; 0 where the protocol
        gives none.
        """
        return self.folds.numbers[-1] if self.folds.name in ("holdout", "monte_carlo") else 0.0

    @property
    def is_pooled(self) -> bool:
        """Whether a fold judges so few rows that scores are made of all folds' predictions together."""
        return self.folds.name in ("loocv", "leave_p_out")

    @model_validator(mode="after")
    def _something_left(self) -> Self:
        if self.share < 1 <= self.test + self.share:
            raise RuleError(
                f"test = {self.test} and validation = '{self.validation}' leave no rows to train on:"
                " their shares of all rows must add up to less than 1",
                "validation",
            )
        return self

    @model_validator(mode="after")
    def _few_folds(self) -> Self:
        drawn = self.folds.name in ("holdout", "monte_carlo")
        counts = self.folds.numbers[:-1] if drawn else self.folds.numbers
        if self.folds.name != "leave_p_out" and prod(counts) > MOST_FOLDS:
            raise RuleError(
                f"'{self.validation}' makes {int(prod(counts)):,} folds, and a study may have"
                f" {MOST_FOLDS:,}: use fewer",
                "validation",
            )
        return self


def check_split_columns(protocol: Protocol, data: Data) -> None:
    """See that the protocol has the columns that it needs, and no column goes unused. Raises RuleError."""
    name = protocol.folds.name
    for key, kind in (("group", "group_kfold"), ("split", "given")):
        if name == kind and getattr(data, key) is None:
            raise RuleError(
                f"'{protocol.validation}' needs a column that says each row's {_SAID[key]}:"
                f' add {key} = "..." to [data]',
                *("protocol", "validation"),
            )
    if data.time is not None and name != "time":
        raise RuleError(
            f"has no effect with protocol.validation = '{protocol.validation}': remove it (and name the"
            ' column in data.drop if it is no feature), or choose validation = "time:5"',
            *("data", "time"),
        )
    if data.group is not None and name == "time":
        raise RuleError(
            "groups can't be kept whole in the order of time: remove group, or choose another"
            " protocol.validation",
            *("data", "group"),
        )
    if data.split is not None and data.test is not None:
        raise RuleError("test rows are given by data.split and by data.test: keep one", "data", "test")
    used = dict.fromkeys(data.targets, "target") | ({data.text: "text"} if data.text else {})
    for key in ("group", "time", "split"):
        column = data.split_column if key == "split" else getattr(data, key)
        if column in used:
            raise RuleError(f"'{column}' is data.{used[column]} too: name another column", "data", key)
        if column is not None:
            used[column] = key


_SAID = {"group": "group", "split": "part (train, validation, test)"}
