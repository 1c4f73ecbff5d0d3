"""The selectors, fitted on scaled training rows. Those that choose keep the features' order."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.feature_selection import (
    SelectKBest,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
)

from paribus.data.parts import TrainingPart
from paribus.data.prepare.forward import fit_forward
from paribus.errors import DataError, StudyError
from paribus.seeds import stream
from paribus.study.values import Word


def fit_selector(word: Word, scaled: NDArray[np.float64], part: TrainingPart, seed: int) -> Any | None:
    """The fitted selector, or None for every feature. `scaled`: (row, feature).

    Raises StudyError for more features than there are, DataError for too few training rows.
    """
    if word.number is None:
        return None
    k = int(word.number)
    _check_k(word.name, k, *scaled.shape)
    random_state = int(stream(seed, "prepare", word.name).integers(2**31))
    classes = part.task != "regression"
    match word.name:
        case "kbest":
            selector = SelectKBest(f_classif if classes else f_regression, k=k)
        case "mutual_info":
            _check_neighbours(part)
            score = mutual_info_classif if classes else mutual_info_regression
            selector = SelectKBest(partial(score, random_state=random_state), k=k)
        case "pca":
            # the exact solver: 'auto' draws random projections for some shapes
            selector = PCA(k, svd_solver="full")
        case "sfs":
            return fit_forward(k, scaled, part, random_state)
        case _:
            raise ValueError(f"unknown selector '{word.name}'")
    return selector.fit(scaled, part.target)


def _check_k(name: str, k: int, n_rows: int, n_features: int) -> None:
    if k > n_features:
        raise StudyError(
            f"prepare.select = '{name}:{k}' keeps {k} features, but there are {n_features}:"
            f" choose 1 to {n_features}, or 'none'"
        )
    if name == "pca" and k > n_rows:
        raise StudyError(
            f"prepare.select = 'pca:{k}' needs at least {k} training rows, but there are {n_rows}: choose"
            f" fewer"
        )


def _check_neighbours(part: TrainingPart) -> None:
    if part.task == "regression" and part.n_rows < 4:
        raise DataError(
            f"prepare.select = 'mutual_info' looks at 3 neighbours of a row, but there are {part.n_rows}"
            f" training"
            " rows: add rows, or choose another selector"
        )
