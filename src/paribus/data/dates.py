"""Dates: told from other text with care, and expanded into numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_TIME = r"(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_YEAR_FIRST = re.compile(rf"\d{{4}}([-/])\d\d?\1\d\d?{_TIME}")
_YEAR_LAST = re.compile(rf"(\d\d?)([./-])(\d\d?)\2(?:\d{{4}}|\d\d){_TIME}")


class AmbiguousDatesError(ValueError):
    """Day and month can't be told apart."""


def looks_like_dates(texts: Sequence[str]) -> bool:
    """Whether every text has the form of a date, all of them in the same order of day, month and year."""
    return bool(texts) and any(
        all(form.fullmatch(text) for text in texts) for form in (_YEAR_FIRST, _YEAR_LAST)
    )


def parse_dates(
    texts: Sequence[str], written: str | None = None, day_first: bool | None = None
) -> pd.DatetimeIndex:
    """Texts as dates, NaT for what is none; in UTC where they give an offset. `written`: their format.
    `day_first`: whether the day stands before the month, where it is known from elsewhere.

    Raises AmbiguousDatesError where the order of day and month can't be told from the texts.
    """
    if written is not None:
        found = pd.to_datetime(pd.Series(texts, dtype=object), format=written, errors="coerce", utc=True)
    elif _YEAR_FIRST.fullmatch(texts[0]):
        padded = pd.Series([text.replace("/", "-") for text in texts], dtype=object)
        found = pd.to_datetime(padded, format="mixed", errors="coerce", utc=True)
    else:
        first = _day_first(texts) if day_first is None else day_first
        written_so = pd.Series([_has_month(text, first) for text in texts])
        found = pd.to_datetime(
            pd.Series(texts, dtype=object), format="mixed", dayfirst=first, errors="coerce", utc=True
        ).where(written_so)
    return pd.DatetimeIndex(found).tz_localize(None)


def _has_month(text: str, day_first: bool) -> bool:
    """Whether a month can stand where this order has it: pandas would take the other order in silence."""
    found = _YEAR_LAST.fullmatch(text)
    return found is None or int(found[3 if day_first else 1]) <= 12


def day_before_month(texts: Sequence[str]) -> bool | None:
    """Which order the texts have; None where the year comes first. Raises AmbiguousDatesError."""
    return None if _YEAR_FIRST.fullmatch(texts[0]) else _day_first(texts)


def _day_first(texts: Sequence[str]) -> bool:
    matches = [found for text in texts if (found := _YEAR_LAST.fullmatch(text))]
    first, second = (max(int(found[group]) for found in matches) for group in (1, 3))
    if second > 12 >= first:
        return False
    if first > 12 or matches[0][2] == ".":
        return True
    raise AmbiguousDatesError


def expand(dates: pd.DatetimeIndex) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Each part of the dates that varies, with its name: (row,) float64, NaN where missing.

    year, month, day, weekday (Monday is 0), day_of_year, days (since 1970), hour (with its fraction).
    """
    seconds: Any = (dates - pd.Timestamp("1970-01-01")) / pd.Timedelta(seconds=1)
    hour = np.asarray(dates.hour + dates.minute / 60 + dates.second / 3600, dtype=np.float64)
    parts: dict[str, Any] = {
        "year": dates.year,
        "month": dates.month,
        "day": dates.day,
        "weekday": dates.day_of_week,
        "day_of_year": dates.day_of_year,
        "days": seconds / 86_400 if np.nansum(hour) else np.floor(seconds / 86_400),
        "hour": hour,
    }
    for name, values in parts.items():
        numbers = np.asarray(values, dtype=np.float64)
        known = numbers[~np.isnan(numbers)]
        if len(known) and known.min() < known.max():
            yield name, numbers


def stored_dates(cells: pd.Series[Any]) -> tuple[pd.DatetimeIndex | None, NDArray[np.float64] | None]:
    """Cells stored as dates; or spans in days, times of day in hours. (row,)."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(object)
    kind = pd.api.types.infer_dtype(cells, skipna=True)
    if kind in ("timedelta", "timedelta64"):
        spans = pd.to_timedelta(cells) / pd.Timedelta(days=1)
        return None, np.asarray(spans, dtype=np.float64)
    if kind == "time":
        hours = [
            np.nan if pd.isna(cell) else cell.hour + cell.minute / 60 + cell.second / 3600 for cell in cells
        ]
        return None, np.array(hours)
    if kind == "period":
        dates = pd.DatetimeIndex(pd.PeriodIndex(cells).to_timestamp())
    else:
        dates = pd.DatetimeIndex(pd.to_datetime(cells))
    return dates.tz_localize(None), None
