"""Encoding categories as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import FeatureHasher
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.preprocessing import TargetEncoder as CrossFittedEncoder

from paribus.data.features import Features
from paribus.data.parts import TrainingPart
from paribus.data.prepare.levels import Levels, fit_levels, level_codes
from paribus.errors import DataError, StudyError
from paribus.study.spec import Prepare

MOST_COLUMNS = 20_000
"""More 0/1 features than these are refused: they would fill the memory."""

Matrix = NDArray[np.floating[Any]]


class Encoder(Protocol):
    """Categories as numbers, fitted on training rows.

    `names`: the features that come out. `scaled`: whether the scaler is theirs too. `nominal`: the
    category that each belongs to, -1 for what is a number and no name, (feature,).
    """

    names: tuple[str, ...]
    scaled: bool
    nominal: tuple[int, ...]

    def write(self, features: Features, out: Matrix) -> None:
        """Encode these rows into `out`, (row, feature), which is 0 before."""
        ...

    def write_training(self, features: Features, out: Matrix) -> None:
        """Encode the training rows themselves."""
        self.write(features, out)


class OneHot(Encoder):
    """A 0/1 feature a level; an unknown level is 0 in all."""

    scaled = False

    def __init__(self, levels: tuple[Levels, ...]) -> None:
        self.levels = levels
        self.names = tuple(f"{each.column}={name}" for each in levels for name in each.names)
        self.nominal = tuple(number for number, each in enumerate(levels) for _ in each.names)
        if len(self.names) > MOST_COLUMNS:
            widest = max(levels, key=lambda each: len(each.names))
            raise DataError(
                f"prepare.encode = 'onehot' would make {len(self.names):,} features, of which"
                f" '{widest.column}' alone {len(widest.names):,}; {MOST_COLUMNS:,} are allowed: gather its"
                " levels with prepare.rare, encode by 'target' or 'hashing:100', or name it in data.drop"
            )

    def write(self, features: Features, out: Matrix) -> None:
        """See `Encoder.write`."""
        start = 0
        for number, each in enumerate(self.levels):
            codes = level_codes(self.levels, features, number)
            known = np.flatnonzero(codes >= 0)
            out[known, start + codes[known]] = 1
            start += len(each.names)


class Ordinal(Encoder):
    """The level's place in order; -1 for an unknown one."""

    scaled = True

    def __init__(self, levels: tuple[Levels, ...]) -> None:
        self.levels = levels
        self.names = tuple(each.column for each in levels)
        self.nominal = tuple(range(len(levels)))

    def write(self, features: Features, out: Matrix) -> None:
        """See `Encoder.write`."""
        for number in range(len(self.levels)):
            out[:, number] = level_codes(self.levels, features, number)


class Target(Encoder):
    """The level's mean target, scikit-learn's TargetEncoder; training rows by cross-fitting."""

    scaled = True

    def __init__(
        self, levels: tuple[Levels, ...], part: TrainingPart, target: NDArray[Any], random_state: int
    ) -> None:
        if target.ndim > 1:
            raise StudyError(
                "prepare.encode = 'target' needs one target, and data.target names several: choose another"
                " encoder"
            )
        self.levels, self.target = levels, target
        kind = {"regression": "continuous"}.get(part.task, part.task)
        folds = _folds(part, random_state)
        self.encoder = CrossFittedEncoder(target_type=kind, cv=folds)
        self.codes = self._codes(part.features)
        self.training = self.encoder.fit_transform(self.codes, target)
        outputs = part.classes if part.task == "multiclass" else ("",)
        self.names = tuple(
            f"{each.column}{f'~{name}' if name else ''}" for each in levels for name in outputs
        )
        self.nominal = (-1,) * len(self.names)

    def __getstate__(self) -> dict[str, Any]:
        """What stays is what was learned; the training rows' own encodings are used once."""
        return {**self.__dict__, "target": None, "codes": None, "training": None}

    def _codes(self, features: Features) -> NDArray[np.int64]:
        return np.stack(
            [level_codes(self.levels, features, number) for number in range(len(self.levels))], axis=1
        )

    def write(self, features: Features, out: Matrix) -> None:
        """See `Encoder.write`."""
        out[:] = self.encoder.transform(self._codes(features))

    def write_training(self, features: Features, out: Matrix) -> None:
        """See `Encoder.write_training`."""
        out[:] = self.training


class Hashing(Encoder):
    """Every (column, level) adds 1 or -1 to one of n features: scikit-learn's FeatureHasher."""

    scaled = False

    def __init__(self, levels: tuple[Levels, ...], features: Features, n: int) -> None:
        self.names = tuple(f"hash_{number + 1}" for number in range(n))
        self.nominal = (-1,) * n
        hasher = FeatureHasher(n_features=n, input_type="string")
        self.hashed: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []
        for each, feature in zip(levels, features.category_features, strict=True):
            raw = [*feature.levels, "(missing)"]
            told = [
                f"{each.column}={each.names[place] if place >= 0 else raw[code]}"
                for code, place in enumerate(each.place)
            ]
            rows = hasher.transform([[text] for text in told]).tocsr()
            self.hashed.append((rows.indices.astype(np.intp), rows.data.astype(np.float64)))

    def write(self, features: Features, out: Matrix) -> None:
        """See `Encoder.write`."""
        every = np.arange(len(features))
        for number, (bucket, sign) in enumerate(self.hashed):
            codes = features.codes(number)
            out[every, bucket[codes]] += sign[codes]


def fit_encoder(
    prepare: Prepare, part: TrainingPart, target: NDArray[Any], random_state: int
) -> Encoder | None:
    """The encoder that the study asks for, fitted on these rows; None where there are no categories."""
    if not part.features.category_features:
        return None
    levels = fit_levels(prepare, part.features)
    word = prepare.encoder
    match word.name:
        case "onehot":
            return OneHot(levels)
        case "ordinal":
            return Ordinal(levels)
        case "target":
            return Target(levels, part, target, random_state)
        case "hashing":
            return Hashing(levels, part.features, int(word.number or 1))
    raise ValueError(f"unknown encoder '{word.name}'")


def n_encoded(prepare: Prepare, features: Features, classes: Sequence[str], task: str) -> int:
    """At most so many features come out of the categories."""
    categories, word = features.category_features, prepare.encoder
    match word.name:
        case "onehot":
            return sum(len(feature.levels) + 1 for feature in categories)
        case "hashing":
            return int(word.number or 1) if categories else 0
        case "target" if task == "multiclass":
            return len(categories) * len(classes)
    return len(categories)


def _folds(part: TrainingPart, random_state: int) -> Any:
    if part.task == "regression":
        few, what = part.n_rows, f"the training part has {part.n_rows} row{'s' * (part.n_rows > 1)}"
    else:
        counts = np.bincount(part.target, minlength=len(part.classes))
        few = int(counts.min())
        what = f"class '{part.classes[counts.argmin()]}' has {few} training row{'s' * (few > 1)}"
    if few < 2:
        raise DataError(
            f"prepare.encode = 'target' fits on at least two folds of the training rows, but {what}:"
            " add rows, or choose another encoder"
        )
    kind = KFold if part.task == "regression" else StratifiedKFold
    return kind(min(5, few), shuffle=True, random_state=random_state)
