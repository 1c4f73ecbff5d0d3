"""The feature columns: typed, read into numbers and codes; what can be no feature dropped, and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import (
    Distinct,
    check_size,
    distinct,
    listed,
    read_column,
    shown,
    storage_of,
)
from paribus.data.dates import AmbiguousDatesError, day_before_month, expand, parse_dates, stored_dates
from paribus.data.features import Collected, Feature, Features
from paribus.data.images.usable import UsableRows
from paribus.data.kinds import MISSING_LEVELS, MISSING_NUMBERS, guess, is_number, without_missing
from paribus.data.part_words import PART_WORDS
from paribus.data.sources.rows import UNNAMED, Rows
from paribus.data.sources.text_folder import SPLIT
from paribus.data.table import Dropped
from paribus.data.text.encoders import Encode
from paribus.data.text.read import read_text
from paribus.errors import DataError, nearest
from paribus.study.spec import Data


@dataclass(frozen=True, eq=False)
class Reading:
    """The features as read, the columns that were dropped, and what the user should know."""

    features: Features
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


def read_features(rows: Rows, data: Data, encoders: Mapping[str, Encode] = MappingProxyType({})) -> Reading:
    """Read every column that is a feature. Raises DataError for what can't be read, or none left."""
    reader = _Reader(rows, data, encoders)
    for name in _names(rows, data):
        reader.read(name)
    if not reader.collected.features:
        told = ", ".join(f"'{each.name}' ({each.reason})" for each in reader.dropped[:6])
        raise DataError(
            f"{rows.label}: no feature column is left beside the target {listed(data.targets)}: dropped"
            f" were {told}. A study needs at least one: say what they hold in data.columns"
        )
    features = reader.collected.made()
    return Reading(features, tuple(reader.dropped), (*rows.notes, *reader.notes))


def read_images_alone(rows: Rows, data: Data, usable: UsableRows) -> Reading:
    """The images of the rows as their one feature; other columns are left out, and said. Raises DataError."""
    assert data.image is not None  # else there are no usable images
    collected = Collected(len(usable.rows), 0)
    collected.add_images(Feature(data.image, "image", data.image), usable.images)
    others = [name for name in _names(rows, data) if name != data.image]
    dropped = tuple(Dropped(name, _beside_image(name)) for name in others)
    return Reading(collected.made(), dropped, usable.notes)


def _beside_image(name: str) -> str:
    if name == SPLIT:
        return "says which part a row is of: name it in data.split to split by it"
    return "networks of images read nothing beside them"


def _names(rows: Rows, data: Data) -> list[str]:
    texts, images = ((name,) if name else () for name in (data.text, data.image))
    asked = {"drop": data.drop, "columns": data.columns, "text": texts, "image": images}
    for key, named in asked.items():
        for name in named:
            if name not in rows.names:
                raise DataError(
                    f"{rows.label}: data.{key} names '{name}', which is no column{nearest(name, rows.names)}"
                    f" (columns: {listed(rows.names)})"
                )
    names = [name for name in rows.names if name not in data.set_aside]
    if not names:
        raise DataError(
            f"{rows.label}: no feature column is left beside the target {listed(data.targets)}"
            f" and {len(data.dropped)} dropped: a study needs at least one"
        )
    return names


