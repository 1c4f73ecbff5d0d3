"""Optimizers by name, one rule a file."""

from __future__ import annotations

from paribus.population.optimizers.adadelta import Adadelta
from paribus.population.optimizers.adagrad import Adagrad
from paribus.population.optimizers.adam import Adam
from paribus.population.optimizers.adamax import Adamax
from paribus.population.optimizers.base import Optimizer, Piece
from paribus.population.optimizers.lion import Lion
from paribus.population.optimizers.nadam import Nadam
from paribus.population.optimizers.rmsprop import RMSprop
from paribus.population.optimizers.sgd import SGD

__all__ = ["OPTIMIZERS", "Optimizer", "Piece", "n_states"]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": Adam,
    "nadam": Nadam,
    "adamax": Adamax,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "lion": Lion,
}


def n_states(name: str, momentum: bool) -> int:
    """How many arrays of the parameters' size the optimizer keeps."""
    return OPTIMIZERS[name].n_states + (momentum and name in ("sgd", "rmsprop"))
