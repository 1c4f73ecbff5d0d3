"""Filling missing numbers, by what the training rows say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (what scikit-learn asks for)
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from paribus.data.features import Features
from paribus.study.spec import Prepare

CELLS_AT_ONCE = 2**22
"""Numbers held in 64 bits at a time."""


def blocks(n_rows: int, n_columns: int) -> Iterator[tuple[int, int]]:
    """Columns from start to before stop, few enough at a time for large tables."""
    width = max(1, CELLS_AT_ONCE // max(1, n_rows))
    for start in range(0, n_columns, width):
        yield start, min(start + width, n_columns)


class Imputer(Protocol):
    """Fitted on training rows; what it gives back has no missing number."""

    def filled(self, features: Features) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """Blocks of number features: start, stop and (row, feature)."""
        ...


class ColumnImputer(Imputer):
    """One value a feature: scikit-learn's SimpleImputer, a block of features at a time."""

    def __init__(self, prepare: Prepare, features: Features) -> None:
        self.fitted: dict[int, Any] = {}
        self.ends: list[tuple[int, int]] = list(blocks(len(features), len(features.number_features)))
        strategy = prepare.imputer.name
        for start, stop in self.ends:
            simple = SimpleImputer(
                strategy=strategy,
                fill_value=prepare.fill_value if strategy == "constant" else None,
                keep_empty_features=True,
            )
            self.fitted[start] = simple.fit(features.numbers(start, stop))

    def filled(self, features: Features) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """See `Imputer.filled`."""
        for start, stop in self.ends:
            numbers = features.numbers(start, stop)
            if np.isnan(numbers).any():
                numbers = self.fitted[start].transform(numbers)
            yield start, stop, numbers


class JointImputer(Imputer):
    """Each number from the row's others: all number features at once, in 64 bits."""

    def __init__(self, prepare: Prepare, features: Features, random_state: int) -> None:
        word = prepare.imputer
        scaler = StandardScaler()
        imputer: Any
        if word.name == "knn":
            imputer = KNNImputer(n_neighbors=int(word.number or 1), keep_empty_features=True)
        else:
            imputer = IterativeImputer(random_state=random_state, keep_empty_features=True)
        self.pipeline = Pipeline([("scale", scaler), ("impute", imputer)]).fit(features.numbers())

    def filled(self, features: Features) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """See `Imputer.filled`."""
        numbers = features.numbers()
        missing = np.isnan(numbers)
        if missing.any():
            scaled = self.pipeline.transform(numbers)
            guessed = self.pipeline["scale"].inverse_transform(scaled)
            numbers = np.where(missing, guessed, numbers)
        # a column without a known training value has no mean to go back to
        yield 0, numbers.shape[1], np.where(np.isnan(numbers), 0.0, numbers)


def fit_imputer(prepare: Prepare, features: Features, random_state: int) -> Imputer:
    """The imputer that the study asks for, fitted on these training rows."""
    if prepare.imputer.name in ("knn", "iterative") and features.number_features:
        return JointImputer(prepare, features, random_state)
    return ColumnImputer(prepare, features)
