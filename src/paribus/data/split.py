"""Splitting a table into training, validation and sealed rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.data.parts import OpenedPart, SealedPart, TrainingPart, ValidationPart, take
from paribus.data.table import Table, row_keys
from paribus.errors import DataError
from paribus.seeds import stream
from paribus.study.spec import Protocol

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fold:
    """One training part and the validation part that judges what was trained on it."""

    training: TrainingPart
    validation: ValidationPart


@dataclass(frozen=True, eq=False)
class Split:
    """The folds (hold-out has one) and the sealed part, if any."""

    folds: tuple[Fold, ...]
    sealed: SealedPart | None
    leaked_duplicates: int
    """Rows outside training whose features all equal those of a training row."""


def split(table: Table, protocol: Protocol, seed: int) -> Split:
    """Share the rows out by chance, each class in proportion to its size.

    Both shares are of all rows, halves rounded up. The same table, protocol and seed give the same
    split. Raises DataError where a part would be empty or would lack a class.
    """
    sealed_size, validation_size = (
        int(table.n_rows * share + 0.5) for share in (protocol.test, protocol.share)
    )
    _check_sizes(table, protocol, sealed_size, validation_size)
    labels = table.target if table.classes else np.zeros(table.n_rows, dtype=np.int64)
    counts = np.bincount(labels, minlength=max(1, len(table.classes)))
    quota = counts / table.n_rows
    sealed = apportion(quota * sealed_size, sealed_size, counts - 2) if sealed_size else np.zeros_like(counts)
    validation = apportion(quota * validation_size, validation_size, counts - sealed - 1)
    shuffled = stream(seed, "split").permutation(table.n_rows)
    by_class = [shuffled[labels[shuffled] == code] for code in range(len(counts))]
    places = [np.split(rows, [s, s + v]) for rows, s, v in zip(by_class, sealed, validation, strict=True)]
    sealed_rows, validation_rows, training_rows = (
        np.sort(np.concatenate(rows)) for rows in zip(*places, strict=True)
    )
    return Split(
        folds=(Fold(take(TrainingPart, table, training_rows), take(ValidationPart, table, validation_rows)),),
        sealed=SealedPart(take(OpenedPart, table, sealed_rows)) if sealed_size else None,
        leaked_duplicates=_leaked(table, training_rows),
    )


def apportion(quota: NDArray[np.float64], size: int, most: Counts) -> Counts:
    """Whole counts near `quota` that add up to `size`, each between 1 and `most`, by largest remainder."""
    counts = np.clip(np.floor(quota).astype(np.int64), 1, most)
    while (missing := size - int(counts.sum())) != 0:
        step = 1 if missing > 0 else -1
        free = counts < most if missing > 0 else counts > 1
        counts[np.argmax(np.where(free, step * (quota - counts), -np.inf))] += step
    return counts


def _check_sizes(table: Table, protocol: Protocol, sealed: int, validation: int) -> None:
    parts = {"training": table.n_rows - sealed - validation, "validation": validation}
    if protocol.test:
        parts["test"] = sealed
    sizes = ", ".join(f"{name} {size}" for name, size in parts.items())
    for name, count in table.class_counts.items():
        if count < len(parts):
            raise DataError(
                f"class '{name}' has {count} rows, but each of the {len(parts)} parts needs one (rows:"
                f" {sizes})."
                " Add rows of that class, or merge or remove it"
            )
    needed = max(1, len(table.classes))
    for name, size in parts.items():
        if size < needed:
            each = f", one for each of {needed} classes" if table.classes else ""
            raise DataError(
                f"the {name} part would have {size} of {table.n_rows} rows, but needs at least {needed}{each}"
                f" (rows: {sizes}). Add rows, or change protocol.test = {protocol.test} or"
                f" protocol.validation = '{protocol.validation}'"
            )


def _leaked(table: Table, training_rows: NDArray[np.int64]) -> int:
    keys = row_keys(table.features)
    trained_on = {keys[row] for row in training_rows}
    return sum(key in trained_on for key in keys) - len(training_rows)
