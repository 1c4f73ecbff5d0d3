"""Calibration: whether of the rows called 70 % likely, 70 % are positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.stats.intervals import Interval, wilson

Floats = NDArray[np.float64]
BINS = 10


@dataclass(frozen=True)
class Bin:
    """Rows of similar probability: their mean probability, the share that is positive, its interval."""

    low: float
    high: float
    rows: int
    mean_probability: float
    share_positive: float
    interval: Interval


@dataclass(frozen=True)
class Calibration:
    """The reliability curve, the expected and the largest calibration error, and Brier's score in parts.

    brier = reliability − resolution + uncertainty + within, the last being what the bins blur.
    """

    bins: tuple[Bin, ...]
    expected_error: float
    largest_error: float
    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    n: int
    methods: tuple[str, ...] = ("reliability", "calibration_error", "brier_decomposition")
    assumes: str = "rows independent; an error depends on the bins, and is above 0 by chance alone"


def calibration(
    truth: ArrayLike,
    probability: ArrayLike,
    bins: int = BINS,
    widths: Literal["equal_width", "equal_rows"] = "equal_width",
) -> Calibration:
    """Of truth (0 or 1) and the probability of the positive class, each (row,); empty bins are left out.

    Murphy & Winkler 1977; Naeini et al. 2015; Murphy 1973; Stephenson et al. 2008. Raises ValueError.
    """
    y, p = np.asarray(truth, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    if y.shape != p.shape or y.ndim != 1 or not len(y):
        raise ValueError(f"truth and probabilities must be one row of equal length: {y.shape}, {p.shape}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("probabilities must lie between 0 and 1")
    edges = np.linspace(0, 1, bins + 1) if widths == "equal_width" else _quantiles(p, bins)
    place = np.clip(np.searchsorted(edges, p, side="left") - 1, 0, len(edges) - 2)
    found = tuple(
        _bin(float(edges[number]), float(edges[number + 1]), y[place == number], p[place == number])
        for number in np.unique(place)
    )
    shares = np.array([each.rows for each in found]) / len(y)
    means = np.array([each.mean_probability for each in found])
    positives = np.array([each.share_positive for each in found])
    base = float(y.mean())
    reliability = float(shares @ np.square(means - positives))
    resolution = float(shares @ np.square(positives - base))
    brier = float(np.square(p - y).mean())
    gaps = np.abs(means - positives)
    return Calibration(
        bins=found,
        expected_error=float(shares @ gaps),
        largest_error=float(gaps.max()),
        brier=brier,
        reliability=reliability,
        resolution=resolution,
        uncertainty=base * (1 - base),
        within=brier - reliability + resolution - base * (1 - base),
        n=len(y),
    )


def top_label(truth: ArrayLike, probability: ArrayLike) -> tuple[NDArray[np.bool_], Floats]:
    """Of several classes: whether the likeliest is right, and its probability, each (row,).

    Truth is (row,), the probability (row, class): `calibration` of these is that of the confidence.
    """
    p = np.asarray(probability, dtype=np.float64)
    return np.asarray(truth) == p.argmax(axis=-1), p.max(axis=-1)


def _bin(low: float, high: float, y: Floats, p: Floats) -> Bin:
    return Bin(low, high, len(y), float(p.mean()), float(y.mean()), wilson(int(y.sum()), len(y)))


def _quantiles(p: Floats, bins: int) -> Floats:
    """Edges with about as many rows between any two; equal probabilities stay together."""
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
    return edges if len(edges) > 1 else np.array([0.0, 1.0])
