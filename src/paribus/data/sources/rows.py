"""Rows as a source gives them: cells under distinct names, numbered as their owner counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.decoding.files import Files
from paribus.errors import DataError

UNNAMED = "Unnamed: "


@dataclass(frozen=True, eq=False)
class Rows:
    """Raw cells, a column at a time. `index` holds each row's number, and its name the word for it. `files`:
    where the image of each row comes from; `notes`: what the user should know of how they were found.
    """

    names: tuple[str, ...]
    index: pd.Index[Any]
    label: str
    fetch: Callable[[str], pd.Series[Any]]
    files: Files | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.index)

    def column(self, name: str) -> pd.Series[Any]:
        """The cells of one column, (row,)."""
        return self.fetch(name)

    def take(self, rows: NDArray[np.int64]) -> Rows:
        """These rows: positions that rise, (row,)."""
        files = None if self.files is None else self.files.take(rows)
        return replace(
            self, index=self.index[rows], fetch=lambda name: self.fetch(name).iloc[rows], files=files
        )

    def at(self, position: int | np.integer) -> str:
        """`row 7`: where the row at `position` (from 0) stands for its owner."""
        return f"{self.index.name} {self.index[int(position)]}"


def check_header(header: Sequence[object], label: str) -> list[str]:
    """The header as distinct names, a nameless column as pandas names it. Raises DataError."""
    names = [str(name).strip() if name is not None else "" for name in header]
    names = [name or f"{UNNAMED}{position}" for position, name in enumerate(names)]
    for name, count in Counter(names).items():
        if count > 1:
            places = [str(position + 1) for position, other in enumerate(names) if other == name]
            raise DataError(
                f"{label}: {count} columns are named '{name}' (columns {', '.join(places)})."
                " Every column needs a name of its own: rename or remove the others"
                + (" (or is the header missing?)" if name.replace(".", "", 1).isdecimal() else "")
            )
    return names


def make_rows(frame: pd.DataFrame, header: Sequence[object], label: str, counted: str = "row") -> Rows:
    """Name the columns and see that there are rows at all. Raises DataError."""
    names = check_header(header, label)
    if not names:
        raise DataError(f"{label} is empty: a header and rows are needed")
    if frame.empty:
        raise DataError(f"{label} has a header ({len(names)} column{'s' * (len(names) > 1)}) but no rows")
    frame = frame.set_axis(names, axis="columns").rename_axis(index=counted)
    return Rows(tuple(names), frame.index, label, frame.__getitem__)
