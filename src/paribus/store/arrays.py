"""Arrays as bytes in the record: safetensors, so that reading one never runs code."""

from __future__ import annotations

import json
from functools import lru_cache
from io import BytesIO
from sqlite3 import Blob
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from paribus.population.outcome import Outcome


def pack(outcome: Outcome) -> bytes:
    """Curves, predictions and weights of an outcome."""
    arrays: dict[str, NDArray[np.generic]] = {
        f"curve {name}": values for name, values in outcome.curves.items()
    }
    arrays |= {f"weights {layer}": matrix for layer, matrix in enumerate(outcome.weights)}
    if outcome.predictions is not None:
        arrays["predictions"] = outcome.predictions
    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def unpack(blob: bytes) -> dict[str, NDArray[np.generic]]:
    """The arrays that `pack` put together, by name."""
    return dict(load(blob))


def read_one(blob: Blob | BytesIO, name: str) -> NDArray[np.generic] | None:
    """One array of what `pack` put together, without reading the others; None where it isn't there."""
    length = int.from_bytes(blob.read(_LENGTH), "little")
    entry = _entries(blob.read(length)).get(name)
    if entry is None:
        return None
    start, end = entry["data_offsets"]
    blob.seek(_LENGTH + length + start)
    array: NDArray[np.generic] = np.frombuffer(blob.read(end - start), dtype=_TYPES[entry["dtype"]])
    return array.reshape(entry["shape"])


@lru_cache(maxsize=256)
def _entries(header: bytes) -> dict[str, Any]:
    """Where each array lies: the same for all networks of one shape and as many epochs."""
    found: dict[str, Any] = json.loads(header)
    return found


_LENGTH = 8
"""Bytes that say how long the header of safetensors is."""
_TYPES = {"F32": "<f4", "F64": "<f8"}


def curves(arrays: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """The curves among `arrays`, by the value's name."""
    return {name.removeprefix("curve "): array for name, array in arrays.items() if name.startswith("curve ")}


def weights(arrays: dict[str, NDArray[np.generic]]) -> tuple[NDArray[np.float32], ...]:
    """The layers' weights among `arrays`, first layer first."""
    n_layers = sum(name.startswith("weights ") for name in arrays)
    return tuple(arrays[f"weights {layer}"].astype(np.float32) for layer in range(n_layers))
