"""What a factor may be in a stage: its levels, or a range from which a design draws them."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, floor, isfinite, log
from typing import Annotated, Any, Self

from pydantic import PlainSerializer, PlainValidator, ValidationError, model_validator
from pydantic_core import PydanticKnownError

from paribus.study.fields import Level, Section
from paribus.study.problems import RuleError, problems, shown


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("float_type")
    if not isfinite(value):
        raise PydanticKnownError("finite_number")
    return value


Number = Annotated[int | float, PlainValidator(_number)]
_DIGITS = 6
"""Significant digits of a drawn number: a level that can be read, and written again."""


class Range(Section):
    """Numbers from `low` to `high`, both possible; whole numbers where both are whole.

    With `log` every power of ten is as likely as any other.
    """

    low: Number
    high: Number
    log: bool = False

    @model_validator(mode="after")
    def _order(self) -> Self:
        if not self.low < self.high:
            raise RuleError(f"must be above low = {shown(self.low)}, received {shown(self.high)}", "high")
        if self.log and self.low <= 0:
            raise RuleError(
                f"must be above 0 where log = true, received {shown(self.low)}: raise it, or remove log",
                "low",
            )
        return self

    @property
    def is_whole(self) -> bool:
        """Whether the levels are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def may_be(self, level: Any) -> bool:
        """Whether `level` is one of the whole numbers that may be drawn; no other number can be foretold."""
        known = isinstance(level, int) and not isinstance(level, bool)
        return self.is_whole and known and bool(self.low <= level <= self.high)

    def at(self, share: float) -> int | float:
        """The level at `share` of the range, 0 to below 1."""
        beyond = self.high + 1 if self.is_whole else self.high
        if self.log:
            found = exp(log(self.low) + share * (log(beyond) - log(self.low)))
        else:
            found = self.low + share * (beyond - self.low)
        level = floor(found) if self.is_whole else float(f"{found:.{_DIGITS}g}")
        return min(max(level, self.low), self.high)


def _levels(value: Any) -> tuple[Level, ...] | Range:
    if isinstance(value, Range):
        return value
    if isinstance(value, Mapping) and value.keys() & {"choices", *Range.model_fields}:
        return _drawn_from(value)
    if not isinstance(value, list | tuple):
        raise PydanticKnownError("tuple_type")
    return tuple(value)


def _drawn_from(table: Mapping[str, Any]) -> tuple[Level, ...] | Range:
    """`{ choices = [...] }` is the list alone."""
    if "choices" in table:
        if len(table) > 1 or not isinstance(table["choices"], list | tuple):
            raise RuleError(
                f"must be a list alone, as in {{ choices = [16, 32] }}, received {shown(dict(table))}",
                "choices",
            )
        return tuple(table["choices"])
    try:
        return Range.model_validate(dict(table))
    except ValidationError as error:
        found = list(problems(error, Range))
        misspelt = [problem for problem in found if problem.path[-1] not in Range.model_fields]
        first = (misspelt or found)[0]
        raise RuleError(first.sentence, *first.path) from None


def _plain(levels: tuple[Level, ...] | Range) -> Any:
    return levels.model_dump() if isinstance(levels, Range) else levels


Levels = Annotated[tuple[Level, ...] | Range, PlainValidator(_levels), PlainSerializer(_plain)]
