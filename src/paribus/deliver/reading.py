"""Rows of a file, some at a time and in their order: memory stays the same for any number of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from paribus.data.columns import listed
from paribus.data.kinds import MISSING_NUMBERS
from paribus.data.sources.parquet import check_letters
from paribus.data.sources.rows import Rows, check_header
from paribus.deliver.schema import Schema
from paribus.errors import DataError, nearest

DELIMITERS = {".csv": ",", ".tsv": "\t"}
TEXTS = ".txt"
READ = (*DELIMITERS, ".parquet", TEXTS)
BLOCK = 2**22
"""Bytes of a delimited file that are read at a time."""
_LONGEST = 2**31 - 1
_EMPTY = ("", "NA", "N/A", "n/a", "nan", "NaN", "-nan", "-NaN", "null", "NULL", "None", "<NA>", "#N/A", "#NA")
"""What pandas takes for an empty cell of a CSV file, as it did when the model was trained."""
_NO_NUMBER = sorted({*_EMPTY, *MISSING_NUMBERS, *(token.upper() for token in MISSING_NUMBERS)})


def size_of(path: Path) -> int:
    """Bytes of the file, 1 at least. Raises DataError."""
    try:
        return max(1, path.stat().st_size)
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror or error}") from None


def read_chunks(path: Path, rows: int, schema: Schema) -> Iterator[tuple[Rows, float]]:
    """The file's rows, about so many at a time, each with the share of the file read. Raises DataError."""
    suffix = path.suffix.lower()
    if suffix not in READ:
        raise DataError(
            f"{path}: '{suffix}' is no kind of file that is predicted for{nearest(suffix, READ)} (allowed:"
            f" {', '.join(READ)})"
        )
    if path.is_dir():
        raise DataError(f"{path}: is a folder: name one file in it")
    if suffix == ".parquet":
        yield from _parquet(path, rows, schema.names)
        return
    if suffix == TEXTS:
        yield from _texts(path, rows, schema)
        return
    done, size = 0, size_of(path)
    try:
        if _has_blank_lines(path):
            raise pa.ArrowInvalid("blank lines")
        for chunk in _fast(path, DELIMITERS[suffix], schema):
            done += len(chunk)
            yield chunk, min(1.0, done * _bytes_a_row(chunk) / size)
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        # what is wrong, and where, is found line by line; so is what only looks wrong, such as blank lines
        for chunk in _careful(path, rows, DELIMITERS[suffix], done):
            done += len(chunk)
            yield chunk, min(1.0, done * _bytes_a_row(chunk) / size)


def _has_blank_lines(path: Path) -> bool:
    """Whether two ends of a line follow each other: Arrow would not count such a row, or make one of it."""
    before = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            joined = before + block
            if b"\n\n" in joined or b"\n\r\n" in joined:
                return True
            before = joined[-2:]
    return False


def _bytes_a_row(chunk: Rows) -> float:
    return 8.0 * len(chunk.names)


def _fast(path: Path, delimiter: str, schema: Schema) -> Iterator[Rows]:
    """By Arrow, numbers as numbers. Raises ArrowInvalid for whatever isn't plain."""
    with _lines(path, delimiter):  # for the header's check: Arrow takes the first of two equal names
        pass
    kinds = {each.name: pa.float64() if each.kind == "number" else pa.string() for each in schema.columns}
    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=kinds,
                include_columns=list(kinds),
                null_values=_NO_NUMBER,
                strings_can_be_null=False,
            ),
        )
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror or error}") from None
    with reader:
        first = 2
        for batch in reader:
            index = pd.RangeIndex(first, first + batch.num_rows, name="row")
            first += batch.num_rows
            if batch.num_rows:
                yield _of_batch(batch, index, str(path))


def _of_batch(batch: pa.RecordBatch, index: pd.Index[Any], label: str) -> Rows:
    def fetch(name: str) -> pd.Series[Any]:
        cells = batch.column(name)
        if cells.type == pa.float64():
            return pd.Series(cells.to_numpy(zero_copy_only=False), index=index)
        return _with_gaps(pd.Series(cells.to_pandas().to_numpy(), index=index, dtype=object))

    return Rows(tuple(batch.schema.names), index, label, fetch)


