"""scikit-learn's multilayer perceptrons, as far as they go."""

from paribus.engines.sklearn.engine import SklearnEngine

__all__ = ["SklearnEngine"]
