"""The stored predictions of a configuration's trials."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.store.record import Key, Record


def calls_one_class(predictions: NDArray[np.float32]) -> bool:
    """Whether every row is put into one class; predictions as an outcome has them."""
    called = predictions.argmax(axis=-1) if predictions.ndim > 1 else predictions > 0.5
    return bool((called == called[0]).all())


def one_class_trials(record: Record) -> set[Key]:
    """The (config_id, fold, seed) of every trial that calls all its validation rows alike: two or more."""
    configurations = [row for (row,) in record.connection.execute("select config_id from configurations")]
    return {
        (config_id, fold, seed)
        for config_id in configurations
        for (fold, seed), found in record.predictions(config_id).items()
        if len(found) > 1 and calls_one_class(found)
    }


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
