"""What the sections of a study are made of: checked names, numbers and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from paribus.errors import nearest
from paribus.study.options import METRICS, OPTIONS, names
from paribus.study.problems import IdleError, RuleError, shown
from paribus.study.values import parse_word


class Section(BaseModel):
    """What all sections share: frozen, no unknown key, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def choose(name: str, kind: str, allowed: Iterable[str]) -> str:
    """`name` if it is one of `allowed`. Raises ValueError with the nearest."""
    if name not in (listed := tuple(allowed)):
        raise ValueError(f"'{name}' is no {kind}{nearest(name, listed)} (allowed: {', '.join(listed)})")
    return name


def one_of(family: str, *more: str) -> AfterValidator:
    """A name of `family` in the catalogue."""
    return AfterValidator(lambda name: choose(name, family, (*more, *names(family))))


def word(family: str) -> AfterValidator:
    """A name of `family` with the numbers that it takes."""

    def check(text: str) -> str:
        parse_word(text, family)
        return text

    return AfterValidator(check)


def metric(name: str) -> str:
    """The name of a metric. Raises ValueError."""
    return choose(name, "metric", METRICS)


def refuse_twice(listed: Sequence[Any], *path: str) -> None:
    """Raise RuleError for the second of two equal values; 0 and 0.0 are equal, 1 and true are not."""
    kinds = [(isinstance(value, bool), value) for value in listed]
    for position, value in enumerate(kinds):
        if value in kinds[:position]:
            raise RuleError(f"{shown(value[1])} stands twice: remove one of them", *path, position)


def refuse_idle(
    section: str, given: Mapping[str, Any], family: str, chosen: str | None, setting: str | None = None
) -> None:
    """Raise IdleError for a key of `given` that belongs to other options of `family` than the chosen.

    An option's arguments in the catalogue are the keys that belong to it. `setting` is the key that
    chooses, where it isn't named as the family.
    """
    setting = setting or family
    belongs = _owners(section, family)
    for key, value in given.items():
        owners = belongs.get(key, ())
        if value not in (None, False, 0) and owners and chosen not in owners:
            named = " or ".join(f"'{owner}'" for owner in owners)
            without = f"{setting} = '{chosen}'" if chosen else f"no {setting}"
            raise IdleError(
                f"{shown(value)} has no effect with {without}:"
                f" {key} belongs to {named}. Remove it, or choose {named}",
                f"{section}.{setting}",
                owners,
                key,
            )


@cache
def _owners(section: str, family: str) -> dict[str, tuple[str, ...]]:
    """The options of `family` that each key of the section belongs to."""
    found: dict[str, tuple[str, ...]] = {}
    for option in OPTIONS:
        if option.family == family:
            for path, _ in option.arguments:
                table, _, key = path.rpartition(".")
                if table == section:
                    found[key] = (*found.get(key, ()), option.name)
    return found


def _nameable(name: str) -> str:
    if not name.isprintable() or not name.strip(" ."):
        raise ValueError(f"must be one line of text, more than dots and spaces, received {shown(name)}")
    return name


Count = Annotated[int, Field(ge=1, le=1_000_000)]
Rate = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_nameable)]
Level = Any
