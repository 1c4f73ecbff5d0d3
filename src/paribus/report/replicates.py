"""The stored predictions of a configuration's trials."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.store.arrays import unpack
from paribus.store.record import Key, Record


def all_predictions(record: Record) -> dict[Key, NDArray[np.float32]]:
    """Predictions of the validation rows by every trial that is done, by (config_id, fold, seed)."""
    query = "select config_id, fold, seed, arrays from outcomes where status = 'done' order by 1, 2, 3"
    return {
        tuple(key): unpack(blob)["predictions"].astype(np.float32)
        for *key, blob in record.connection.execute(query)
    }


def calls_one_class(predictions: NDArray[np.float32]) -> bool:
    """Whether every row is put into one class; predictions as an outcome has them."""
    called = predictions.argmax(axis=-1) if predictions.ndim > 1 else predictions > 0.5
    return bool((called == called[0]).all())


def replicate_predictions(record: Record, config_id: str, opened: bool = False) -> NDArray[np.float32] | None:
    """Predictions of the validation rows (of the opened test rows), (replicate, row[, class]);
    None where a trial has none.
    """
    table = "openings" if opened else "outcomes"
    rows = record.connection.execute(
        f"select arrays from {table} where config_id = ? order by fold, seed", (config_id,)
    ).fetchall()
    found = [unpack(blob).get("predictions") for (blob,) in rows]
    if not found or any(each is None for each in found):
        return None
    return np.stack([each.astype(np.float32) for each in found if each is not None])
