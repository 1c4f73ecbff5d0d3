"""Rows as a source gives them: cells under distinct names, numbered as their owner counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from paribus.errors import DataError

UNNAMED = "Unnamed: "


@dataclass(frozen=True, eq=False)
class Rows:
    """Raw cells. The frame's index holds each row's number, and the index' name the word for it."""

    frame: pd.DataFrame
    label: str

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return [str(name) for name in self.frame.columns]

    def at(self, position: int | np.integer) -> str:
        """`row 7`: where the row at `position` (from 0) stands for its owner."""
        return f"{self.frame.index.name} {self.frame.index[int(position)]}"


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
            )
    return names


def make_rows(frame: pd.DataFrame, header: Sequence[object], label: str, counted: str = "row") -> Rows:
    """Name the columns and see that there are rows at all. Raises DataError."""
    names = check_header(header, label)
    if not names:
        raise DataError(f"{label} is empty: a header and rows are needed")
    if frame.empty:
        raise DataError(f"{label} has a header ({len(names)} columns) but no rows")
    return Rows(frame.set_axis(names, axis="columns").rename_axis(index=counted), label)
