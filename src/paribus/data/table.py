"""A table that can be learned from: features in compact form, what is asked, and how rows count."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Feature, Features
from paribus.data.images.read import FoundImages
from paribus.data.marks import Marks

Task = Literal["binary", "multiclass", "multilabel", "regression"]


@dataclass(frozen=True)
class Dropped:
    """A column that is no feature, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Checked rows. `target`: (row,), or (row, output) for several targets, see `task`.

    The target is float64 for regression, int64 codes of `classes` for classes, and int64 0 or 1 for
    multilabel. Binary `classes` are (negative, positive): code 1 is the positive; regression and
    multilabel have none. `outputs` are the target columns. `weight`: how much each row counts in
    training, (row,). Arrays are read-only.
    """

    features: Features
    target: NDArray[Any]
    task: Task
    classes: tuple[str, ...]
    outputs: tuple[str, ...]
    source: str
    weight: NDArray[np.float32] | None = None
    dropped: tuple[Dropped, ...] = ()
    """Columns that were dropped because of what they hold; not those that the study names."""
    notes: tuple[str, ...] = ()
    """What the user should know of how columns were read."""
    marks: Marks = field(default_factory=Marks)
    """What a split must respect."""
    found: FoundImages | None = None
    """What the files of images were like."""

    def __post_init__(self) -> None:
        self.target.setflags(write=False)
        if self.weight is not None:
            self.weight.setflags(write=False)

    def __repr__(self) -> str:
        return f"Table({self.source!r}: {self.n_rows} rows, {self.n_features} features, {self.task})"

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.features)

    @property
    def said(self) -> tuple[str, ...]:
        """What the user should know of how columns were read, or why they were dropped."""
        return (*(f"column '{each.name}' is dropped: {each.reason}" for each in self.dropped), *self.notes)

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names."""
        return self.features.names

    @property
    def columns(self) -> tuple[Feature, ...]:
        """What the features are."""
        return self.features.columns

    @property
    def n_features(self) -> int:
        """Number of features before any preparation."""
        return len(self.columns)

    @property
    def n_selectable(self) -> int:
        """At most so many features come out of a preparation, but for hashing."""
        # of a text's words nothing is known before a training part's are counted
        levels = sum(len(feature.levels) + 1 for feature in self.features.category_features)
        return len(self.features.number_features) + len(self.features.gaps) + levels

    @property
    def n_outputs(self) -> int:
        """Outputs that a network needs: a class, a label or a target each; one for two classes."""
        return len(self.classes) if self.task == "multiclass" else len(self.outputs)

    @cached_property
    def class_counts(self) -> dict[str, int]:
        """Rows of each class by its name, of each label that is 1; empty for regression."""
        if self.task == "multilabel":
            return dict(zip(self.outputs, self.target.sum(axis=0).tolist(), strict=True))
        return {name: int((self.target == code).sum()) for code, name in enumerate(self.classes)}

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that is learned from: the same in every process and on every machine."""
        told = [self.classes, self.outputs, self.task, self.features.digest()]
        digest = blake2b(json.dumps(told).encode(), digest_size=16)
        digest.update(self.target.astype("<f8" if self.task == "regression" else "<i8").tobytes())
        if self.weight is not None:
            digest.update(self.weight.astype("<f4").tobytes())
        digest.update(self.marks.digest())
        return digest.hexdigest()

    @cached_property
    def duplicates(self) -> int:
        """Number of rows whose features all equal those of an earlier row."""
        return self.n_rows - len(np.unique(row_keys(self.features)))


def row_keys(features: Features) -> NDArray[np.uint64]:
    """One hash a row, (row,): two rows have the same one if all their features are equal."""
    return features.keys()
