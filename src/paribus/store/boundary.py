"""What the chosen network says of every place of two features, epoch after epoch, as the record keeps it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.store.record import Record

_FACT = "boundary"
_MOST = 255


@dataclass(frozen=True, eq=False)
class Boundary:
    """Of one trial's network, read off at each of `epochs`, on a square of places.

    The places stand evenly from `low` to `high` of each feature. `called`: class codes,
    (epoch, place of the second feature, place of the first); `sureness`: the probability of that class,
    of the same shape.
    """

    config_id: str
    fold: int
    seed: int
    features: tuple[str, str]
    low: tuple[float, float]
    high: tuple[float, float]
    epochs: tuple[int, ...]
    called: NDArray[np.uint8]
    sureness: NDArray[np.float32]


def put_boundary(record: Record, found: Boundary) -> None:
    """Keep it in place of another's: probabilities in 255 steps."""
    sureness = np.round(found.sureness * _MOST).astype(np.uint8)
    told = {
        **{"config_id": found.config_id, "fold": found.fold, "seed": found.seed},
        **{"features": found.features, "low": found.low, "high": found.high, "epochs": found.epochs},
        "called": b64encode(found.called.tobytes()).decode(),
        "sureness": b64encode(sureness.tobytes()).decode(),
        "shape": found.called.shape,
    }
    record.put_facts(**{_FACT: told})


def boundary(record: Record, config_id: str) -> Boundary | None:
    """That of this configuration, if the record keeps it."""
    told = record.fact(_FACT)
    if told is None or told["config_id"] != config_id:
        return None
    called, steps = (
        np.frombuffer(b64decode(told[name]), np.uint8).reshape(told["shape"])
        for name in ("called", "sureness")
    )
    return Boundary(
        config_id=config_id,
        fold=told["fold"],
        seed=told["seed"],
        features=(told["features"][0], told["features"][1]),
        low=(told["low"][0], told["low"][1]),
        high=(told["high"][0], told["high"][1]),
        epochs=tuple(told["epochs"]),
        called=called,
        sureness=(steps / np.float32(_MOST)).astype(np.float32),
    )
