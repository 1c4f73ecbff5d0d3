"""Transforms of a regression's target, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import PowerTransformer, QuantileTransformer, StandardScaler

from paribus.errors import DataError, StudyError

_LARGEST_LOG = 88.0
"""Of what a 32-bit float can still hold the exponential."""


class TargetTransform:
    """Fitted on the training rows' targets, (row,) or (row, output)."""

    def __init__(self, name: str, target: NDArray[np.float64]) -> None:
        self.name = name
        self.fitted: Any = None
        if name == "log":
            _check_log(target)
            return
        self.fitted = {
            "standard": StandardScaler,
            "power": PowerTransformer,
            "quantile": lambda: QuantileTransformer(
                n_quantiles=min(1000, len(target)), subsample=None, output_distribution="normal"
            ),
        }[name]().fit(_columns(target))
        transformed = self.fitted.transform(_columns(target))
        self.low, self.high = transformed.min(axis=0), transformed.max(axis=0)

    def apply(self, target: NDArray[np.float64]) -> NDArray[np.float64]:
        """Targets as the networks are trained on them. Raises DataError where log has no value."""
        if self.fitted is None:
            _check_log(target)
            return np.log1p(target)
        found: NDArray[np.float64] = self.fitted.transform(_columns(target)).reshape(target.shape)
        return found

    def restore(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Predictions in the target's own units. Shape: (..., output), or any where there is one.

        Power and quantile have no way back from beyond the training targets: what lies there is moved
        to their end.
        """
        exact = values.astype(np.float64)
        if self.fitted is None:
            return np.expm1(np.minimum(exact, _LARGEST_LOG))
        rows = exact.reshape(-1, len(self.low))
        if self.name != "standard":
            rows = np.clip(rows, self.low, self.high)
        found: NDArray[np.float64] = self.fitted.inverse_transform(rows).reshape(exact.shape)
        return found


def fit_target(name: str, task: str, target: NDArray[Any]) -> TargetTransform | None:
    """The transform of this name, fitted; None for none. Raises StudyError for classes."""
    if name == "none":
        return None
    if task != "regression":
        raise StudyError(
            f"prepare.target = '{name}' transforms numbers, but the task is {task}: choose 'none'"
        )
    return TargetTransform(name, target)


def _columns(target: NDArray[np.float64]) -> NDArray[np.float64]:
    return target.reshape(len(target), -1)


def _check_log(target: NDArray[np.float64]) -> None:
    if (target <= -1).any():
        raise DataError(
            f"prepare.target = 'log' takes log(1 + y), and the target holds {target.min():g}: every value"
            " must be above -1. Choose 'power' or 'quantile'"
        )
