"""Scores that are made of sums over rows, on many resamples: a resample is a weight for each row.

Which rows a resample draws depends on their number alone, so that the weights are drawn once for all
configurations and metrics that share their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.population.metrics import COUNTED, Counts, of_counts, scores
from paribus.seeds import stream

ROWS_AT_ONCE = 2**20
"""Of all resamples that are looked at together."""
KEPT = 2**26
"""Weights that are kept at the most: 64 MB."""
MEANS = ("accuracy", "log_loss", "brier", "mse", "mae", "rmse")
"""Scores that are a mean over rows, or its root."""
Floats = NDArray[np.float64]
Summed = Callable[[Floats], Floats]
"""(resample, row) weights → the replicates' mean score on each resample, (resample,)."""


def resampled_rows(n_rows: int, resamples: int) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """Which resamples, and the rows of each: (resample, row). So many at a time that memory is bounded."""
    random, at_once = stream(0, "bootstrap"), max(1, ROWS_AT_ONCE // n_rows)
    for start in range(0, resamples, at_once):
        some = slice(start, min(start + at_once, resamples))
        yield some, random.integers(0, n_rows, (some.stop - start, n_rows))


def resampled_weights(n_rows: int, resamples: int) -> Iterator[tuple[slice, Floats]]:
    """Which resamples, and how often each draws every row: (resample, row)."""
    if n_rows * resamples > KEPT:
        for some, chosen in resampled_rows(n_rows, resamples):
            yield some, _weights(chosen).astype(np.float64)
        return
    kept, at_once = _kept(n_rows, resamples), max(1, ROWS_AT_ONCE // n_rows)
    for start in range(0, resamples, at_once):
        some = slice(start, min(start + at_once, resamples))
        yield some, kept[some].astype(np.float64)


@lru_cache(maxsize=2)
def _kept(n_rows: int, resamples: int) -> NDArray[np.uint8]:
    return np.concatenate([_weights(chosen) for _, chosen in resampled_rows(n_rows, resamples)])


def _weights(chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
    n_rows = chosen.shape[1]
    return np.stack([np.bincount(rows, minlength=n_rows).clip(max=255).astype(np.uint8) for rows in chosen])


def summed_score(
    kind: str, metric: str, truth: NDArray[np.generic], predictions: NDArray[Any]
) -> Summed | None:
    """How to score resamples by their weights; None for a score that isn't made of sums.

    `predictions` are (replicate, row[, class]), `truth` (row,).
    """
    if kind == "binary" and metric in COUNTED:
        return _counted(metric, truth == 1, predictions > 0.5)
    if kind == "multilabel" or metric not in MEANS or truth.ndim > 1:
        return None
    plain = "mse" if metric == "rmse" else metric
    alone = [scores(kind, [plain], truth[:, None], each[:, None])[plain] for each in predictions]
    values = np.stack(alone, axis=1)

    def mean(weights: Floats) -> Floats:
        found = weights @ values / weights.sum(axis=1, keepdims=True)
        averaged: Floats = (np.sqrt(found) if metric == "rmse" else found).mean(axis=1)
        return averaged

    return mean


def _counted(metric: str, positive: NDArray[np.bool_], called: NDArray[np.bool_]) -> Summed:
    both, calls = ((rows.T).astype(np.float64) for rows in (positive & called, called))

    def score(weights: Floats) -> Floats:
        positives, rows = weights @ positive.astype(np.float64), weights.sum(axis=1)
        tp, made = weights @ both, weights @ calls
        missed, spared = positives[:, None] - tp, (rows - positives)[:, None] - made + tp
        found: Floats = of_counts(metric, Counts(tp, made - tp, missed, spared)).mean(axis=1)
        return found

    return score
