"""Sequential selection, forward and backward, by an estimator's cross-validated score.

Ferri, Pudil, Hatef & Kittler, Pattern Recognition in Practice IV, 1994.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from paribus.data.parts import TrainingPart
from paribus.errors import DataError

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
    direction: Literal["forward", "backward"],
    k: int,
    estimator: str,
    prepared: NDArray[np.float64],
    part: TrainingPart,
    target: NDArray[Any],
    random_state: int,
) -> NDArray[np.bool_]:
    """Which features scikit-learn's selector keeps: (feature,). `prepared`: (row, feature).

    Scores are ROC AUC for two classes, log loss for more, R² for numbers, over at most 5 shuffled
    folds. Raises DataError where a class, or the part, has too few rows for two folds.
    """
    if k == prepared.shape[1]:
        return np.ones(k, dtype=np.bool_)
    folds = _folds(part, direction)
    scoring: str | Callable[..., float]
    if part.task == "regression":
        scoring, cv = "r2", KFold(folds, shuffle=True, random_state=random_state)
    else:
        scoring = roc_auc if part.task == "binary" else "neg_log_loss"
        cv = StratifiedKFold(folds, shuffle=True, random_state=random_state)
    model = make_estimator(estimator, part.task, prepared.shape[1], random_state)
    selector = SequentialFeatureSelector(
        model, n_features_to_select=k, scoring=scoring, cv=cv, direction=direction
    )
    kept: NDArray[np.bool_] = selector.fit(prepared, target).get_support()
    return kept


def roc_auc(model: Any, features: NDArray[np.float64], target: NDArray[np.int64]) -> float:
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
