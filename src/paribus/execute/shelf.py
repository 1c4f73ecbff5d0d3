"""Prepared folds on disk for the time of a run, so that all processes share them.

Each fold prepared in one way is fitted and applied once, by whichever process is free, and mapped into
memory by those that train on it. The table lies here once, mapped too. Sparse features lie in three
files: what they hold, where in its row, and where each row begins. Images stay where they were decoded.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.parts import StoppingPart, TrainingPart, ValidationPart
from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.preparation import Preparation, TrainingRows, prepare_training
from paribus.data.prepare.prepared import Prepared
from paribus.data.split import Split
from paribus.engines.torch.unfinished import path_of
from paribus.population.outcome import FoldArrays, FoldName, Outcome
from paribus.study.spec import Prepare

Parts = tuple[TrainingPart, ValidationPart, StoppingPart | None]
_FEATURES = ("train_x", "val_x", "stop_x")
_FIELDS = (
    *("train_y", "train_truth", "train_weight"),
    *("val_y", "val_truth", "stop_y", "stop_truth"),
)


class Shelf:
    """Prepared folds by name, in `folder`. Small enough to send to a worker: it leaves its rows behind."""

    def __init__(self, folder: Path, split: Split, seed: int, unfinished: Path | None = None) -> None:
        """Lay down the parts that preparations are fitted on; no part of them leads to sealed rows (a text's
        codes are places among the distinct words of all rows, of which nothing is learned).

        `unfinished`: the folder in which long trainings keep how far they are.
        """
        self.folder = folder
        self.seed = seed
        self.unfinished = unfinished
        self.parts: list[Parts] | None = [
            (fold.training, fold.validation, fold.stopping) for fold in split.folds
        ]
        joblib.dump(self.parts, folder / "parts.joblib")

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "parts": None}

    def prepare(self, name: FoldName, prepare: Prepare) -> FoldName:
        """Fit this preparation on its fold's training part, apply it, and put the arrays here."""
        training, validation, stopping = (self.parts or _parts(self.folder))[name[0]]
        fitted, rows = prepare_training(prepare, training, self.seed)
        self._save(name, _arrays(rows, training.task))
        del rows
        held_out: dict[str, ValidationPart | StoppingPart] = {
            "val": validation,
            **({"stop": stopping} if stopping else {}),
        }
        for field, part in held_out.items():
            self._save(name, {f"{field}_x": fitted.apply(part)})
            self._save(name, {f"{field}_y": fitted.targets(part).astype(_kind(training.task))})
            if fitted.target:
                self._save(name, {f"{field}_truth": part.target.astype(np.float32)})
        if fitted.target:
            self._save(name, {"train_truth": training.target.astype(np.float32)})
        (self.folder / f"{_stem(name)}.pickle").write_bytes(pickle.dumps(fitted))
        return name

    def preparation(self, name: FoldName) -> Preparation:
        """The fitted preparation of this name."""
        fitted: Preparation = pickle.loads((self.folder / f"{_stem(name)}.pickle").read_bytes())
        return fitted

    def forget(self, outcomes: Iterable[Outcome]) -> None:
        """Of trainings that stand in the record nothing more is kept."""
        if self.unfinished is None or not self.unfinished.is_dir():
            return
        for outcome in outcomes:
            key = (outcome.config_id, outcome.fold, outcome.seed)
            path_of(self.unfinished, key).unlink(missing_ok=True)
        with suppress(OSError):  # others are on their way
            self.unfinished.rmdir()

    def missing(self, names: Iterable[FoldName]) -> list[FoldName]:
        """Those of `names` that aren't here yet, each once."""
        return [name for name in dict.fromkeys(names) if name not in self]

    def __contains__(self, name: FoldName) -> bool:
        return (self.folder / f"{_stem(name)}.pickle").is_file()

    def load(self, name: FoldName) -> FoldArrays:
        """The arrays of this name, mapped from disk."""
        fitted = self.preparation(name)
        arrays = dict(self._mapped(name, fitted.n_features))
        return FoldArrays(
            **arrays,
            restore=fitted.restore if fitted.target else None,
            words=fitted.vocabulary,
            unfinished=self.unfinished,
        )

    def _mapped(self, name: FoldName, n_features: int) -> Iterator[tuple[str, Any]]:
        for field in (*_FEATURES, *_FIELDS):
            if (path := self._path(name, field)).is_file():
                yield field, np.load(path, mmap_mode="r")
        for field in _FEATURES:
            if self._path(name, f"{field}.indptr").is_file():
                yield field, self._sparse(name, field, n_features)
            if (path := self._images(name, field)).is_file():
                yield field, pickle.loads(path.read_bytes())

    def _sparse(self, name: FoldName, field: str, n_features: int) -> csr_array:
        """Sparse features over what is mapped: nothing is copied."""
        data, indices, indptr = (
            np.load(self._path(name, f"{field}.{each}"), mmap_mode="r")
            for each in ("data", "indices", "indptr")
        )
        rows = csr_array((data, indices, indptr), shape=(len(indptr) - 1, n_features))
        rows.has_canonical_format = True  # known, and looking would read every page
        return rows

    def _save(self, name: FoldName, arrays: Mapping[str, Prepared | NDArray[Any]]) -> None:
        for field, array in arrays.items():
            if isinstance(array, csr_array):
                parts = {"data": array.data, "indices": array.indices, "indptr": array.indptr}
                for each, values in parts.items():
                    np.save(self._path(name, f"{field}.{each}"), values)
            elif isinstance(array, ImageRows):
                self._images(name, field).write_bytes(pickle.dumps(array))
            else:
                np.save(self._path(name, field), array)

    def _images(self, name: FoldName, field: str) -> Path:
        return self.folder / f"{_stem(name)}.{field}.pickle"

    def _path(self, name: FoldName, field: str) -> Path:
        return self.folder / f"{_stem(name)}.{field}.npy"


def _arrays(rows: TrainingRows, task: str) -> dict[str, Prepared | NDArray[Any]]:
    arrays: dict[str, Prepared | NDArray[Any]] = {
        "train_x": rows.features,
        "train_y": rows.target.astype(_kind(task)),
    }
    return arrays if rows.weight is None else {**arrays, "train_weight": rows.weight}


def _kind(task: str) -> type[np.float32 | np.int64]:
    return np.float32 if task in ("regression", "multilabel") else np.int64


def _stem(name: FoldName) -> str:
    return f"{name[0]}-{name[1]}"


@lru_cache(maxsize=1)
def _parts(folder: Path) -> list[Parts]:
    parts: list[Parts] = joblib.load(folder / "parts.joblib", mmap_mode="r")
    return parts
