"""The stored predictions of a configuration's trials."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.store.record import Key, Record

ENOUGH = 5
"""Rows of the rarest class that a network which tells classes apart hardly misses altogether."""


def calls_one_class(predictions: NDArray[np.float32]) -> bool:
    """Whether every row is put into one class; predictions as an outcome has them."""
    called = predictions.argmax(axis=-1) if predictions.ndim > 1 else predictions > 0.5
    return bool((called == called[0]).all())


def one_class_trials(record: Record) -> set[Key]:
    """The (config_id, fold, seed) of every trial that calls all its validation rows alike.

    A few rows may rightly be called alike: small folds are looked at together, of one configuration and seed.
    """
    small = {fold for fold, truth in record.truths("val").items() if _rarest(truth.truth) < ENOUGH}
    alike: set[Key] = set()
    for config_id, found in record.all_predictions():
        together = [
            [key for key in found if key[0] in small and key[1] == seed] for seed in {s for _, s in found}
        ]
        for keys in (*together, *([key] for key in found if key[0] not in small)):
            rows = [found[key] for key in keys]
            if sum(map(len, rows)) > 1 and calls_one_class(np.concatenate(rows)):
                alike |= {(config_id, *key) for key in keys}
    return alike


def _rarest(truth: NDArray[np.generic]) -> int:
    """The rows of the rarest class; 0 for a single class."""
    counts = np.unique(truth, return_counts=True)[1]
    return int(counts.min()) if len(counts) > 1 else 0


def sealed_predictions(record: Record, config_id: str) -> NDArray[np.float32] | None:
    """Of the opened test rows, the mean over the networks of all folds: (seed, row[, class]).

    None for a configuration that the sealed part was not opened for.
    """
    found = record.predictions(config_id, opened=True)
    seeds = sorted({seed for _, seed in found})
    if not seeds:
        return None
    return np.stack(
        [
            np.mean([each for (_, of), each in found.items() if of == seed], axis=0, dtype=np.float64)
            for seed in seeds
        ]
    ).astype(np.float32)
