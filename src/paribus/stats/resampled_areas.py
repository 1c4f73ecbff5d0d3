"""Areas under the ROC curve on many resamples of the same rows: each configuration's rows are sorted once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def resampled_areas(
    positive: NDArray[np.bool_], predictions: NDArray[np.float32], resamples: Sequence[NDArray[np.int64]]
) -> Floats:
    """The area of each of `predictions`, (configuration, row), on each resample of row numbers:
    (resample, configuration). Ties count half; NaN on a resample of one class.

    To the bit what sorting every resample anew gives: a row drawn twice weighs two.
    """
    order = np.argsort(-predictions, axis=1, kind="stable")
    before, end = _ties(np.take_along_axis(predictions, order, axis=1))
    found = np.empty((len(resamples), len(predictions)))
    for place, rows in enumerate(resamples):
        weight = np.bincount(rows, minlength=len(positive))
        pairs = int(weight[positive].sum()) * int(weight[~positive].sum())
        found[place] = _twice_area(weight, positive, order, before, end) / 2 / pairs if pairs else np.nan
    return found


def _ties(ranked: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each place of sorted scores, (configuration, place), how many places come before its ties, and
    how many up to their end.
    """
    n = ranked.shape[1]
    first = np.ones(ranked.shape, dtype=np.bool_)
    first[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    last = np.ones(ranked.shape, dtype=np.bool_)
    last[:, :-1] = first[:, 1:]
    places = np.arange(n)
    before = np.maximum.accumulate(np.where(first, places, 0), axis=1)
    end = np.minimum.accumulate(np.where(last, places + 1, n)[:, ::-1], axis=1)[:, ::-1]
    return before, end


def _twice_area(
    weight: NDArray[np.int64],
    positive: NDArray[np.bool_],
    order: NDArray[np.intp],
    before: NDArray[np.intp],
    end: NDArray[np.intp],
) -> NDArray[np.int64]:
    """Twice the number of (positive, negative) pairs in the right order, (configuration,)."""
    found = np.zeros((len(order), order.shape[1] + 1), dtype=np.int64)
    np.cumsum((weight * positive)[order], axis=1, out=found[:, 1:])
    above = np.take_along_axis(found, before, axis=1)
    above += np.take_along_axis(found, end, axis=1)
    twice: NDArray[np.int64] = np.einsum("cr,cr->c", (weight * ~positive)[order], above)
    return twice
