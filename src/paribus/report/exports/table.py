"""A table as a value. Whoever draws it computes nothing: numbers stay numbers until they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from paribus.report import formats

Kind = Literal["text", "level", "score", "signed", "count", "seconds", "p_value", "moment", "flag"]
"""What a column holds: `level` is a factor's, `seconds` a time, `moment` a point in time, `flag` a truth."""
NUMBERS: frozenset[Kind] = frozenset({"score", "signed", "count", "seconds", "p_value"})


@dataclass(frozen=True)
class Column:
    """One column: its name and what it holds; `brief` ones stand in documents, all of them in files."""

    name: str
    kind: Kind = "text"
    brief: bool = True


@dataclass(frozen=True)
class Table:
    """One table: a file name, a title, columns, rows of plain values (None where there is none), notes.

    `sheet` names the workbook's sheet, which tables can share. `in_documents` is off for what no page
    can hold.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    notes: tuple[str, ...] = ()
    sheet: str = ""
    in_documents: bool = True

    def frame(self) -> pd.DataFrame:
        """The raw values, with the columns' names."""
        found = pd.DataFrame(list(self.rows), columns=[column.name for column in self.columns])
        for column in self.columns:
            if column.kind == "count":
                found[column.name] = found[column.name].astype("Int64")
            elif column.kind in NUMBERS:
                found[column.name] = found[column.name].astype("float64")
        return found


def table(
    name: str,
    title: str,
    columns: Mapping[str, Kind] | Sequence[Column],
    rows: Sequence[Sequence[Any]],
    notes: Sequence[str] = (),
    *,
    sheet: str = "",
    in_documents: bool = True,
) -> Table:
    """A table whose cells are made plain: NumPy's numbers as Python's, what is missing as None."""
    if isinstance(columns, Mapping):
        columns = [Column(each, kind) for each, kind in columns.items()]
    made = [tuple(plain(value) for value in row) for row in rows]
    return Table(name, title, tuple(columns), made, tuple(notes), sheet or title, in_documents)


def from_frame(frame: pd.DataFrame, columns: Sequence[Column]) -> list[tuple[Any, ...]]:
    """The rows of `frame` that hold these columns, plain."""
    chosen = [frame[column.name] for column in columns]
    values = [each.astype(object).where(each.notna(), None).tolist() for each in chosen]
    return list(zip(*values, strict=True))


def plain(value: Any) -> Any:
    """None for what is missing; else the value, of Python's own types."""
    if isinstance(value, list | tuple | dict | str):
        return value
    if hasattr(value, "item"):
        value = value.item()
    return None if pd.isna(value) else value


def written(kind: Kind, value: Any) -> str:
    """A cell as a reader sees it, the same in every document."""
    return _WRITERS[kind](value)


def _text(value: Any) -> str:
    return formats.NOTHING if value is None else str(value)


def _flag(value: Any) -> str:
    return formats.NOTHING if value is None else "yes" if value else "no"


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    "text": _text,
    "level": formats.level,
    "score": formats.score,
    "signed": formats.signed,
    "count": formats.count,
    "seconds": formats.duration,
    "p_value": formats.p_value,
    "moment": formats.moment,
    "flag": _flag,
}
