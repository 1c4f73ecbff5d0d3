"""Which rows judge, where the data say it: a column of words, or rules on a column's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paribus.study.fields import Section
from paribus.study.problems import shown

Values = str | tuple[str | int | float, ...]
"""`"39..72"`, both ends included, or a list of values."""


class GivenRows(Section):
    """The rows of the test and validation parts by the values of `column`; the others are for training."""

    column: str
    test: Values | None = None
    validation: Values | None = None


def given_rows(value: Any) -> str | GivenRows | None:
    """A column's name, or rules on its values. Raises ValueError."""
    if value is None or isinstance(value, GivenRows) or (isinstance(value, str) and value):
        return value
    if not isinstance(value, Mapping) or not set(value) <= set(GivenRows.model_fields):
        raise ValueError(
            "must be the name of a column that says train, validation or test, or a table such as"
            f' {{ column = "patient", test = "39..72" }}, received {shown(value)}'
        )
    column, parts = value.get("column"), {key: value.get(key) for key in ("test", "validation")}
    if not isinstance(column, str) or not column or all(part is None for part in parts.values()):
        raise ValueError(f"needs a column, and test or validation, received {shown(dict(value))}")
    return GivenRows(column=column, **{key: _values(key, part) for key, part in parts.items()})


def _values(key: str, part: Any) -> Values | None:
    if part is None:
        return None
    if isinstance(part, str):
        limits(part)
        return part
    listed = list(part) if isinstance(part, list | tuple) else []
    if not listed or not all(isinstance(each, str | int | float) for each in listed):
        raise ValueError(
            f'{key} must be a range such as "39..72" or a list of values, received {shown(part)}'
        )
    return tuple(listed)


def limits(text: str) -> tuple[float, float]:
    """The ends of a range such as `39..72`. Raises ValueError."""
    low, dots, high = text.partition("..")
    try:
        ends = float(low), float(high)
    except ValueError:
        ends = (1.0, 0.0)
    if not dots or not ends[0] <= ends[1]:
        raise ValueError(f"'{text}' is no range: write the least and the most, as in '39..72'")
    return ends
