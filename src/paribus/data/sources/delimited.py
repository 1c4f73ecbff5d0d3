"""CSV and TSV: UTF-8, one header row, as many fields in every row as in the header."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pandas as pd

from paribus.data.sources.rows import Rows, check_header, make_rows
from paribus.errors import DataError

_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar (|)"}
_OTHER_FILES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook: unpack it, or rename it to .xlsx",
    b"\x1f\x8b": "compressed by gzip: unpack it",
    b"PAR1": "a Parquet file: rename it to .parquet",
    b"%PDF": "a PDF: save the table as text",
    b"<!": "a web page: save the table itself",
    b"<html": "a web page: save the table itself",
    b"<?xml": "XML: save the table itself",
    b'{"': "JSON: save it as rows of a table",
    b"[{": "JSON: save it as rows of a table",
    b"version https://git-lfs": "a pointer of git LFS to the file: run git lfs pull",
}
"""How files begin that are no text tables, and what to do."""
_LONGEST = 2**31 - 1
"""Characters of a cell; Python's csv stops at 131,072."""


def read_csv(path: Path) -> Rows:
    """The rows of a comma-separated file. Raises DataError."""
    return _read(path, ",")


def read_tsv(path: Path) -> Rows:
    """The rows of a tab-separated file. Raises DataError."""
    return _read(path, "\t")


def _read(path: Path, delimiter: str) -> Rows:
    text, longest = _decoded(path), csv.field_size_limit(_LONGEST)
    try:
        header, kept = _scan(path, text, delimiter)
        frame = pd.read_csv(
            StringIO(text, newline=""),
            sep=delimiter,
            header=0,
            names=check_header(header, str(path)),
            index_col=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            low_memory=False,
        )
    except (csv.Error, pd.errors.ParserError) as error:
        raise DataError(
            f"{path} can't be read as a table ({str(error).strip()}): are quotes paired?"
        ) from error
    finally:
        csv.field_size_limit(longest)
    frame = frame.iloc[[number - 2 for number in kept]]
    frame.index = pd.Index(kept)
    return make_rows(frame, header, str(path))


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for start, what in _OTHER_FILES.items():
        if content.startswith(start):
            raise DataError(f"{path} is no text table: it looks like {what}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        wide = "UTF-32" if content[:4] == b"\xff\xfe\0\0" else "UTF-16"
        marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        guess = wide if marked else "Windows-1252 or Latin-1, or no text at all"
        raise DataError(
            f"{path} isn't UTF-8: line {line} holds byte 0x{content[error.start]:02x} (perhaps it is"
            f" {guess})."
            " Save it as UTF-8"
        ) from error
    if "\0" in text:
        if text.count("\0") > len(text) // 3:
            raise DataError(
                f"{path} isn't UTF-8: every other byte is 0 (perhaps it is UTF-16). Save it as UTF-8"
            )
        line = text[: text.index("\0")].count("\n") + 1
        raise DataError(
            f"{path} holds null characters, the first in line {line}, so it is no text table: was it renamed,"
            " or cut off?"
        )
    if not text.strip():
        raise DataError(f"{path} is empty: a header and rows are needed")
    return text


def _scan(path: Path, text: str, delimiter: str) -> tuple[list[str], list[int]]:
    """The raw header and the numbers of the rows that aren't blank, the header being row 1.

    pandas renames columns that stand twice, fills short rows and shifts long ones without a word.
    """
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    header = next(lines)
    if not header:
        raise DataError(f"{path}: row 1 is blank, and the header must stand there")
    if len(header) == 1:
        _refuse_other_delimiter(path, header[0], delimiter)
    kept = []
    for number, line in enumerate(lines, start=2):
        if not any(map(str.strip, line)):
            continue
        if len(line) != len(header):
            _refuse_ragged(path, number, line, header, _NAMES[delimiter].split(maxsplit=1)[1])
        kept.append(number)
    return header, kept


def _refuse_ragged(path: Path, number: int, line: list[str], header: list[str], delimiter: str) -> None:
    fields = "1 field" if len(line) == 1 else f"{len(line)} fields"
    remedy = f"look for a missing or an unquoted {delimiter} in it"
    if any("\n" in cell or "\r" in cell for cell in line):
        remedy = "a quote is opened in it and closed lines later: pair the quotes"
    elif len(header) == 1:
        remedy = "row 1 must be the header, a name for each column"
    raise DataError(
        f"{path}: row {number} has {fields}, but the header has {len(header)}. Every row needs as many:"
        f" {remedy}"
    )


def _refuse_other_delimiter(path: Path, header: str, delimiter: str) -> None:
    likely = max(_NAMES, key=header.count)
    if header.count(likely):
        remedy = {"\t": "rename it to .tsv", ",": "rename it to .csv"}.get(likely, "save it with commas")
        raise DataError(
            f"{path}: the header is one column, and looks separated by {_NAMES[likely]} where {path.suffix}"
            f" means"
            f" {_NAMES[delimiter]}: {remedy}"
        )
