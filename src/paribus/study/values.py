"""The study's small words with a number: `sfs:6`, `holdout:0.15`, `top:3`."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.errors import nearest
from paribus.study.options import OPTIONS


@dataclass(frozen=True)
class Word:
    """A name and the number after its colon, if it takes one."""

    name: str
    number: float | None = None


def parse_word(text: str, family: str, whole: bool = True) -> Word:
    """Read `text` as a name of `family`, with a number where that name takes one.

    Raises ValueError with the rule, the value and what is allowed; `whole` numbers are 1 or more,
    others lie above 0 and below 1.
    """
    from_table = _takes_number(family)
    allowed = ", ".join(f"{name}:{letter}" if letter else name for name, letter in from_table.items())
    name, colon, number = (
        text.replace(" ", ":", 1).partition(":") if family == "keep" else text.partition(":")
    )
    if name not in from_table:
        raise ValueError(f"'{text}' is no {family}{nearest(name, from_table)} (allowed: {allowed})")
    letter = from_table[name]
    if letter is None:
        if colon:
            raise ValueError(f"'{name}' takes no number, but '{text}' gives one (allowed: {allowed})")
        return Word(name)
    if not colon:
        raise ValueError(
            f"'{name}' needs a number, as in '{name}:{6 if whole else 0.15}' (allowed: {allowed})"
        )
    return Word(name, _number(text, number, whole))


def _takes_number(family: str) -> dict[str, str | None]:
    return {o.name: o.arguments[0][0] if o.arguments else None for o in OPTIONS if o.family == family}


def _number(text: str, number: str, whole: bool) -> float:
    try:
        value = int(number) if whole else float(number)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"'{number}' in '{text}' is not {kind}") from None
    if whole and value < 1:
        raise ValueError(f"'{text}': the number must be 1 or more")
    if not whole and not 0 < value < 1:
        raise ValueError(f"'{text}': the share must lie above 0 and below 1")
    return value
