"""What small models that are made without a run have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.table import Table
from paribus.deliver.schema import Column, Schema


def schema(table: Table, columns: tuple[Column, ...], rows: int, **told: Any) -> Schema:
    """What one network, fitted on so many rows of the table, says of itself; `told` stands over that."""
    plain = {
        "paribus": "0",
        "study": "made",
        "config_id": "0",
        "made_from": "0",
        "task": table.task,
        "columns": columns,
        "classes": table.classes,
        "targets": table.outputs,
        "outputs": ("prediction",) if table.task == "regression" else ("label", "probabilities"),
        "model": "refit",
        "members": 1,
        "calibration": "none",
        "threshold": 0.5 if table.task == "binary" else None,
        "rows": rows,
        "settings": {},
    }
    return Schema(**{**plain, **told})


def moved(arrays: Iterable[NDArray[Any]], by: float, seed: int) -> tuple[NDArray[Any], ...]:
    """A network's numbers, each moved by noise: what starts at 0 would hide a lost bias or a wrong gate."""
    random = np.random.default_rng(seed)
    return tuple(
        (array + random.normal(0, by, array.shape)).astype(np.float32) if array.dtype.kind == "f" else array
        for array in arrays
    )
