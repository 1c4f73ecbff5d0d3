"""The reference: one network at a time, plain NumPy in float64, slow and obvious on purpose.

docs/arithmetic.md as code, to be read in one sitting: activations, normalisation, dropout, network,
losses, optimizers, descent, schedules, watch, training; `engines/training.py` is the loop of epochs around
it. The fast engine is held to it.
"""

from paribus.engines.numpy.engine import NumpyEngine

__all__ = ["NumpyEngine"]
