"""Sequential selection, forward and backward, by an estimator's cross-validated score.

Ferri, Pudil, Hatef & Kittler, Pattern Recognition in Practice IV, 1994. What scikit-learn's
SequentialFeatureSelector keeps, on a path that is shared: see `path`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from paribus.data.parts import TrainingPart
from paribus.data.prepare.path import Path, shared_path
from paribus.errors import DataError

Matrix = NDArray[np.float64]
Direction = Literal["forward", "backward"]
_WIDE = 500
"""From so many features on a Newton step costs more than it saves."""


def make_estimator(name: str, task: str, n_features: int, random_state: int) -> Any:
    """An unfitted estimator of features' worth: linear, tree or knn."""
    regression = task == "regression"
    match name:
        case "linear" if regression:
            return Ridge()
        case "linear":
            # Newton steps converge whatever the features' scale, and few features make them cheap
            solver = "newton-cholesky" if n_features <= _WIDE else "lbfgs"
            return LogisticRegression(solver=solver, max_iter=200)
        case "tree":
            kind = DecisionTreeRegressor if regression else DecisionTreeClassifier
            return kind(max_depth=5, random_state=random_state)
        case "knn":
            return KNeighborsRegressor() if regression else KNeighborsClassifier()
    raise ValueError(f"unknown estimator '{name}'")


def fit_sequential(
    direction: Direction,
    k: int,
    estimator: str,
    prepared: Matrix,
    part: TrainingPart,
    target: NDArray[Any],
    random_state: int,
) -> NDArray[np.bool_]:
    """Which features are kept: (feature,). `prepared`: (row, feature).

    Scores are ROC AUC for two classes, log loss for more, R² for numbers, over at most 5 shuffled
    folds. Raises DataError where a class, or the part, has too few rows for two folds.
    """
    n_features = prepared.shape[1]
    if k == n_features:
        return np.ones(k, dtype=np.bool_)
    folds = _folds(part, direction)
    kind = KFold if part.task == "regression" else StratifiedKFold
    cut = kind(folds, shuffle=True, random_state=random_state).split(prepared, target)
    model = make_estimator(estimator, part.task, n_features, random_state)
    search = _Search(direction, model, _score(part.task), prepared, target, tuple(cut))
    with shared_path(direction, repr(model), part.task, folds, random_state, prepared, target) as path:
        chosen = search.go_on(path, k if direction == "forward" else n_features - k)
    kept = np.zeros(n_features, dtype=np.bool_)
    kept[chosen] = True
    return kept if direction == "forward" else ~kept


@dataclass(frozen=True, eq=False)
class _Search:
    """One feature at a time is added, or taken out. `folds`: rows to fit a model on, and rows to judge it."""

    direction: Direction
    model: Any
    score: Callable[[Any, Matrix, NDArray[Any]], float]
    prepared: Matrix
    target: NDArray[Any]
    folds: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]

    def go_on(self, path: Path, steps: int) -> list[int]:
        """The first `steps` features of a path, in the order of their choice; those that lack are found."""
        while len(path.features) < steps:
            path.add(self._next(path.features))
        return path.features[:steps]

    def _next(self, chosen: list[int]) -> int:
        """The feature whose choice gives the largest score; of equals the first."""
        left = [feature for feature in range(self.prepared.shape[1]) if feature not in chosen]
        return max(left, key=lambda feature: self._worth([*chosen, feature], left, feature))

    def _worth(self, chosen: list[int], left: list[int], feature: int) -> float:
        columns = (
            sorted(chosen) if self.direction == "forward" else [other for other in left if other != feature]
        )
        features = self.prepared[:, columns]
        return float(np.mean([self._fold(features, fitted, judged) for fitted, judged in self.folds]))

    def _fold(self, features: Matrix, fitted: NDArray[np.int64], judged: NDArray[np.int64]) -> float:
        model = clone(self.model).fit(features[fitted], self.target[fitted])
        return self.score(model, features[judged], self.target[judged])


def _score(task: str) -> Callable[[Any, Matrix, NDArray[Any]], float]:
    if task == "binary":
        return roc_auc
    scorer: Callable[[Any, Matrix, NDArray[Any]], float] = get_scorer(
        "r2" if task == "regression" else "neg_log_loss"
    )
    return scorer


def roc_auc(model: Any, features: Matrix, target: NDArray[np.int64]) -> float:
    """Area under the ROC curve as Mann and Whitney's statistic: scikit-learn's, in a tenth of its time."""
    if hasattr(model, "decision_function"):
        ranks = rankdata(model.decision_function(features))
    else:
        ranks = rankdata(model.predict_proba(features)[:, 1])
    positives = int(target.sum())
    above = ranks[target == 1].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(target) - positives)))


def _folds(part: TrainingPart, direction: str) -> int:
    if part.task == "regression":
        folds, what = part.n_rows // 2, f"the training part has {part.n_rows} rows"
    else:
        counts = np.bincount(part.target, minlength=len(part.classes))
        folds, what = (
            int(counts.min()),
            f"class '{part.classes[counts.argmin()]}' has {counts.min()} training rows",
        )
    if folds < 2:
        name = "sfs" if direction == "forward" else "sbs"
        raise DataError(
            f"prepare.select = '{name}' scores features on at least two folds, but {what}:"
            " add rows, or choose another selector"
        )
    return min(5, folds)
