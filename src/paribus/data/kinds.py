"""What a column means, from what it holds: cautious, and said wherever it is more than reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isnan
from typing import Any, Literal

import numpy as np
import pandas as pd

from paribus.data.columns import Distinct, distinct, shown, storage_of
from paribus.data.dates import looks_like_dates
from paribus.data.sources.rows import Rows
from paribus.errors import DataError

Kind = Literal["numeric", "boolean", "ordinal", "date", "category", "id", "text"]

MISSING_NUMBERS = {"", "?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "null", "none", "missing", "<na>"}
"""What stands for a missing value among numbers and dates, in small letters."""
MISSING_LEVELS = {"", "?"}
"""What stands for a missing value among categories, where 'none' may well be a level."""
ID_ROWS = 12
"""Fewer rows than these don't show that every value is another."""
MOSTLY = 0.8
"""A column is taken for numbers, some of them unreadable, from this share of its cells on."""

_WRITTEN = re.compile(r"[+-]?[$€£¥]?\s?(?:\d+|\d{1,3}(?:[., ']\d{3})+)(?:[.,]\d+)?\s?[%$€£¥]?")
_ID_NAME = re.compile(r"(?:^|[_\W])(?i:id|idx|index|uuid|guid|row)$|[a-z]I[dD]$")


@dataclass(frozen=True, eq=False)
class Guess:
    """What a column is taken for. `values` are its distinct values where it was read as text, `read`
    those before some were taken for missing.
    """

    kind: Kind
    values: Distinct | None = None
    read: Distinct | None = None


def guess(rows: Rows, name: str, cells: pd.Series[Any]) -> Guess:
    """What the column is taken for. Raises DataError for what only its owner can know."""
    match storage_of(cells):
        case "number":
            return Guess("id" if _counts(name, cells) else "numeric")
        case "bool":
            return Guess("boolean")
        case "date":
            return Guess("date")
        case "category":
            return Guess("category", without_missing(distinct(rows, name, cells), MISSING_LEVELS))
    return _guess_text(rows, name, distinct(rows, name, cells))


def without_missing(values: Distinct, tokens: set[str]) -> Distinct:
    """The same with the values that stand for a missing one as missing cells."""
    return values.without({code for code, text in enumerate(values.values) if text.lower() in tokens})


def is_number(text: str) -> bool:
    """Whether a text reads as a number; infinity does, to be refused by its own name."""
    try:
        return "_" not in text and not isnan(float(text))
    except ValueError:
        return False


def looks_like_an_id(name: str) -> bool:
    """Whether a column's name says that it tells rows apart."""
    return bool(_ID_NAME.search(name))


def _counts(name: str, cells: pd.Series[Any]) -> bool:
    if len(cells) < ID_ROWS or not looks_like_an_id(name) or cells.isna().any():
        return False
    numbers = cells.to_numpy(dtype=np.float64)
    return bool((numbers % 1 == 0).all()) and len(np.unique(numbers)) == len(numbers)


def _guess_text(rows: Rows, name: str, values: Distinct) -> Guess:
    read, known = values, without_missing(values, MISSING_NUMBERS)
    if known.values and all(map(is_number, known.values)):
        return Guess("numeric", known)
    if looks_like_dates(known.values):
        return Guess("date", known)
    values = without_missing(values, MISSING_LEVELS)
    if values.values:
        _refuse_mixed(rows, name, values)
        _refuse_mostly_dates(rows, name, known)
        if _are_sentences(values):
            return Guess("text", values)
        n_known = int(values.counts.sum())
        if n_known >= ID_ROWS and len(values.values) == n_known:
            return Guess("id", values)
    return Guess("category", values, read)


def _refuse_mixed(rows: Rows, name: str, values: Distinct) -> None:
    """Refuse what is numbers but for some cells: as a category it would be learned by heart."""
    numbers = np.array([is_number(text) for text in values.values])
    written = numbers | np.array([bool(_WRITTEN.fullmatch(text)) for text in values.values])
    share = values.counts[written].sum() / values.counts.sum()
    if share < MOSTLY:
        return
    odd = min((values.first(int(code)), int(code)) for code in np.flatnonzero(~numbers))
    text = values.values[odd[1]]
    n_odd = int(values.counts[~numbers].sum())
    how = "a point for the decimals, and no signs or thousands separators" if _WRITTEN.fullmatch(text) else ""
    raise DataError(
        f"{rows.label}: column '{name}' holds {shown(text)} in {rows.at(odd[0])}"
        f" ({n_odd} such cell{'s' * (n_odd > 1)}), and numbers elsewhere."
        f" Numbers are written with {how or 'digits and a decimal point alone'}: correct"
        f" the cell{'s' * (n_odd > 1)}, or say what the column is, as in"
        f" data.columns = {{ '{name}' = \"category\" }}, or name it in data.drop"
    )


def _refuse_mostly_dates(rows: Rows, name: str, values: Distinct) -> None:
    """Refuse what is dates but for some cells: as a category each date would be a level of its own."""
    dates = np.array([looks_like_dates([text]) for text in values.values])
    share = values.counts[dates].sum() / max(1, values.counts.sum())
    if MOSTLY <= share < 1:
        row, code = min((values.first(int(code)), int(code)) for code in np.flatnonzero(~dates))
        raise DataError(
            f"{rows.label}: column '{name}' holds {shown(values.values[code])} in {rows.at(row)}, and dates"
            " elsewhere: correct the cell, or empty it, or say what the column is, as in"
            f" data.columns = {{ '{name}' = \"category\" }}, or name it in data.drop"
        )


def _are_sentences(values: Distinct) -> bool:
    """Whether most values stand once, and have four words or more: they say something, and name no level."""
    counts = values.counts
    words = np.array([len(text.split()) for text in values.values])
    mostly_once = len(values.values) > 0.5 * counts.sum() >= ID_ROWS / 2
    return bool(mostly_once and (words * counts).sum() >= 4 * counts.sum())
