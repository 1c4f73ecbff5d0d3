"""Images that stand as bytes in a column of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from paribus.decoding.files import Broken, Content

_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class ParquetFiles:
    """Rows of `column`: bytes, or what Hugging Face makes of an image, {bytes, path}. `ends`: the first row
    after each row group, (group,); `rows`: those that are read, called `names`, (row,).
    """

    path: Path
    column: str
    stamp: str
    ends: NDArray[np.int64]
    rows: NDArray[np.int64]
    names: tuple[str, ...]
    each: int
    uniform: bool = False

    @property
    def n_bytes(self) -> int:
        """See `Files.n_bytes`."""
        return len(self.rows) * self.each

    def take(self, rows: NDArray[np.int64]) -> Self:
        """See `Files.take`."""
        return replace(self, rows=self.rows[rows], names=tuple(self.names[row] for row in rows))

    def stamps(self) -> Iterator[str]:
        """See `Files.stamps`."""
        yield f"{self.path}\0{self.column}\0{self.stamp}"
        yield from map(str, self.rows.tolist())

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        groups = np.searchsorted(self.ends, self.rows, side="right")
        with pq.ParquetFile(self.path) as file:
            for group in np.unique(groups).tolist():
                start = int(self.ends[group - 1]) if group else 0
                yield from self._of_group(file, group, self.rows[groups == group] - start)

    def _of_group(self, file: Any, group: int, wanted: NDArray[np.int64]) -> Iterator[Content]:
        """The cells at these places of one row group, read no further than needed."""
        start = 0
        for batch in file.iter_batches(_AT_ONCE, row_groups=[group], columns=[self.column]):
            here = wanted[(wanted >= start) & (wanted < start + len(batch))] - start
            for cell in batch.column(0).take(here).to_pylist() if len(here) else ():
                yield _content(cell)
            start += len(batch)
            if start > wanted[-1]:
                return


def _content(cell: Any) -> Content:
    found = cell.get("bytes") if isinstance(cell, dict) else cell
    return found if isinstance(found, bytes) else Broken("holds no bytes")
