"""A loop by hand on TensorFlow: GradientTape, losses, clipping (extra `tensorflow`).

Layers and optimizers are those of Keras, which come with TensorFlow.
"""

from paribus.engines.tensorflow.engine import TensorFlowEngine

__all__ = ["TensorFlowEngine"]
