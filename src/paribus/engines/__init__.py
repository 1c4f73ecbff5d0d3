"""Engines: what trains a trial. One protocol, one file an engine."""

from paribus.engines.numpy import NumpyEngine
from paribus.engines.population import PopulationEngine
from paribus.engines.protocol import Engine, Folds, Sizes

ENGINES: dict[str, Engine] = {engine.name: engine for engine in (PopulationEngine(), NumpyEngine())}

__all__ = ["ENGINES", "Engine", "Folds", "NumpyEngine", "PopulationEngine", "Sizes"]
