"""Sequential forward selection by a linear model's cross-validated score.

Ferri, Pudil, Hatef & Kittler, Pattern Recognition in Practice IV, 1994.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold

from paribus.data.parts import TrainingPart
from paribus.errors import DataError


def fit_forward(k: int, scaled: NDArray[np.float64], part: TrainingPart, random_state: int) -> Any | None:
    """scikit-learn's selector, fitted; None where all features are kept. `scaled`: (row, feature).

    Scores are ROC AUC for two classes, log loss for more, R² for numbers, over at most 5 shuffled
    folds. Raises DataError where a class, or the part, has too few rows for two folds.
    """
    if k == scaled.shape[1]:
        return None
    folds = _folds(part)
    model: Ridge | LogisticRegression
    scoring: str | Callable[..., float]
    if part.task == "regression":
        model, scoring, cv = Ridge(), "r2", KFold(folds, shuffle=True, random_state=random_state)
    else:
        # Newton steps converge whatever the features' scale, and few features make them cheap
        model = LogisticRegression(solver="newton-cholesky")
        scoring = roc_auc if part.task == "binary" else "neg_log_loss"
        cv = StratifiedKFold(folds, shuffle=True, random_state=random_state)
    selector = SequentialFeatureSelector(model, n_features_to_select=k, scoring=scoring, cv=cv)
    return selector.fit(scaled, part.target)


def roc_auc(model: Any, features: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """Area under the ROC curve as Mann and Whitney's statistic: scikit-learn's, in a tenth of its time."""
    ranks = rankdata(model.decision_function(features))
    positives = int(target.sum())
    above = ranks[target == 1].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(target) - positives)))


def _folds(part: TrainingPart) -> int:
    if part.task == "regression":
        folds, what = part.n_rows // 2, f"the training part has {part.n_rows} rows"
    else:
        counts = np.bincount(part.target, minlength=len(part.classes))
        folds, what = (
            int(counts.min()),
            f"class '{part.classes[counts.argmin()]}' has {counts.min()} training rows",
        )
    if folds < 2:
        raise DataError(
            f"prepare.select = 'sfs' scores features on at least two folds, but {what}:"
            " add rows, or choose another selector"
        )
    return min(5, folds)
