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
        if name == "log":
            _check_log(target)
        self.fitted: Any = {
            "log": StandardScaler,
            "standard": StandardScaler,
            "power": PowerTransformer,
            "quantile": lambda: QuantileTransformer(
                n_quantiles=min(1000, len(target)), subsample=None, output_distribution="normal"
            ),
        }[name]().fit(self._columns(target))
        transformed = self.fitted.transform(self._columns(target))
        self.low, self.high = transformed.min(axis=0), transformed.max(axis=0)

    def apply(self, target: NDArray[np.float64]) -> NDArray[np.float64]:
        """Targets as the networks are trained on them. Raises DataError where log has no value."""
        if self.name == "log":
            _check_log(target)
        found: NDArray[np.float64] = self.fitted.transform(self._columns(target)).reshape(target.shape)
        return found

    def restore(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Predictions in the target's own units. Shape: (..., output), or any where there is one.

        Power and quantile have no way back from beyond the training targets: what lies there is moved
        to their end.
        """
        exact = values.astype(np.float64)
        rows = exact.reshape(-1, len(self.low))
        if self.name in ("power", "quantile"):
            return np.asarray(self.fitted.inverse_transform(np.clip(rows, self.low, self.high))).reshape(
                exact.shape
            )
        # by hand: asked for every epoch of every network
        found = np.asarray(rows * self.fitted.scale_ + self.fitted.mean_).reshape(exact.shape)
        return np.expm1(np.minimum(found, _LARGEST_LOG)) if self.name == "log" else found

    def _columns(self, target: NDArray[np.float64]) -> NDArray[np.float64]:
        """As (row, output), the logarithm already taken."""
        columns = target.reshape(len(target), -1)
        return np.log1p(columns) if self.name == "log" else columns


def fit_target(name: str, task: str, target: NDArray[Any]) -> TargetTransform | None:
    """The transform of this name, fitted; None for none. Raises StudyError for classes."""
    if name == "none":
        return None
    if task != "regression":
        raise StudyError(
            f"prepare.target = '{name}' transforms numbers, but the task is {task}: choose 'none'"
        )
    return TargetTransform(name, target)


def _check_log(target: NDArray[np.float64]) -> None:
    if (target <= -1).any():
        raise DataError(
            f"prepare.target = 'log' takes log(1 + y), and the target holds {target.min():g}: every value"
            " must be above -1. Choose 'power' or 'quantile'"
        )
