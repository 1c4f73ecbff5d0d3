"""What can't be trained, asked of every configuration before it is."""

from __future__ import annotations

from collections.abc import Iterable

from paribus.engines import ENGINES
from paribus.population.outcome import Task
from paribus.study.configuration import Configuration
from paribus.study.images import seeing_problem
from paribus.study.problems import Problem, WrongStudyError
from paribus.study.text import reading_problem


def refuse(name: str, configurations: Iterable[Configuration], task: Task) -> None:
    """Raise `WrongStudyError` for the first configuration of the stage `name` that would not be trained as it
    is asked for.
    """
    for configuration in configurations:
        engine = ENGINES[configuration.train.engine]
        told = (
            seeing_problem(configuration, task.image)
            or reading_problem(configuration)
            or _rounding(configuration, task)
            or engine.refusal(configuration, task)
        )
        if told:
            raise WrongStudyError([Problem((), f"'{name}': {told}")])


def _rounding(configuration: Configuration, task: Task) -> str:
    kind = configuration.network.kind
    large = task.of_images or configuration.reads_text
    if configuration.train.precision != "bfloat16" or kind == "mlp" or large:
        return ""
    return f"train.precision = 'bfloat16' rounds products of an mlp, not of network.kind = '{kind}': say auto"
