"""The workbook: a sheet a question and the other tables; numbers as numbers, text as text."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from paribus.report.exports.table import NUMBERS, Column, Kind, Table, written

LONGEST = 31
"""Characters of a sheet's name, at most: Excel's rule."""
ROWS = 1_048_576
"""Rows of a sheet, at most: Excel's rule."""
MOST = 20_000
"""Rows of a table that are written: more take minutes to write and to open, and the files have all."""
CELL = 32_767
"""Characters of a cell, at most: Excel's rule."""
WIDEST, SAMPLED = 48, 200
"""Characters of a column's width, at most, and the rows that it is measured on."""
NUMBER_FORMATS: dict[Kind, str] = {
    **{"score": "0.000", "signed": "+0.000;-0.000;0.000", "count": "#,##0"},
    **{"seconds": "0.00", "p_value": "0.0000"},
}
_ILLEGAL = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(tables: Sequence[Table], most: int = MOST) -> bytes:
    """The tables as an XLSX file; those that name the same sheet one after another stand on it together.

    A table of more than `most` rows is cut, and a sentence says so.
    """
    buffer = io.BytesIO()
    settings = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, settings) as book:
        formats = _formats(book)
        used: set[str] = set()
        for name, group in groupby(tables, key=lambda table: table.sheet):
            sheet = book.add_worksheet(legal_name(name, used))
            _draw_sheet(sheet, list(group), formats, most)
    return buffer.getvalue()


def legal_name(name: str, used: set[str]) -> str:
    """A sheet's name as Excel allows it, unlike all in `used`, to which it is added."""
    text = _UNWRITABLE.sub("", _ILLEGAL.sub(" ", name)).strip(" '")
    plain = _cut(text, LONGEST).strip(" '") or "sheet"
    if plain.lower() == "history":
        plain = "history of the study"
    found, number = plain, 2
    while found.lower() in used:
        tail = f" {number}"
        found, number = _cut(plain, LONGEST - len(tail)) + tail, number + 1
    used.add(found.lower())
    return found


def _cut(text: str, length: int) -> str:
    """At most `length` characters as Excel counts them: in UTF-16, none of them halved."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", errors="ignore")


@dataclass(frozen=True)
class _Formats:
    """How cells look."""

    title: Format
    note: Format
    header: Format
    text: Format
    cells: dict[Kind, Format]


def _formats(book: Workbook) -> _Formats:
    header = {"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "valign": "top", "text_wrap": True}
    return _Formats(
        title=book.add_format({"bold": True, "font_size": 12}),
        note=book.add_format({"italic": True, "font_color": "#57606A"}),
        header=book.add_format(header),
        text=book.add_format({"num_format": "@"}),
        cells={kind: book.add_format({"num_format": code}) for kind, code in NUMBER_FORMATS.items()},
    )


def _draw_sheet(sheet: Worksheet, tables: Sequence[Table], formats: _Formats, most: int) -> None:
    """The first table's header is the first row, frozen; the others stand beneath, each under its title."""
    sheet.freeze_panes(1, 0)
    line = _draw_table(sheet, tables[0], 0, formats, most)
    sheet.autofilter(0, 0, len(_shown(tables[0], most)), len(tables[0].columns) - 1)
    for table in tables[1:]:
        sheet.write_string(line + 1, 0, _text(table.title), formats.title)
        line = _draw_table(sheet, table, line + 2, formats, most)
    _set_widths(sheet, tables)


def _shown(table: Table, most: int) -> Sequence[tuple[Any, ...]]:
    """The rows that are written: a sheet must hold them, the notes, and the tables beneath."""
    return table.rows[: min(most, ROWS // 2)]


def _draw_table(sheet: Worksheet, table: Table, top: int, formats: _Formats, most: int) -> int:
    """Draw a table whose header stands in row `top`; the first row after it and its notes."""
    for place, column in enumerate(table.columns):
        sheet.write_string(top, place, _text(column.name), formats.header)
    shown, notes = _shown(table, most), table.notes
    if len(shown) < len(table.rows):
        told = f"The first {len(shown):,} of {len(table.rows):,} rows."
        notes = (f"{told} {table.name}.csv, or `paribus report DIR --format csv`, has all.", *notes)
    for place, column in enumerate(table.columns):
        _draw_column(sheet, column, [row[place] for row in shown], top + 1, place, formats)
    line = top + 1 + len(shown)
    for note in notes:
        sheet.write_string(line, 0, _text(note), formats.note)
        line += 1
    return line


def _draw_column(
    sheet: Worksheet, column: Column, values: Sequence[Any], top: int, place: int, formats: _Formats
) -> None:
    """A number that isn't finite is written as its word: Excel has none."""
    look = formats.cells.get(column.kind)
    for line, value in enumerate(values, start=top):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(line, place, value)
        elif isinstance(value, int | float) and math.isfinite(value) and _is_number(column.kind):
            sheet.write_number(line, place, value, look)
        else:
            sheet.write_string(line, place, _text(written(column.kind, value)), formats.text)


def _is_number(kind: Kind) -> bool:
    return kind in NUMBERS or kind == "level"


def _text(value: str) -> str:
    """Text that a cell can hold; the cell's type is text, so that no program reads a formula in it."""
    return _cut(_UNWRITABLE.sub("\ufffd", value), CELL)


def _set_widths(sheet: Worksheet, tables: Sequence[Table]) -> None:
    for place in range(max(len(table.columns) for table in tables)):
        longest = max(_lengths(tables, place))
        sheet.set_column(place, place, min(WIDEST, longest + 2))


def _lengths(tables: Sequence[Table], place: int) -> Iterator[int]:
    for table in tables:
        if place < len(table.columns):
            column = table.columns[place]
            yield len(column.name) + 2
            yield from (len(written(column.kind, row[place])) for row in table.rows[:SAMPLED])
