"""Many tests at once: p values adjusted so that a whole study errs as rarely as one test would."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]


def holm(p_values: ArrayLike) -> Floats:
    """P values adjusted so that the chance of any false finding stays at alpha, in the order given.

    Any dependence is allowed. NaN (nothing was tested) stays NaN and isn't counted. Holm 1979.
    """
    return _tested(p_values, _holm)


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """P values adjusted so that the expected share of false findings stays at alpha.

    Independent or positively dependent tests. NaN stays NaN. Benjamini & Hochberg 1995.
    """
    return _tested(p_values, lambda tested: np.asarray(stats.false_discovery_control(tested)))


def _holm(tested: Floats) -> Floats:
    order = np.argsort(tested)
    stepped = np.maximum.accumulate(tested[order] * np.arange(len(tested), 0, -1))
    adjusted = np.empty_like(tested)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def _tested(p_values: ArrayLike, adjust: Callable[[Floats], Floats]) -> Floats:
    values = np.array(p_values, dtype=np.float64)
    known = ~np.isnan(values)
    if known.any():
        values[known] = adjust(values[known])
    return values
