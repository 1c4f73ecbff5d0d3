"""A column of texts, checked: strings in UTF-8 with words in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from paribus.data.columns import shown, storage_of
from paribus.data.sources.rows import Rows
from paribus.data.text.encoders import Encode
from paribus.data.text.texts import Texts, make_texts
from paribus.errors import DataError

WITHOUT_SPACES = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"  # Unicode's scripts
)
_MOSTLY = 0.3
"""The share of characters from which on a script says that words aren't parted by spaces."""
_LONG_WORD = 15
"""Characters of a word on average from which on it is none; Finnish has 8."""


def read_text(
    rows: Rows, name: str, cells: pd.Series[Any], encoders: Mapping[str, Encode] = MappingProxyType({})
) -> tuple[Texts, list[str]]:
    """The texts of a column, and what the user should know. Raises DataError for what is no text.

    `encoders`: what encodes them whole, by prepare.represent.
    """
    strings = _strings(rows, name, cells)
    texts = make_texts(strings, encoders)
    if not len(texts.tokens.codes):
        raise DataError(
            f"{rows.label}: no cell of column '{name}' (data.text) holds a word, but signs or nothing:"
            " name the column with the texts"
        )
    return texts, [*_empty(rows, name, texts), *_spaceless(name, strings, texts)]


def _strings(rows: Rows, name: str, cells: pd.Series[Any]) -> Any:
    """The cells as Arrow strings, null where missing."""
    if isinstance(cells.dtype, pd.CategoricalDtype) or cells.isna().all():
        cells = cells.astype(object)
    kind = storage_of(cells)
    if kind != "text" and not cells.isna().all():
        place = int(np.argmax(cells.notna()))
        raise DataError(
            f"{rows.label}: column '{name}' (data.text) holds {_KINDS[kind]}, such as"
            f" {shown(cells.iloc[place])} in {rows.at(place)}: name the column with the texts"
        )
    if cells.dtype == object:
        _refuse_other(rows, name, cells)
    try:
        strings = pa.array(cells, type=pa.large_string(), from_pandas=True)
        strings.validate(full=True)
    except (pa.ArrowInvalid, UnicodeEncodeError):
        _refuse_broken(rows, name, cells)
        raise
    return strings.combine_chunks() if isinstance(strings, pa.ChunkedArray) else strings


_KINDS = {"number": "numbers", "bool": "true and false", "date": "dates or times", "category": "categories"}


def _refuse_other(rows: Rows, name: str, cells: pd.Series[Any]) -> None:
    """Refuse cells that are neither strings nor missing."""
    is_text = np.fromiter((isinstance(cell, str) for cell in cells), dtype=bool, count=len(cells))
    other = np.flatnonzero(~is_text & cells.notna().to_numpy(dtype=bool))
    if len(other):
        cell = cells.iloc[int(other[0])]
        many = f" ({len(other):,} such cells)" if len(other) > 1 else ""
        remedy = "decode them as UTF-8" if isinstance(cell, bytes) else "make them texts, or empty the cells"
        raise DataError(
            f"{rows.label}: column '{name}' (data.text) holds {shown(cell)}, a value of the type"
            f" {type(cell).__name__}, in {rows.at(other[0])}{many}. A text column holds strings: {remedy}"
        )


def _refuse_broken(rows: Rows, name: str, cells: pd.Series[Any]) -> None:
    """Refuse the first cell that is no valid UTF-8."""
    for place in range(len(cells)):
        try:
            pa.array(cells.iloc[place : place + 1], type=pa.large_string(), from_pandas=True).validate(
                full=True
            )
        except (pa.ArrowInvalid, UnicodeEncodeError):
            raise DataError(
                f"{rows.label}: column '{name}' (data.text) holds broken UTF-8 in {rows.at(place)}: save the"
                " texts as UTF-8, or remove the row"
            ) from None


def _empty(rows: Rows, name: str, texts: Texts) -> list[str]:
    empty = np.flatnonzero(texts.tokens.lengths == 0)
    if not len(empty):
        return []
    many = f"{len(empty):,} texts have" if len(empty) > 1 else "1 text has"
    told = f"column '{name}': {many} no word, first in {rows.at(empty[0])}: all features are 0 there"
    return [told]


def _spaceless(name: str, strings: Any, texts: Texts) -> list[str]:
    """Whether the words seem not to be parted by spaces."""
    characters = int(texts.characters.sum())
    beyond = strings.filter(pc.invert(pc.string_is_ascii(strings)))
    scripts = pc.sum(pc.count_substring_regex(beyond, WITHOUT_SPACES)).as_py() or 0
    if scripts < _MOSTLY * characters and characters < _LONG_WORD * len(texts.tokens.codes):
        return []
    each = characters / len(texts.tokens.codes)
    told = (
        f"column '{name}': the texts seem to have no spaces between words ({each:.0f} characters to a word),"
        ' so that words say little: represent = "char_tfidf:20000:1-3" takes characters in a row'
    )
    return [told]
