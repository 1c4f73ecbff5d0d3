"""The selectors, fitted on encoded and scaled training rows. Those that choose keep the features' order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.decomposition import PCA
from sklearn.feature_selection import (
    RFE,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
)
from sklearn.linear_model import LassoCV, LogisticRegression
from sklearn.model_selection import KFold

from paribus.data.parts import TrainingPart
from paribus.data.prepare.sequential import fit_sequential, make_estimator
from paribus.errors import DataError, StudyError
from paribus.seeds import stream
from paribus.study.spec import Prepare

Matrix = NDArray[np.float64]
Score = Callable[[Any, NDArray[Any]], Any]


class Selector(Protocol):
    """Fitted on training rows."""

    @property
    def n_kept(self) -> int:
        """How many features come out."""
        ...

    def transform(self, rows: Matrix) -> Matrix:
        """(row, feature) to (row, selected feature)."""
        ...


@dataclass(frozen=True, eq=False)
class Chosen(Selector):
    """Some of the features, as they are. `kept`: positions, rising."""

    kept: NDArray[np.intp]

    @property
    def n_kept(self) -> int:
        """See `Selector.n_kept`."""
        return len(self.kept)

    def transform(self, rows: Matrix) -> Matrix:
        """See `Selector.transform`."""
        return rows[:, self.kept]


@dataclass(frozen=True, eq=False)
class Components(Selector):
    """Principal components, scikit-learn's."""

    pca: Any

    @property
    def n_kept(self) -> int:
        """See `Selector.n_kept`."""
        return int(self.pca.n_components_)

    def transform(self, rows: Matrix) -> Matrix:
        """See `Selector.transform`."""
        found: Matrix = self.pca.transform(rows)
        return found


def fit_selector(
    prepare: Prepare, prepared: Matrix | csr_array, part: TrainingPart, target: NDArray[Any], seed: int
) -> Selector | None:
    """The fitted selector, or None for every feature. `prepared`: (row, feature), sparse from text.

    Raises StudyError for more features than there are, DataError for too few training rows.
    """
    word = prepare.selector
    if word.name == "none":
        return None
    if (k := prepare.n_selected) is not None:
        _check_k(word.name, k, *prepared.shape)
    if target.ndim > 1 and word.name in ("sfs", "sbs", "rfe", "l1"):
        raise StudyError(
            f"prepare.select = '{word.name}' needs one target, and data.target names several:"
            " choose mutual_info, kbest, variance or pca"
        )
    if isinstance(prepared, csr_array):
        statistic = partial(_f_statistic, part.task != "regression")
        return Chosen(np.flatnonzero(_largest(k or 0, _scores(statistic, prepared, target))))
    random_state = int(stream(seed, "prepare", word.name).integers(2**31))
    if word.name == "pca":
        return Components(PCA(k, svd_solver="full").fit(prepared))  # 'auto' draws projections at random
    return Chosen(np.flatnonzero(_kept(prepare, prepared, part, target, random_state)))


def _kept(
    prepare: Prepare, prepared: Matrix, part: TrainingPart, target: NDArray[Any], random_state: int
) -> NDArray[np.bool_]:
    name, k, classes = prepare.selector.name, prepare.n_selected or 0, part.task != "regression"
    if name == "mutual_info":
        _check_neighbours(part)
    mutual_info = mutual_info_classif if classes else mutual_info_regression
    kept: dict[str, Callable[[], NDArray[np.bool_]]] = {
        "kbest": lambda: _largest(k, _scores(partial(_f_statistic, classes), prepared, target)),
        "mutual_info": lambda: _largest(
            k, _scores(partial(mutual_info, random_state=random_state), prepared, target)
        ),
        "variance": lambda: _varying(float(prepare.selector.number or 0), prepared),
        "sfs": lambda: fit_sequential(
            "forward", k, prepare.select_with, prepared, part, target, random_state
        ),
        "sbs": lambda: fit_sequential(
            "backward", k, prepare.select_with, prepared, part, target, random_state
        ),
        "rfe": lambda: _eliminated(k, prepare.select_with, prepared, part, target, random_state),
        "l1": lambda: _weighed(prepared, part, target, random_state),
    }
    return kept[name]()


def _eliminated(
    k: int, estimator: str, prepared: Matrix, part: TrainingPart, target: NDArray[Any], random_state: int
) -> NDArray[np.bool_]:
    model = make_estimator(estimator, part.task, prepared.shape[1], random_state)
    step = 1 if prepared.shape[1] <= 100 else 0.1
    selector = RFE(model, n_features_to_select=k, step=step).fit(prepared, target)
    return np.asarray(selector.support_, dtype=np.bool_)


def _f_statistic(classes: bool, prepared: Matrix | csr_array, target: NDArray[Any]) -> Any:
    return (f_classif if classes else f_regression)(prepared, target)[0]


def _scores(score: Score, prepared: Matrix | csr_array, target: NDArray[Any]) -> Matrix:
    """A score a feature; of several targets the largest. Shape: (feature,)."""
    if target.ndim == 1:
        return np.asarray(score(prepared, target), dtype=np.float64)
    return np.asarray(np.max([score(prepared, output) for output in target.T], axis=0))


def _largest(k: int, scores: Matrix) -> NDArray[np.bool_]:
    """The k largest; of equals the last, as scikit-learn's SelectKBest has it. NaN is the least."""
    scores = np.where(np.isnan(scores), np.finfo(np.float64).min, scores)
    kept = np.zeros(len(scores), dtype=np.bool_)
    kept[np.argsort(scores, kind="mergesort")[len(scores) - k :]] = True
    return kept


def _varying(threshold: float, prepared: Matrix) -> NDArray[np.bool_]:
    variances = prepared.var(axis=0)
    if threshold == 0:  # a constant's variance may be a rounding error above 0
        variances = np.minimum(variances, np.ptp(prepared, axis=0))
    kept: NDArray[np.bool_] = variances > threshold
    if not kept.any():
        raise DataError(
            f"prepare.select = 'variance:{threshold:g}' leaves no feature: the largest variance among the"
            f" training rows is {variances.max():g}. Choose a smaller threshold"
        )
    return kept


def _weighed(
    prepared: Matrix, part: TrainingPart, target: NDArray[Any], random_state: int
) -> NDArray[np.bool_]:
    """The features with a weight in an L1-penalised model; the strongest alone where none has one."""
    if part.task == "regression":
        folds = min(5, part.n_rows)
        if folds < 2:
            raise DataError("prepare.select = 'l1' chooses its penalty on two folds at least: add rows")
        model = LassoCV(cv=KFold(folds, shuffle=True, random_state=random_state)).fit(prepared, target)
    else:
        solver = "liblinear" if part.task == "binary" else "saga"
        model = LogisticRegression(l1_ratio=1.0, solver=solver, max_iter=1000, random_state=random_state).fit(
            prepared, target
        )
    weight = np.abs(np.atleast_2d(model.coef_)).max(axis=0)
    kept: NDArray[np.bool_] = weight > 1e-5
    if not kept.any():
        return _largest(1, _scores(partial(_f_statistic, part.task != "regression"), prepared, target))
    return kept


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
