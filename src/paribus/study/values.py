"""The study's small words with numbers: `sfs:6`, `holdout:0.15`, `top:3`, `repeated_kfold:5x10`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from paribus.errors import nearest
from paribus.study.options import OPTIONS

_LEAST = {"folds": 2, "outer": 2, "inner": 2}
"""Of an argument's number; 1 for the others."""


@dataclass(frozen=True)
class Word:
    """A name and the numbers after its colon, if it takes any."""

    name: str
    numbers: tuple[float, ...] = ()

    @property
    def number(self) -> float | None:
        """The first number."""
        return self.numbers[0] if self.numbers else None


def parse_word(text: str, family: str) -> Word:
    """Read `text` as a name of `family`, with a number for each of that name's arguments, x between them.

    Raises ValueError with the rule, the value and what is allowed. A `share` lies above 0 and below 1, or
    is a number of rows; a `threshold` is 0 or more; other numbers are whole. Arguments that are keys of the
    study aren't read here.
    """
    known = _numbers_of(family)
    allowed = ", ".join(f"{name}:{'x'.join(keys)}" if keys else name for name, keys in known.items())
    name, colon, numbers = (
        text.replace(" ", ":", 1).partition(":") if family == "keep" else text.partition(":")
    )
    if name not in known:
        raise ValueError(f"'{text}' is no {family}{nearest(name, known)} (allowed: {allowed})")
    keys = known[name]
    if not keys:
        if colon:
            raise ValueError(f"'{name}' takes no number, but '{text}' gives one (allowed: {allowed})")
        return Word(name)
    given = (numbers.split("x") if len(keys) > 1 else [numbers]) if colon else []
    if len(given) != len(keys):
        needed = "a number" if len(keys) == 1 else f"{len(keys)} numbers"
        example = f"{name}:{'x'.join(_example(key) for key in keys)}"
        raise ValueError(f"'{name}' needs {needed}, as in '{example}' (allowed: {allowed})")
    return Word(name, tuple(_number(text, key, each) for key, each in zip(keys, given, strict=True)))


@cache
def _numbers_of(family: str) -> dict[str, list[str]]:
    """The names of `family`, each with the arguments that stand after its colon."""
    return {
        option.name: [key for key, _ in option.arguments if "." not in key]
        for option in OPTIONS
        if option.family == family
    }


def _example(key: str) -> str:
    return {"share": "0.15", "threshold": "0.01", "p": "2", "repeats": "5", **dict.fromkeys(_LEAST, "5")}.get(
        key, "6"
    )


def _number(text: str, key: str, number: str) -> float:
    whole = key not in ("share", "threshold")
    try:
        value = int(number) if whole else float(number)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"'{number}' in '{text}' is not {kind}") from None
    if key == "share" and not 0 < value < 1 and not (value >= 2 and value == int(value)):
        raise ValueError(
            f"'{text}': the share must lie above 0 and below 1, or be a whole number of rows, 2 or more"
        )
    if key == "threshold" and not 0 <= value < float("inf"):
        raise ValueError(f"'{text}': the threshold must be 0 or more")
    if whole and value < (least := _LEAST.get(key, 1)):
        which = f"the number of {key}" if key == "repeats" or key in _LEAST else "the number"
        raise ValueError(f"'{text}': {which} must be {least} or more")
    return value
