"""The engines that are held to the oracles, and how far from them each may end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from numpy.typing import NDArray

from paribus.engines import ENGINES
from paribus.engines.numpy.training import Training
from paribus.engines.torch.training import Training as TorchTraining
from paribus.population.outcome import FoldArrays, Lineage, Task


class Held(NamedTuple):
    """An engine in one precision.

    `native`: whether the population may use its compiled epoch; `tolerance`: of `cases.apart`.
    """

    name: str
    engine: str
    precision: str
    native: bool
    tolerance: float


HELD = (
    Held("numpy", "numpy", "float64", False, 1e-9),
    Held("population, float64", "population", "float64", False, 1e-9),
    Held("population, float32", "population", "float32", False, 1e-4),
    Held("population, native", "population", "float32", True, 1e-4),
    Held("torch, float64", "torch", "float64", False, 1e-9),
    Held("torch, float32", "torch", "float32", False, 1e-4),
)


def trained(held: Held, lineage: Lineage, data: FoldArrays, task: Task) -> tuple[NDArray[Any], ...]:
    """The engine's weights after the last epoch, the reference's before they are rounded; none where
    the training diverged.
    """
    if held.engine == "numpy":
        training = Training(lineage, data, task)
        (outcome,) = training.outcomes()
        return tuple(training.network.arrays) if outcome.status == "done" else ()
    configuration = lineage.configuration
    rule = configuration.train.model_copy(update={"precision": held.precision})
    lineage = replace(lineage, configuration=replace(configuration, train=rule))
    if held.engine == "torch":
        loop = TorchTraining(lineage, data, task)
        (outcome,) = loop.outcomes()
        return loop.network.arrays() if outcome.status == "done" else ()
    (outcome,) = ENGINES[held.engine].train([lineage], {lineage.data: data}, task)
    return outcome.weights
