"""Losses by name, one a file."""

from __future__ import annotations

from paribus.population.losses.base import Loss, predict_, sum_last
from paribus.population.losses.crossentropy import BinaryCrossentropy, CategoricalCrossentropy
from paribus.population.losses.errors import Huber, MeanAbsoluteError, MeanSquaredError
from paribus.population.losses.focal import Focal
from paribus.population.losses.hinge import Hinge

__all__ = ["ALLOWED_LOSSES", "LOSSES", "Loss", "predict_", "resolve_loss", "sum_last"]

LOSSES: dict[str, type[Loss]] = {
    "binary_crossentropy": BinaryCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "mse": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "huber": Huber,
    "hinge": Hinge,
    "focal": Focal,
}
ALLOWED_LOSSES: dict[str, tuple[str, ...]] = {
    kind: tuple(name for name, loss in LOSSES.items() if kind in loss.kinds)
    for kind in ("binary", "multiclass", "multilabel", "regression")
}
_AUTO = {
    "binary": "binary_crossentropy",
    "multiclass": "categorical_crossentropy",
    "multilabel": "binary_crossentropy",
    "regression": "mse",
}


def resolve_loss(loss: str, kind: str) -> str:
    """The loss meant by `auto` for a task."""
    return _AUTO[kind] if loss == "auto" else loss
