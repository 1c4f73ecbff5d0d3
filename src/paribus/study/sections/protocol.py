"""`[protocol]`: how evidence is gathered."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from paribus.study.fields import Section, metric, refuse_twice, word
from paribus.study.problems import RuleError
from paribus.study.values import parse_word


class Protocol(Section):
    """How evidence is gathered: the sealed part, validation, seeds, the metrics by importance."""

    test: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.15
    validation: Annotated[str, word("validation", whole=False)] = "holdout:0.15"
    seeds: Annotated[int, Field(ge=1, le=10_000)] = 1
    open: Annotated[str, word("open")] = "best"
    metrics: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("roc_auc", "accuracy")
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
