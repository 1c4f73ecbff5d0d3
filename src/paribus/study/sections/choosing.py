"""What a report weighs besides the ranking: a composite of criteria, and thresholds."""

from __future__ import annotations

from math import isclose
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from paribus.errors import nearest
from paribus.study.fields import Amount, Section
from paribus.study.options import METRICS
from paribus.study.problems import RuleError

COSTS = ("n_parameters", "train_seconds", "overfitting_gap")
"""Criteria besides metrics; the smaller the better."""


class Composite(Section):
    """Configurations ranked by several criteria at once, beside the ranking that chooses."""

    weights: Annotated[dict[str, Amount], Field(min_length=1)]
    """Of protocol.metrics, n_parameters, train_seconds and overfitting_gap; they add up to 1."""
    normalise: Literal["min_max", "rank"] = "min_max"
    """How a criterion is brought to 0 for the worst and 1 for the best configuration."""

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        allowed = (*METRICS, *COSTS)
        for name in self.weights:
            if name not in allowed:
                raise RuleError(
                    f"'{name}' is no criterion{nearest(name, allowed)} (allowed: {', '.join(allowed)})",
                    "weights",
                    name,
                )
        if not isclose(total := sum(self.weights.values()), 1.0, abs_tol=1e-9):
            raise RuleError(f"weights must add up to 1, and these add up to {total:g}", "weights")
        return self


class Thresholds(Section):
    """What thresholds are tuned for, on validation predictions, besides F1 and Youden's index."""

    recall: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 0.95
    """The recall that must be reached."""
    false_positive: Amount = 1.0
    """What a row costs that is called positive and isn't."""
    false_negative: Amount = 1.0
    """What a positive row costs that isn't found."""

    @model_validator(mode="after")
    def _costs(self) -> Self:
        if not self.false_positive and not self.false_negative:
            raise RuleError("both costs are 0, so no threshold is better than another", "false_positive")
        return self