class _Reader:
    """Reads column after column."""

    def __init__(self, rows: Rows, data: Data, encoders: Mapping[str, Encode]) -> None:
        self.rows, self.declared, self.text = rows, data.columns, data.text
        self.encoders = encoders
        self.collected = Collected(len(rows), len(rows.names))
        self.dropped: list[Dropped] = []
        self.notes: list[str] = []

    def read(self, name: str) -> None:
        """Read one column as what it is declared, or looks like."""
        cells = self.rows.column(name)
        if name == self.text:
            texts, notes = read_text(self.rows, name, cells, self.encoders)
            self.collected.add_text(Feature(name, "text", name), texts)
            self.notes += notes
            return
        if (told := self.declared.get(name)) is None:
            self._undeclared(name, cells)
            return
        kind, argument = (told, None) if isinstance(told, str) else next(iter(told.items()))
        readers: dict[str, Callable[[], None]] = {
            "numeric": lambda: self._numbers(name, cells),
            "boolean": lambda: self._boolean(name, self._levels(name, cells)),
            "category": lambda: self._category(name, self._levels(name, cells)),
            "ordinal": lambda: self._ordinal(name, self._levels(name, cells), list(argument or ())),
            "date": lambda: self._dates(name, cells, None if argument is None else str(argument)),
        }
        readers[kind]()

    def _undeclared(self, name: str, cells: pd.Series[Any]) -> None:
        known = cells.dropna()
        if known.empty:
            self._drop(name, "every cell is missing")
            return
        if name.startswith(UNNAMED):
            self._nameless(name, cells)
            return
        if len(known) == len(cells) and _is_constant(cells):
            self._drop(name, f"{shown(cells.iloc[0])} in every row")
            return
        found = guess(self.rows, name, cells)
        match found.kind:
            case "id":
                self._drop(name, "another value in every row, so it looks like an id")
            case "text" if found.values is not None:
                first = shown(found.values.values[found.values.codes[found.values.codes >= 0][0]])
                self._drop(name, f"text, such as {first}; name it in data.text to learn from its words")
            case "numeric":
                self._numbers(name, cells)
            case "boolean":
                self._boolean(name, self._levels(name, cells))
            case "date":
                self._dates(name, cells, None)
            case _ if found.values is not None:
                if not found.values.values:
                    self._drop(name, "every cell is missing")
                    return
                if {level.lower() for level in found.values.values} <= PART_WORDS.keys():
                    self._drop(name, "says which part a row is of: name it in data.split to split by it")
                    return
                self._note_missing(name, found.read or found.values, found.values)
                self._category(name, found.values)

    def _drop(self, name: str, reason: str) -> None:
        self.dropped.append(Dropped(name, reason))

    def _nameless(self, name: str, cells: pd.Series[Any]) -> None:
        """A column without a name is dropped if it counts the rows. Raises DataError for another."""
        numbers = read_column(name, cells).numbers
        if len(numbers) > 1 and (np.diff(numbers) == 1).all():
            self._drop(name, "it has no name, and counts the rows")
            return
        raise DataError(
            f"{self.rows.label}: column {self.rows.names.index(name) + 1} has no name of its own, and doesn't"
            f" only count the rows. Name it in the header, or add '{name}' to data.drop"
        )

    def _levels(self, name: str, cells: pd.Series[Any]) -> Distinct:
        found = distinct(self.rows, name, cells)
        return without_missing(found, MISSING_LEVELS) if storage_of(cells) in ("text", "category") else found

    def _numbers(self, name: str, cells: pd.Series[Any]) -> None:
        if storage_of(cells) == "number":
            numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0
        else:
            numbers = self._read_numbers(name, cells)
        check_size(self.rows, name, numbers)
        self.collected.add(Feature(name, "numeric", name), numbers)

    def _read_numbers(self, name: str, cells: pd.Series[Any]) -> NDArray[np.float64]:
        if storage_of(cells) == "bool":
            cells = cells.astype("object")
        found = distinct(self.rows, name, cells)
        values = without_missing(found, MISSING_NUMBERS)
        numbers = [_number(text) for text in values.values]
        for code, number in enumerate(numbers):
            if number is None:
                row = values.first(code)
                raise DataError(
                    f"{self.rows.label}: column '{name}' is declared numeric, but holds"
                    f" {shown(values.values[code])} in {self.rows.at(row)}: correct the cell, or declare"
                    f" another kind in data.columns"
                )
        self._note_missing(name, found, values)
        return np.array([*(n for n in numbers if n is not None), np.nan])[values.codes]

    def _note_missing(self, name: str, found: Distinct, kept: Distinct) -> None:
        """Say which texts were taken for missing values; an empty cell needs no word."""
        gone = [text for text in found.values if text and text not in kept.values]
        if gone:
            count = int((kept.codes < 0).sum() - (found.codes < 0).sum())
            self.notes.append(f"column '{name}': {listed(gone)} in {count:,} rows is read as a missing value")

    def _category(self, name: str, values: Distinct) -> None:
        self.collected.add(Feature(name, "category", name, values.values), values.codes)

    def _boolean(self, name: str, values: Distinct) -> None:
        if len(values.values) > 2:
            raise DataError(
                f"{self.rows.label}: column '{name}' is declared boolean, but has {len(values.values)}"
                f" distinct values: {listed(values.values)}. Two are allowed: declare it a category"
            )
        numbers = np.array([0.0, 1.0, np.nan])[values.codes]
        self.collected.add(Feature(name, "boolean", name, values.values), numbers)

    def _ordinal(self, name: str, values: Distinct, levels: list[str]) -> None:
        for code, text in enumerate(values.values):
            if text not in levels:
                raise DataError(
                    f"{self.rows.label}: column '{name}' holds {shown(text)} in"
                    f" {self.rows.at(values.first(code))}, which is none of the levels of data.columns"
                    f"{nearest(text, levels)} ({listed(levels)}): add it there in its place, or correct the"
                    " cell"
                )
        places = np.array([*(float(levels.index(text)) for text in values.values), np.nan])
        self.collected.add(Feature(name, "ordinal", name, tuple(levels)), places[values.codes])

    def _dates(self, name: str, cells: pd.Series[Any], written: str | None) -> None:
        if storage_of(cells) == "date":
            self._add_dates(name, *stored_dates(cells))
            return
        found = distinct(self.rows, name, cells)
        values = without_missing(found, MISSING_NUMBERS)
        self._note_missing(name, found, values)
        if not values.values:
            self._drop(name, "every cell is missing")
            return
        try:
            day_first = None if written else day_before_month(values.values)
            dates = parse_dates(values.values, written, day_first)
        except AmbiguousDatesError:
            text = values.values[0]
            mark = text.lstrip("0123456789")[0]
            raise DataError(
                f"{self.rows.label}: column '{name}' holds dates such as {shown(text)} in"
                f" {self.rows.at(values.first(0))}, and no date says which of day and month comes first."
                f" Say it in the study, as in data.columns = {{ '{name}' ="
                f' {{ date = "%d{mark}%m{mark}%Y" }} }}, or name the column in data.drop'
            ) from None
        if dates.isna().any():
            code = int(np.argmax(dates.isna()))
            raise DataError(
                f"{self.rows.label}: column '{name}' holds {shown(values.values[code])} in"
                f" {self.rows.at(values.first(code))}, which is no date"
                f"{f' written as {written}' if written else ''}: correct the cell, or give the dates' format"
                f" in data.columns"
            )
        with_gap = pd.DatetimeIndex([*dates, pd.NaT])  # the last stands for code -1
        self._add_dates(name, with_gap[values.codes], None, day_first)

    def _add_dates(
        self,
        name: str,
        dates: pd.DatetimeIndex | None,
        numbers: NDArray[np.float64] | None,
        day_first: bool | None = None,
    ) -> None:
        """Put away the parts of dates, or a span or time of day as the number that it is."""
        if dates is None:
            assert numbers is not None
            self.collected.add(Feature(name, "numeric", name), numbers)
            return
        parts = list(expand(dates))
        if not parts:
            self._drop(name, "the same date in every row")
            return
        for part, values in parts:
            self.collected.add(Feature(f"{name}.{part}", "date", name, day_first=day_first), values)
        self.notes.append(f"column '{name}': dates, read as {', '.join(part for part, _ in parts)}")


def _is_constant(cells: pd.Series[Any]) -> bool:
    try:
        return bool((cells == cells.iloc[0]).all())
    except (TypeError, ValueError):  # lists and the like, which are refused by name when they are read
        return False


def _number(text: str) -> float | None:
    """As a number, true as 1; None for what is none."""
    plain = {"True": "1", "False": "0"}.get(text, text)
    return float(plain) if is_number(plain) else None
