"""Predictions written to a file as they come: seen once it is whole."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paribus.deliver.reading import DELIMITERS
from paribus.errors import StudyError, nearest

WRITTEN = (*DELIMITERS, ".parquet")


class Writer(Protocol):
    """Takes frames one after another."""

    def write(self, frame: pd.DataFrame) -> None:
        """Add rows."""
        ...

    def end(self) -> None:
        """All is written: let the file be seen."""
        ...

    def __enter__(self) -> Writer: ...

    def __exit__(self, *_: object) -> None: ...


def writer(out: Path | None) -> Writer:
    """What writes to `out`, by its suffix. Raises StudyError."""
    if out is None:
        return Delimited(None, ",")
    if out.is_dir():
        raise StudyError(f"{out}: is a folder: name a file in it")
    suffix = out.suffix.lower()
    if suffix not in WRITTEN:
        raise StudyError(
            f"{out}: '{suffix}' is no kind of file that is written{nearest(suffix, WRITTEN)} (allowed:"
            f" {', '.join(WRITTEN)})"
        )
    return ParquetOut(out) if suffix == ".parquet" else Delimited(out, DELIMITERS[suffix])


class _Whole:
    """A file that is seen once it is whole."""

    def __init__(self, out: Path) -> None:
        self.out, self.new = out, out.with_name(f".{out.name}.new")

    def open(self) -> IO[bytes]:
        """The file to write to. Raises StudyError."""
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            return self.new.open("wb")
        except OSError as error:
            raise StudyError(f"{self.out}: can't be written: {error.strerror or error}") from None

    def show(self) -> None:
        """Put it in its place."""
        self.new.replace(self.out)

    def drop(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            self.new.unlink(missing_ok=True)


class Delimited(Writer):
    """CSV or TSV; to standard output without a path."""

    def __init__(self, out: Path | None, delimiter: str) -> None:
        self.whole, self.delimiter, self.header = (_Whole(out) if out else None), delimiter, True

    def __enter__(self) -> Writer:
        self.file = self.whole.open() if self.whole else sys.stdout.buffer
        return self

    def write(self, frame: pd.DataFrame) -> None:
        """See `Writer.write`."""
        text = frame.to_csv(index=False, sep=self.delimiter, header=self.header, lineterminator="\n")
        self.file.write(text.encode())
        self.header = False

    def end(self) -> None:
        """See `Writer.end`."""
        self.file.flush()
        if self.whole:
            self.file.close()
            self.whole.show()

    def __exit__(self, *_: object) -> None:
        if self.whole:
            self.file.close()
            self.whole.drop()


class ParquetOut(Writer):
    """One Parquet file, a row group a chunk."""

    def __init__(self, out: Path) -> None:
        self.whole = _Whole(out)
        self.rows: pq.ParquetWriter | None = None

    def __enter__(self) -> Writer:
        self.file = self.whole.open()
        return self

    def write(self, frame: pd.DataFrame) -> None:
        """See `Writer.write`."""
        table = pa.Table.from_pandas(frame, preserve_index=False)
        if self.rows is None:
            self.rows = pq.ParquetWriter(self.file, table.schema)
        self.rows.write_table(table)

    def end(self) -> None:
        """See `Writer.end`."""
        self._close()
        self.whole.show()

    def _close(self) -> None:
        if self.rows is not None:
            self.rows.close()
        self.file.close()

    def __exit__(self, *_: object) -> None:
        try:
            self._close()
        finally:
            self.whole.drop()
