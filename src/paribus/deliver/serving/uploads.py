"""Files of a request (multipart/form-data): images, or one table of rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import NamedTuple

import numpy as np
from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from paribus.deliver.columns import feeds
from paribus.deliver.reading import DELIMITERS, TEXTS, read_chunks
from paribus.deliver.schema import Schema
from paribus.deliver.serving.batching import Feeds
from paribus.errors import DataError, nearest

FORM = "multipart/form-data"
FIELD = "files"
"""The form's field that holds the files."""
LONGEST_NAME = 255
"""Characters of a name: no file system has longer ones."""
TABLES = (*DELIMITERS, TEXTS)
"""Kinds of tables that are taken: of others a small file can hold far more than the request's bytes."""
MOST_OTHERS = 1_000
"""Columns of a table that the model doesn't know."""
_ONE = Lock()
"""Tables are read one at a time: the length of a cell is limited for the whole process."""


class Upload(NamedTuple):
    """A file that was sent, and what its sender calls it."""

    name: str
    content: bytes


def is_upload(request: Request) -> bool:
    """Whether the body is a form."""
    return request.headers.get("content-type", "").lower().startswith(FORM)


async def uploads_of(request: Request, most: int) -> list[Upload]:
    """The files of a form, in their order. Raises HTTPException for a body that is none or holds more than
    `most`, and DataError for other fields and where there is no file.
    """
    # a form that was cut off would pass for one with fewer files
    if not (await request.body()).rstrip(b"\r\n").endswith(b"--"):
        raise HTTPException(400, "the form isn't whole: the boundary that closes it is missing")
    found = []
    async with request.form(max_files=most, max_fields=most) as form:
        for field, value in form.multi_items():
            if field != FIELD or not isinstance(value, UploadFile):
                raise DataError(
                    f"the form's field '{_safe(field)}' is no file in '{FIELD}'{nearest(field, [FIELD])}:"
                    f" send each file in a field '{FIELD}' (curl -F {FIELD}=@FILE)"
                )
            found.append(Upload(_safe(value.filename or "the file"), await value.read()))
    if not found:
        raise DataError(f"the form holds no file: send each in a field '{FIELD}' (curl -F {FIELD}=@FILE)")
    return found


def _safe(text: str) -> str:
    """A name as an answer can hold it."""
    return text.encode("utf-8", "replace").decode()[:LONGEST_NAME]


def table_of(uploads: list[Upload], schema: Schema, most: int) -> Feeds:
    """The model's inputs of a table's rows, (row,) each. Raises DataError for several files, another kind
    and for what can't be read, and HTTPException for more than `most` rows.
    """
    if len(uploads) > 1:
        raise DataError(f"{len(uploads):,} files: a request has one table")
    (name, content) = uploads[0]
    suffix = Path(name).suffix.lower()
    if suffix not in TABLES:
        raise DataError(
            f"{name}: '{suffix}' is no kind of table that is taken{nearest(suffix, TABLES)} (allowed:"
            f" {', '.join(TABLES)})"
        )
    if suffix in DELIMITERS:
        _check_width(uploads[0], DELIMITERS[suffix], len(schema.columns) + MOST_OTHERS)
    with _ONE, TemporaryDirectory(prefix="paribus-") as folder:
        path = Path(folder) / f"rows{suffix}"
        path.write_bytes(content)
        try:
            parts = list(_parts(path, schema, most))
        except DataError as error:  # whoever sent it knows the file by its own name
            raise DataError(str(error).replace(str(path), name)) from None
    if not parts:
        raise DataError(f"{name}: has a header, but no rows")
    return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}


def _check_width(upload: Upload, delimiter: str, most: int) -> None:
    """Raise DataError for a header of more than `most` columns: millions fit in a few bytes each."""
    try:
        header = next(csv.reader(StringIO(upload.content.decode(errors="replace")), delimiter=delimiter), [])
    except csv.Error:  # what is wrong with it is told by who reads it
        return
    if len(header) > most:
        raise DataError(f"{upload.name}: has {len(header):,} columns; at most {most:,} in a request")


def _parts(path: Path, schema: Schema, most: int) -> Iterator[Feeds]:
    count = 0
    for chunk, _ in read_chunks(path, most + 1, schema):
        count += len(chunk)
        if count > most:
            raise HTTPException(413, f"more than {most:,} rows; at most {most:,} in a request")
        yield feeds(chunk, schema)
