"""A table that can be learned from: numbers for features, one target, nothing missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Task = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Checked rows. `features`: (row, feature) float64; `target`: (row,), see `task`.

    The target is float64 for regression and int64 codes of `classes` otherwise. Binary `classes` are
    (negative, positive): code 1 is the positive. Arrays are read-only.
    """

    features: NDArray[np.float64]
    names: tuple[str, ...]
    target: NDArray[Any]
    task: Task
    classes: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        self.features.setflags(write=False)
        self.target.setflags(write=False)

    def __repr__(self) -> str:
        return f"Table({self.source!r}: {self.n_rows} rows, {self.n_features} features, {self.task})"

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.features)

    @property
    def n_features(self) -> int:
        """Number of features before any selection."""
        return len(self.names)

    @cached_property
    def class_counts(self) -> dict[str, int]:
        """Rows of each class by its name; empty for regression."""
        return {name: int((self.target == code).sum()) for code, name in enumerate(self.classes)}

    @cached_property
    def fingerprint(self) -> str:
        """Hash of names, features, target and classes: the same in every process and on every machine."""
        digest = blake2b(
            json.dumps([self.names, self.classes, self.task, self.features.shape]).encode(), digest_size=16
        )
        digest.update(np.ascontiguousarray(self.features, dtype="<f8").tobytes())
        digest.update(self.target.astype("<f8" if self.task == "regression" else "<i8").tobytes())
        return digest.hexdigest()

    @cached_property
    def duplicates(self) -> int:
        """Number of rows whose features all equal those of an earlier row."""
        return self.n_rows - len(set(row_keys(self.features)))


def row_keys(features: NDArray[np.float64]) -> list[bytes]:
    """One short hash a row: two rows have the same one if all their features are equal."""
    return [blake2b(row.tobytes(), digest_size=16).digest() for row in np.ascontiguousarray(features)]
