"""Optimizers for all members at once; one short file each."""

from paribus.population.optimizers.adam import Adam
from paribus.population.optimizers.base import Optimizer
from paribus.population.optimizers.rmsprop import RMSprop
from paribus.population.optimizers.sgd import SGD

OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "adam": Adam, "rmsprop": RMSprop}

__all__ = ["OPTIMIZERS", "Optimizer"]
