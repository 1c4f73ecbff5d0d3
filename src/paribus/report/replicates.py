"""The stored predictions of a configuration's trials."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.store.arrays import unpack
from paribus.store.record import Record


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
