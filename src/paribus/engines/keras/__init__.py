"""Keras' own layers, losses and optimizers, on whatever backend it is set to (extra `keras`).

library, layers, losses, training. Keras is imported when it first trains.
"""

from paribus.engines.keras.engine import KerasEngine

__all__ = ["KerasEngine"]
