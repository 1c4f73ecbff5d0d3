"""The parts of a split, told apart by type so that leakage can't be written down.

Only `split` makes them. A preparation is fitted on a `TrainingPart` and on nothing else; a
`SealedPart` shows no row before `open` is called, and remembers every opening.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Features
from paribus.data.table import Table, Task

MADE_BY_SPLIT = object()
"""Known to `split` alone: who shows it may make a part."""


@dataclass(frozen=True, eq=False, repr=False)
class _Part:
    """Some rows of a table. `rows`: (row,) positions in it, rising; `features`: those rows of it, not
    copied; `target`: (row,) or (row, output); `weight`: how much a row counts in training, (row,).
    """

    rows: NDArray[np.int64]
    features: Features
    target: NDArray[Any]
    task: Task
    classes: tuple[str, ...]
    weight: NDArray[np.float32] | None = None
    made_by: InitVar[object] = None

    def __post_init__(self, made_by: object) -> None:
        if made_by is not MADE_BY_SPLIT:
            raise TypeError(
                f"a {type(self).__name__} is made by paribus.data.split alone, so that no rows leak"
            )
        for array in (self.rows, self.target, self.weight):
            if array is not None:
                array.setflags(write=False)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_rows} rows, {len(self.features.columns)} features)"

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names."""
        return self.features.names


class TrainingPart(_Part):
    """The rows that networks and preparations are fitted on."""


class ValidationPart(_Part):
    """The rows that configurations are compared on."""


class StoppingPart(_Part):
    """Rows cut from a training part for early stopping to watch: nothing is fitted on them."""


class OpenedPart(_Part):
    """The rows of a sealed part after its opening: for judging what was already chosen."""


@dataclass(frozen=True, eq=False, repr=False)
class SealedPart:
    """The test rows, out of reach until `open` is called with a reason."""

    _contents: OpenedPart
    _openings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not isinstance(self._contents, OpenedPart):
            raise TypeError("a SealedPart is made by paribus.data.split alone, so that no rows leak")

    def __repr__(self) -> str:
        return f"SealedPart({self.n_rows} rows, opened {len(self._openings)} times)"

    @property
    def n_rows(self) -> int:
        """Number of rows: all that is to be seen from outside."""
        return self._contents.n_rows

    @property
    def openings(self) -> tuple[str, ...]:
        """The reason of every opening, in order."""
        return tuple(self._openings)

    def open(self, reason: str) -> OpenedPart:
        """Break the seal and note why. Raises ValueError without a reason."""
        if not reason.strip():
            raise ValueError(
                "a sealed part is opened for a reason, such as 'final score of configuration c17'"
            )
        self._openings.append(reason)
        return self._contents


Kind = TypeVar("Kind", bound=_Part)


def take(kind: type[Kind], table: Table, rows: NDArray[np.int64]) -> Kind:
    """A part of `kind` with these rows of the table."""
    weight = None if table.weight is None else table.weight[rows]
    return kind(
        rows, table.features[rows], table.target[rows], table.task, table.classes, weight, MADE_BY_SPLIT
    )


def invented(part: _Part, features: Features) -> ValidationPart:
    """Places among a part's rows at which no row stands, for asking what a network says of them.

    `features` are of the same columns; the target is 0 everywhere, and says nothing.
    """
    n_rows = len(features)
    target = np.zeros((n_rows, *part.target.shape[1:]), part.target.dtype)
    return ValidationPart(np.arange(n_rows), features, target, part.task, part.classes, made_by=MADE_BY_SPLIT)
