"""From raw columns to numbers and to texts: dates taken apart, levels told by their text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from paribus.data.features import Feature
from paribus.deliver.graph.builder import Builder, Value

_DAY = 86_400.0


def read_numbers(builder: Builder, features: Iterable[Feature], offsets: object) -> Value | None:
    """The number features as the study keeps them, 64-bit with a 32-bit float's digits: (row, number)."""
    dates: dict[str, dict[str, Value]] = {}
    columns = []
    for feature in features:
        if feature.kind == "numeric":
            columns.append(feature.column)
        elif feature.kind == "date":
            parts = dates.setdefault(feature.column, {}) or _parts(builder, feature.column)
            dates[feature.column] = parts
            columns.append(parts[feature.name.removeprefix(f"{feature.column}.")])
        else:
            columns.append(_level_number(builder, feature))
    if not columns:
        return None
    joined = builder.beside(columns)
    kept = builder.cast(builder.chain(joined, ("Sub", offsets)), np.float32)
    return builder.chain(builder.cast(kept, np.float64), ("Add", offsets))


def _level_number(builder: Builder, feature: Feature) -> Value:
    """A boolean or ordinal: its level's place, NaN for any other text."""
    places = builder.add(
        "LabelEncoder",
        feature.column,
        keys_strings=list(feature.levels),
        values_floats=[float(place) for place in range(len(feature.levels))],
        default_float=float("nan"),
    )
    return builder.cast(places, np.float64)


def _parts(builder: Builder, column: str) -> dict[str, Value]:
    """The parts of a date that is given as seconds since 1970-01-01, each (row,), NaN where it is missing.

    Year, month and day by Hinnant's days-to-civil algorithm, in whole numbers held by doubles.
    """
    b = builder

    def whole(value: Value, divisor: float) -> Value:
        return b.add("Floor", b.chain(value, ("Div", divisor)))

    def less(value: Value, other: Value, factor: float) -> Value:
        return b.add("Sub", value, b.chain(other, ("Mul", factor)))

    seconds = column
    days = whole(seconds, _DAY)
    of_day = less(seconds, days, _DAY)
    shifted = b.chain(days, ("Add", 719_468.0))
    era = whole(shifted, 146_097.0)
    of_era = less(shifted, era, 146_097.0)
    leap = b.add(
        "Sub", whole(of_era, 36_524.0), b.add("Add", whole(of_era, 1460.0), whole(of_era, 146_096.0))
    )
    year_of_era = whole(b.add("Add", of_era, leap), 365.0)
    before = b.add(
        "Sub",
        b.add("Add", b.chain(year_of_era, ("Mul", 365.0)), whole(year_of_era, 4.0)),
        whole(year_of_era, 100.0),
    )
    of_year = b.add("Sub", of_era, before)  # from 1 March
    march_month = whole(b.chain(of_year, ("Mul", 5.0), ("Add", 2.0)), 153.0)
    day = b.add(
        "Sub", b.chain(of_year, ("Add", 1.0)), whole(b.chain(march_month, ("Mul", 153.0), ("Add", 2.0)), 5.0)
    )
    late = b.add("Less", march_month, b.constant(10.0))
    month = b.where(late, b.chain(march_month, ("Add", 3.0)), b.chain(march_month, ("Sub", 9.0)))
    march_year = b.add("Add", year_of_era, b.chain(era, ("Mul", 400.0)))
    year = b.where(late, march_year, b.chain(march_year, ("Add", 1.0)))
    return {
        "year": year,
        "month": month,
        "day": day,
        "weekday": less(b.chain(days, ("Add", 3.0)), whole(b.chain(days, ("Add", 3.0)), 7.0), 7.0),
        "day_of_year": _day_of_year(b, days, year),
        "days": b.chain(seconds, ("Div", _DAY)),
        "hour": _hour(b, of_day),
    }


def _day_of_year(b: Builder, days: Value, year: Value) -> Value:
    """Days since the year before ended."""
    last = b.chain(year, ("Sub", 1.0))

    def by(divisor: float) -> Value:
        return b.add("Floor", b.chain(last, ("Div", divisor)))

    leaps = b.add("Add", b.add("Sub", by(4.0), by(100.0)), by(400.0))
    ended = b.chain(b.add("Add", b.chain(last, ("Mul", 365.0)), leaps), ("Sub", 719_162.0))
    return b.chain(b.add("Sub", days, ended), ("Add", 1.0))


def _hour(b: Builder, of_day: Value) -> Value:
    """Hours with whole seconds as their fraction, as `data.dates.expand` has them."""
    return b.chain(b.add("Floor", of_day), ("Div", 3600.0))