def _with_gaps(cells: pd.Series[Any]) -> pd.Series[Any]:
    return cells.mask(cells.isin(_EMPTY))


def _careful(path: Path, rows: int, delimiter: str, skipped: int) -> Iterator[Rows]:
    """Line by line after so many rows, numbered as in the file, the header row 1; blank ones left out."""
    with _lines(path, delimiter) as (names, lines):
        numbered = islice(_full(path, lines, len(names)), skipped, None)
        while some := list(islice(numbered, rows)):
            yield _as_rows(names, some, str(path))


@contextmanager
def _lines(path: Path, delimiter: str) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    """The header's names and the lines after it. Raises DataError for a header or text of no use."""
    longest = csv.field_size_limit(_LONGEST)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
            header = next(lines, None)
            if not header:
                raise DataError(f"{path}: row 1 must be a header, and is empty")
            yield check_header(header, str(path)), lines
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise DataError(f"{path} isn't UTF-8 (byte 0x{byte:02x}): save it as UTF-8") from None
    except (csv.Error, OSError) as error:
        raise DataError(f"{path} can't be read as a table ({error}): are quotes paired?") from None
    finally:
        csv.field_size_limit(longest)


def _full(path: Path, lines: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, start=2):
        if not line or (width > 1 and len(line) == 1 and not line[0].strip()):
            continue
        if len(line) != width:
            raise DataError(
                f"{path}: row {number} has {len(line)} fields, but the header has {width}: every row needs"
                " as many"
            )
        yield number, line


def _as_rows(names: list[str], some: Sequence[tuple[int, list[str]]], label: str) -> Rows:
    index = pd.Index([number for number, _ in some], name="row")
    columns = dict(zip(names, zip(*(line for _, line in some), strict=True), strict=True))

    def fetch(name: str) -> pd.Series[Any]:
        return _with_gaps(pd.Series(columns[name], index=index, dtype=object))

    return Rows(tuple(names), index, label, fetch)


def _parquet(path: Path, rows: int, wanted: Sequence[str]) -> Iterator[tuple[Rows, float]]:
    try:
        with pq.ParquetFile(path) as file:
            names, first = check_header(file.schema_arrow.names, str(path)), 0
            kept = [name for name in names if name in set(wanted)]
            for batch in file.iter_batches(batch_size=rows, columns=kept or None):
                check_letters(path, pa.Table.from_batches([batch]), first)
                frame = batch.to_pandas()
                frame.index = pd.RangeIndex(first, first + len(frame), name="position")
                first += len(frame)
                share = first / max(1, file.metadata.num_rows)
                yield Rows(tuple(names), frame.index, str(path), frame.__getitem__), share
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} can't be read as Parquet ({error}): was it renamed, or cut off?") from None


def _texts(path: Path, rows: int, schema: Schema) -> Iterator[tuple[Rows, float]]:
    """A text a line, for a model that reads nothing else."""
    if [column.kind for column in schema.columns] != ["words"]:
        raise DataError(
            f"{path}: lines of text are predicted for by a model that reads a text and nothing else; this one"
            f" needs {listed(schema.names)}: give a .csv, .tsv or .parquet file"
        )
    done, first, size = 0, 1, size_of(path)
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            while some := list(islice(file, rows)):
                index = pd.RangeIndex(first, first + len(some), name="line")
                first += len(some)
                done += sum(len(line.encode()) for line in some)
                cells = pd.Series([line.rstrip("\r\n") for line in some], index=index, dtype=object)
                yield Rows(schema.names, index, str(path), {schema.names[0]: cells}.__getitem__), done / size
    except UnicodeDecodeError as error:
        raise DataError(f"{path} isn't UTF-8 ({error.reason}): save it as UTF-8") from None
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror or error}") from None
