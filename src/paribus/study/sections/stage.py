"""`[[stage]]` and `[[question]]`: what is compared."""

from __future__ import annotations

from math import prod
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from paribus.study.fields import Level, Name, Section, metric, one_of, refuse_twice, word
from paribus.study.problems import RuleError

MOST_CONFIGURATIONS = 1_000_000


class Stage(Section):
    """One design over factors, and what it hands to the next stage."""

    name: Name
    design: Annotated[str, one_of("design")] = "grid"
    factors: dict[str, Annotated[tuple[Level, ...], Field(strict=False)]] = Field(default_factory=dict)
    keep: Annotated[str, word("keep")] = "best"

    @model_validator(mode="after")
    def _levels(self) -> Self:
        for path, levels in self.factors.items():
            if not levels:
                raise RuleError("has no levels: give at least one, or remove the factor", "factors", path)
            refuse_twice(levels, "factors", path)
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
    metric: Annotated[str, AfterValidator(metric)]

    @model_validator(mode="after")
    def _levels(self) -> Self:
        refuse_twice(self.levels, "levels")
        if self.vary in self.hold:
            raise RuleError("is varied and held at once: remove it from hold", "hold", self.vary)
        return self
