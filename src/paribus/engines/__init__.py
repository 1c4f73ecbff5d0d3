"""Engines: what trains a trial. One protocol, one file or folder an engine.

Libraries of extras are imported when an engine first trains.
"""

from paribus.engines.keras import KerasEngine
from paribus.engines.numpy import NumpyEngine
from paribus.engines.population import PopulationEngine
from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.engines.sklearn import SklearnEngine
from paribus.engines.tensorflow import TensorFlowEngine
from paribus.engines.torch import TorchEngine

ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        PopulationEngine(),
        TorchEngine(),
        NumpyEngine(),
        SklearnEngine(),
        KerasEngine(),
        TensorFlowEngine(),
    )
}

__all__ = ["ENGINES", "Engine", "Folds", "NumpyEngine", "PopulationEngine", "Sizes"]
