"""Excel workbooks (.xlsx): the first sheet, its first row the header."""

from __future__ import annotations

import warnings
from pathlib import Path

import openpyxl
import pandas as pd

from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import DataError


def read_xlsx(path: Path) -> Rows:
    """The rows of the first sheet, blank rows left out, numbered as in Excel. Raises DataError."""
    try:
        lines = _first_sheet(path)
    except Exception as error:  # openpyxl lets through whatever zip and XML raise for a broken file
        raise DataError(
            f"{path} can't be read as an Excel workbook ({error}): was it renamed, or cut off?"
        ) from error
    width = max(
        (position + 1 for line in lines for position, cell in enumerate(line) if not _blank(cell)), default=0
    )
    cells = [[*line[:width], *[None] * (width - len(line))] for line in lines]
    kept = {number: line for number, line in enumerate(cells[1:], start=2) if not all(map(_blank, line))}
    frame = pd.DataFrame(list(kept.values()), index=list(kept), columns=range(width))
    return make_rows(frame, cells[0] if cells else [], str(path))


def _first_sheet(path: Path) -> list[tuple[object, ...]]:
    with warnings.catch_warnings():
        # about styles, validations and other decoration that a table's values don't need
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write wrong ones, and rows would be lost
            return [tuple(line) for line in sheet.iter_rows(values_only=True)]
        finally:
            book.close()


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
