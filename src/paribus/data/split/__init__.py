"""Splitting a table into training, validation and sealed rows. One protocol a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from paribus.data.marks import TEST, TRAIN
from paribus.data.parts import OpenedPart, SealedPart, StoppingPart, TrainingPart, ValidationPart, take
from paribus.data.split.checks import check_fold, check_given, check_sealed_size
from paribus.data.split.cutting import cut, latest
from paribus.data.split.given import given
from paribus.data.split.holdout import holdout
from paribus.data.split.kfold import kfold
from paribus.data.split.leave_out import leave_out
from paribus.data.split.monte_carlo import monte_carlo
from paribus.data.split.nested import nested
from paribus.data.split.pool import Held, Places, Pool, pools
from paribus.data.split.time import time
from paribus.data.table import Table, row_keys
from paribus.errors import DataError
from paribus.study.spec import Protocol

__all__ = ["FOLDS", "Fold", "Split", "split", "unsealed"]

FOLDS: dict[str, Callable[[Pool, Protocol], Iterator[Held]]] = {
    "holdout": holdout,
    "kfold": kfold,
    "repeated_kfold": kfold,
    "group_kfold": kfold,
    "loocv": leave_out,
    "leave_p_out": leave_out,
    "nested": nested,
    "time": time,
    "monte_carlo": monte_carlo,
    "given": given,
}


@dataclass(frozen=True, eq=False)
class Fold:
    """One training part and the validation part that judges what was trained on it.

    `stopping`: rows cut from the training part for early stopping to watch. `repeat`: folds of one repeat
    share no validation row. `outer`, `judges`: see `pool.Held`.
    """

    training: TrainingPart
    validation: ValidationPart
    stopping: StoppingPart | None = None
    repeat: int = 0
    outer: int | None = None
    judges: bool = False


@dataclass(frozen=True, eq=False)
class Split:
    """The folds (hold-out has one) and the sealed part, if any."""

    folds: tuple[Fold, ...]
    sealed: SealedPart | None
    leaked_duplicates: int
    """Rows outside a training part whose features all equal those of a row in it."""
    sealed_duplicates: int = 0
    """Sealed rows whose features all equal those of a row that isn't sealed."""

    @property
    def compared(self) -> tuple[int, ...]:
        """The folds on which configurations are compared: all but the outer ones of nested validation."""
        return tuple(place for place, fold in enumerate(self.folds) if not fold.judges)

    @property
    def outer(self) -> dict[int, tuple[int, tuple[int, ...]]]:
        """For each outer fold its place among the folds, and those of its inner folds."""
        return {
            fold.outer: (place, tuple(n for n in self.compared if self.folds[n].outer == fold.outer))
            for place, fold in enumerate(self.folds)
            if fold.judges and fold.outer is not None
        }


def split(table: Table, protocol: Protocol, seed: int) -> Split:
    """Cut off the sealed part, then make the protocol's folds of the rest.

    The same table, protocol and seed give the same split. Each class stands in every part in proportion
    to its size where rows are shared out by chance. Groups (data.group) are never torn. Without groups,
    rows with equal features stay together where that leaves every part its rows and equal rows are the
    exception; `leaked_duplicates` counts what is left. Raises DataError where a part would be empty or
    would lack a class.
    """
    if protocol.folds.name == "given" or table.marks.given is not None:
        check_given(table, protocol)
    *together, pool = pools(table, protocol, seed)
    for first in together:
        with suppress(DataError):  # they can't be kept together: then by rows, and the audit says so
            return _split(table, protocol, first)
    return _split(table, protocol, pool)


def unsealed(table: Table, parts: Split) -> TrainingPart:
    """All rows that any fold trains on or judges by, as one training part: for what is delivered."""
    every = [
        part.rows for fold in parts.folds for part in (fold.training, fold.validation, fold.stopping) if part
    ]
    return take(TrainingPart, table, np.unique(np.concatenate(every)))


def _split(table: Table, protocol: Protocol, pool: Pool) -> Split:
    sealed = _sealed(pool, protocol)
    rest = pool.take(np.setdiff1d(np.arange(len(pool.rows)), sealed))
    made = list(FOLDS[protocol.folds.name](rest, protocol))
    stopping = [_stopping(pool, protocol, held, place) for place, held in enumerate(made)]
    for place, held in enumerate(made):
        check_fold(table, protocol, held, place, stopping[place])
    folds = tuple(
        Fold(
            training=take(TrainingPart, table, np.setdiff1d(held.training, kept)),
            validation=take(ValidationPart, table, held.validation),
            stopping=take(StoppingPart, table, kept) if len(kept) else None,
            repeat=held.repeat,
            outer=held.outer,
            judges=held.judges,
        )
        for held, kept in zip(made, stopping, strict=True)
    )
    part = SealedPart(take(OpenedPart, table, pool.rows[sealed])) if len(sealed) else None
    keys = np.unique(row_keys(table.features), return_inverse=True)[1]
    test = pool.rows[sealed]
    outside = np.setdiff1d(np.arange(table.n_rows), test)
    return Split(folds, part, _leaked(keys, folds, test), int(np.isin(keys[test], keys[outside]).sum()))


def _sealed(pool: Pool, protocol: Protocol) -> Places:
    """Positions in the pool of the rows to seal: those given, the latest, or a share by chance."""
    if pool.given is not None and (pool.given == TEST).any():
        return np.flatnonzero(pool.given == TEST)
    if not protocol.test:
        return np.zeros(0, dtype=np.int64)
    size = pool.size(protocol.test)
    if protocol.folds.name == "time":
        return latest(pool, size)
    if protocol.folds.name == "given" and pool.given is not None:
        open_to_cut = np.flatnonzero(pool.given == TRAIN)
        inside = pool.take(open_to_cut)
        check_sealed_size(inside, protocol, size)
        return open_to_cut[cut(inside, size, 2, "sealed")]
    check_sealed_size(pool, protocol, size)
    return cut(pool, size, 2, "sealed")


def _stopping(pool: Pool, protocol: Protocol, held: Held, place: int) -> Places:
    """Rows of the table cut from a fold's training rows for early stopping, rising."""
    if not protocol.stopping:
        return np.zeros(0, dtype=np.int64)
    inside = pool.take(np.searchsorted(pool.rows, held.training))
    size = int(len(inside.rows) * protocol.stopping + 0.5)
    needed = max(1, len(pool.classes))
    if not needed <= size <= len(inside.rows) - needed or (inside.class_counts < 2).any():
        raise DataError(
            f"protocol.stopping = {protocol.stopping} cuts {size} of the {len(inside.rows)} training rows of"
            f" fold {place}, and each class needs one on both sides: use another share, or 0"
        )
    if protocol.folds.name == "time":
        return inside.rows[latest(inside, size)]
    return inside.rows[cut(inside, size, 1, "stopping", place)]


def _leaked(keys: Places, folds: tuple[Fold, ...], sealed: Places) -> int:
    """Rows that judge, of which an equal one was trained on. `keys`: (row,), equal for equal rows, from 0."""
    if keys.max() + 1 == len(keys):
        return 0
    leaked = np.zeros(len(keys), dtype=bool)
    for fold in folds:
        trained_on = np.zeros(keys.max() + 1, dtype=bool)
        trained_on[keys[fold.training.rows]] = True
        outside = np.concatenate([fold.validation.rows, sealed])
        leaked[outside] |= trained_on[keys[outside]]
    return int(leaked.sum())
