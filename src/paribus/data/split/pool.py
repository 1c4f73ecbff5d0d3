"""The rows that may still be split, with what a split must respect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.data.table import Table, row_keys
from paribus.errors import DataError
from paribus.seeds import stream
from paribus.study.spec import Protocol

Places = NDArray[np.int64]
MOST_REPEATED = 0.5
"""The share of rows that may equal another: where more do, equal rows are the rule in these data."""


class Held(NamedTuple):
    """One fold, as positions in the table, rising. `outer`: the outer fold that it belongs to in nested
    validation; `judges`: whether it is that outer fold itself.
    """

    training: Places
    validation: Places
    repeat: int = 0
    outer: int | None = None
    judges: bool = False


@dataclass(frozen=True, eq=False)
class Pool:
    """Rows of a table, (row,) each: their positions in it, rising, class codes (0 without classes), and
    `units`: rows of one unit are never parted. `order` is the order in which chance takes them.

    `shares` are the classes' shares of all rows of the table, which every part is to have.
    """

    rows: Places
    codes: Places
    units: Places
    order: Places
    shares: NDArray[np.float64]
    classes: tuple[str, ...]
    has_groups: bool
    moments: Places | None
    given: Places | None
    n_table: int
    seed: int

    def take(self, kept: NDArray[np.bool_] | Places) -> Pool:
        """These rows of the pool: a mask, or positions in it."""
        chosen = np.flatnonzero(kept) if kept.dtype == bool else np.sort(kept)
        cut = {
            name: values[chosen]
            for name in ("rows", "codes", "units", "order", "moments", "given")
            if (values := getattr(self, name)) is not None
        }
        return replace(self, **cut)

    def held(self, places: Places, repeat: int = 0) -> Held:
        """The fold in which the rows at `places` of the pool judge, and all others are trained on."""
        judging = np.zeros(len(self.rows), dtype=bool)
        judging[places] = True
        return Held(self.rows[~judging], self.rows[judging], repeat)

    def size(self, share: float) -> int:
        """So many rows are this share of the whole table, halves rounded up; from 1 on, a number of rows."""
        return int(share) if share >= 1 else int(self.n_table * share + 0.5)

    @property
    def is_single(self) -> bool:
        """Whether every row is a unit of its own."""
        return len(np.unique(self.units)) == len(self.units)

    @property
    def class_counts(self) -> Places:
        """Rows of each class: (class,); one number without classes."""
        return np.bincount(self.codes, minlength=len(self.shares))


def pools(table: Table, protocol: Protocol, seed: int) -> Sequence[Pool]:
    """All rows as a pool: first with equal rows as units where they can be kept together, then without.

    Named groups come before equal rows: joined, they could become one. In the order of time, and where
    the parts are given, nothing is left to keep together.
    """
    single = np.arange(table.n_rows)
    named = table.marks.groups
    codes = table.target if table.task in ("binary", "multiclass") else np.zeros(table.n_rows, dtype=np.int64)
    counts = np.bincount(codes, minlength=max(1, len(table.classes)))
    order = np.empty(table.n_rows, dtype=np.int64)
    order[stream(seed, "split").permutation(table.n_rows)] = single
    pool = Pool(
        rows=single,
        codes=codes,
        units=single if named is None else named,
        order=order,
        shares=counts / table.n_rows,
        classes=table.classes if table.task in ("binary", "multiclass") else (),
        has_groups=named is not None,
        moments=table.marks.moments,
        given=table.marks.given,
        n_table=table.n_rows,
        seed=seed,
    )
    if named is not None or protocol.folds.name in ("time", "given"):
        return [pool]
    equal = np.unique(row_keys(table.features), return_inverse=True)[1].astype(np.int64)
    n_distinct = int(equal.max()) + 1
    if n_distinct == table.n_rows or n_distinct < MOST_REPEATED * table.n_rows:
        return [pool]
    return [replace(pool, units=equal), pool]


def check_units(pool: Pool, needed: int, validation: str, remedy: str) -> None:
    """See that every class (or the pool, without classes) has `needed` units. Raises DataError."""
    word = "groups" if pool.has_groups else "distinct rows" if not pool.is_single else "rows"
    for code, name in enumerate(pool.classes or ("",)):
        found = len(np.unique(pool.units[pool.codes == code]))
        if found < needed:
            who = f"class '{name}' has" if pool.classes else "there are"
            raise DataError(
                f"protocol.validation = '{validation}': {who} {found} {word} outside the sealed part,"
                f" but {needed} are needed. {remedy}"
            )
