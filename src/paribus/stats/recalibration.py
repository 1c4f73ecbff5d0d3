"""Recalibration: probabilities mended by a map fitted on validation, never for the worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize
from sklearn.isotonic import IsotonicRegression

from paribus.stats.thresholds import FOLDS, stratified_folds

Floats = NDArray[np.float64]
_LEAST = float(np.finfo(np.float32).eps)
"""Probabilities are kept this far from 0 and 1, so that a logit and a log loss exist."""


class Map(Protocol):
    """What turns probabilities, (row,) or (row, class), into better ones."""

    def __call__(self, probability: ArrayLike) -> Floats:
        """The mended probabilities, of the same shape."""
        ...


@dataclass(frozen=True)
class Unchanged:
    """Probabilities as they are."""

    def __call__(self, probability: ArrayLike) -> Floats:
        """The same."""
        return np.asarray(probability, dtype=np.float64)


@dataclass(frozen=True)
class Temperature:
    """Logits divided by one number: above 1 it takes confidence away, and no call changes."""

    temperature: float

    def __call__(self, probability: ArrayLike) -> Floats:
        """Of one class (row,), or of several (row, class)."""
        p = np.asarray(probability, dtype=np.float64)
        if p.ndim == 1:
            return _sigmoid(_logit(p) / self.temperature)
        scaled = np.log(np.clip(p, _LEAST, 1)) / self.temperature
        powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Platt:
    """A logistic curve of the logit."""

    slope: float
    shift: float

    def __call__(self, probability: ArrayLike) -> Floats:
        """Of one class, (row,)."""
        return _sigmoid(self.slope * _logit(np.asarray(probability, dtype=np.float64)) + self.shift)


@dataclass(frozen=True)
class Isotonic:
    """A rising line through knots."""

    knots: tuple[float, ...]
    heights: tuple[float, ...]

    def __call__(self, probability: ArrayLike) -> Floats:
        """Of one class, (row,)."""
        return np.interp(np.asarray(probability, dtype=np.float64), self.knots, self.heights)


@dataclass(frozen=True)
class Recalibration:
    """The map that was chosen (method "none": none was better) and the log losses on validation.

    `cross_fitted` has every method's log loss on rows that it wasn't fitted on, "none" among them.
    """

    method: str
    map: Map
    log_loss_before: float
    log_loss_after: float
    cross_fitted: dict[str, float]
    n: int
    assumes: str = "validation rows like those to come"


def temperature(truth: NDArray[np.generic], probability: Floats) -> Temperature:
    """The one temperature of the least log loss. Guo et al. 2017."""

    def loss(log: float) -> float:
        return log_loss(truth, Temperature(float(np.exp(log)))(probability))

    found = optimize.minimize_scalar(loss, bounds=(-4.0, 4.0), method="bounded", options={"xatol": 1e-8})
    return Temperature(float(np.exp(found.x)))


def platt(truth: NDArray[np.generic], probability: Floats) -> Platt:
    """Slope and shift of the least log loss against targets drawn in from 0 and 1. Platt 1999."""
    positive = np.asarray(truth) == 1
    ups, downs = int(positive.sum()), int((~positive).sum())
    target = np.where(positive, (ups + 1) / (ups + 2), 1 / (downs + 2))
    logit = _logit(probability)

    def loss(line: Floats) -> tuple[float, Floats]:
        z = line[0] * logit + line[1]
        slope = _sigmoid(z) - target
        return float((np.logaddexp(0, z) - target * z).sum()), np.array([slope @ logit, slope.sum()])

    found = optimize.minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS")
    return Platt(float(found.x[0]), float(found.x[1]))


def isotonic(truth: NDArray[np.generic], probability: Floats) -> Isotonic:
    """The rising map of the least squared error. Zadrozny & Elkan 2002."""
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    fitted.fit(probability, (np.asarray(truth) == 1).astype(np.float64))
    return Isotonic(tuple(map(float, fitted.X_thresholds_)), tuple(map(float, fitted.y_thresholds_)))


_Fit = Callable[[NDArray[np.generic], Floats], Map]
FITS: dict[str, _Fit] = {"temperature": temperature, "platt": platt, "isotonic": isotonic}
"""Of several classes: temperature alone."""


def recalibrate(truth: ArrayLike, probability: ArrayLike) -> Recalibration:
    """The best of all maps for validation's truth (row,) and probabilities, (row,) or (row, class).

    Guarded: a map is taken only if its log loss is the least both on rows that it wasn't fitted on,
    by five folds, and below that of the probabilities as they are on all of them. Raises ValueError
    where a class has fewer rows than folds.
    """
    y, p = np.asarray(truth), np.asarray(probability, dtype=np.float64)
    fewest = int(np.unique(y, return_counts=True)[1].min())
    if fewest < FOLDS or len(np.unique(y)) < 2:
        raise ValueError(f"recalibration needs {FOLDS} rows of each class, the rarest has {fewest}")
    fits = FITS if p.ndim == 1 else {"temperature": temperature}
    before = log_loss(y, p)
    losses = {"none": before, **{name: _cross_fitted(fit, y, p) for name, fit in fits.items()}}
    best = min(losses, key=lambda name: losses[name])
    chosen = Unchanged() if best == "none" else fits[best](y, p)
    after = log_loss(y, chosen(p))
    if after > before:
        best, chosen, after = "none", Unchanged(), before
    return Recalibration(best, chosen, before, after, losses, len(y))


def log_loss(truth: NDArray[np.generic], probability: Floats) -> float:
    """The mean negative log likelihood, probabilities kept off 0 and 1."""
    if probability.ndim == 1:
        likely = np.where(np.asarray(truth) == 1, probability, 1 - probability)
    else:
        likely = probability[np.arange(len(probability)), truth.astype(np.int64)]
    return float(-np.log(np.clip(likely, _LEAST, 1)).mean())


def _cross_fitted(fit: _Fit, truth: NDArray[np.generic], p: Floats) -> float:
    folds, mended = stratified_folds(truth), np.empty_like(p)
    for fold in range(FOLDS):
        inside = folds == fold
        mended[inside] = fit(truth[~inside], p[~inside])(p[inside])
    return log_loss(truth, mended)


def _logit(p: Floats) -> Floats:
    kept = np.clip(p, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(kept / (1 - kept)))


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -700, 700))))
