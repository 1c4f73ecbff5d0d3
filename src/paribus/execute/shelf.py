"""Prepared folds on disk for the time of a run, so that all processes share them.

Each fold prepared in one way is fitted and applied once, by whichever process is free, and
mapped into memory by those that train on it.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np

from paribus.data import Preparation, Split, TrainingPart, ValidationPart, fit_preparation
from paribus.population.outcome import FoldArrays, FoldName
from paribus.study.spec import Prepare

_FIELDS = ("train_x", "train_y", "val_x", "val_y")


class Shelf:
    """Prepared folds by name, in `folder`. Small enough to send to a worker: it holds no rows."""

    def __init__(self, folder: Path, split: Split, seed: int) -> None:
        """Lay down the parts that preparations are fitted on; the sealed part stays behind."""
        self.folder = folder
        parts = [(fold.training, fold.validation) for fold in split.folds]
        (folder / "parts.pickle").write_bytes(pickle.dumps((parts, seed)))

    def prepare(self, name: FoldName, prepare: Prepare) -> FoldName:
        """Fit this preparation on its fold's training part, apply it, and put the arrays here."""
        parts, seed = _parts(self.folder)
        training, validation = parts[name[0]]
        fitted = fit_preparation(prepare, training, seed)
        kind = np.float32 if training.task == "regression" else np.int64
        arrays = (
            fitted.apply(training),
            training.target.astype(kind),
            fitted.apply(validation),
            validation.target.astype(kind),
        )
        for field, array in zip(_FIELDS, arrays, strict=True):
            np.save(self._path(name, field), array)
        (self.folder / f"{_digest(name)}.pickle").write_bytes(pickle.dumps(fitted))
        return name

    def preparation(self, name: FoldName) -> Preparation:
        """The fitted preparation of this name."""
        fitted: Preparation = pickle.loads((self.folder / f"{_digest(name)}.pickle").read_bytes())
        return fitted

    def missing(self, names: Iterable[FoldName]) -> list[FoldName]:
        """Those of `names` that aren't here yet, each once."""
        return [name for name in dict.fromkeys(names) if name not in self]

    def __contains__(self, name: FoldName) -> bool:
        return (self.folder / f"{_digest(name)}.pickle").is_file()

    def load(self, name: FoldName) -> FoldArrays:
        """The arrays of this name, mapped from disk."""
        return FoldArrays(*(np.load(self._path(name, field), mmap_mode="r") for field in _FIELDS))

    def _path(self, name: FoldName, field: str) -> Path:
        return self.folder / f"{_digest(name)}.{field}.npy"


def _digest(name: FoldName) -> str:
    return blake2b(repr(name).encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def _parts(folder: Path) -> tuple[list[tuple[TrainingPart, ValidationPart]], int]:
    parts: tuple[list[tuple[TrainingPart, ValidationPart]], int]
    parts = pickle.loads((folder / "parts.pickle").read_bytes())
    return parts
