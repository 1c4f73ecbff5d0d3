"""Dropout of a hidden layer's values. Their papers: `paribus options dropout`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.engines.numpy.matrix import Matrix

ALPHA = -1.7580993408473766
"""Selu's lower limit, where alpha dropout leaves a unit."""


def drop(values: Matrix, noise: NDArray[np.float32], rate: float, kind: str) -> tuple[Matrix, Matrix]:
    """Values (row, unit) after dropout, and their derivatives by the values before."""
    # The noise is float32: held against the rate as float32, equal bits are equal for every engine.
    kept = (noise >= np.float32(rate)).astype(np.float64)
    if kind == "alpha":
        scale = ((1 - rate) * (1 + rate * ALPHA**2)) ** -0.5
        return scale * (kept * values + (1 - kept) * ALPHA) - scale * rate * ALPHA, scale * kept
    return kept * values / (1 - rate), kept / (1 - rate)
