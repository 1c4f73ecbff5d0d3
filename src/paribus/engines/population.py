"""The default engine: many networks as one batched program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import torch

from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.population.grouping import group
from paribus.population.losses import ALLOWED_LOSSES, resolve_loss
from paribus.population.outcome import Lineage, Outcome, Task
from paribus.population.training import train
from paribus.study.configuration import Configuration


def loss_refusal(configuration: Configuration, task: Task) -> str | None:
    """Why the configuration's loss doesn't fit the task, or None: the same for every engine."""
    loss, allowed = resolve_loss(configuration.train.loss, task.kind), ALLOWED_LOSSES[task.kind]
    if loss in allowed:
        return None
    return f"train.loss = '{loss}' does not fit a {task.kind} task (allowed: auto, {', '.join(allowed)})"


class PopulationEngine(Engine):
    """Trains populations of segments of equal shape (`paribus.population`)."""

    name: ClassVar[str] = "population"
    devices: ClassVar[tuple[str, ...]] = ("cpu", "cuda")

    def refusal(self, configuration: Configuration, task: Task) -> str | None:
        """See `Engine.refusal`."""
        return loss_refusal(configuration, task)

    def populations(
        self, lineages: Sequence[Lineage], sizes: Sizes, task: Task, memory: int, device: str = "cpu"
    ) -> list[list[Lineage]]:
        """See `Engine.populations`."""
        return [
            [lineage for _, members in population for lineage in members]
            for population in group(lineages, sizes, task, memory, device)
        ]

    def train(
        self, lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu"
    ) -> list[Outcome]:
        """See `Engine.train`."""
        sizes = {lineage.data: folds[lineage.data].size for lineage in lineages}
        populations = group(lineages, sizes, task, WITHOUT_LIMIT, device)
        with _whole_products():
            return [outcome for population in populations for outcome in train(population, folds, task)]


@contextmanager
def _whole_products() -> Iterator[None]:
    """Products of float32 numbers in float32, whatever the caller has set: no TF32, no bfloat16."""
    backends: Any = torch.backends  # its parts are made when it is imported, which no type checker sees
    libraries = (backends.cuda.matmul, backends.mkldnn.matmul)
    before, setting = [library.fp32_precision for library in libraries], _common_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(setting)
        for library, precision in zip(libraries, before, strict=True):
            library.fp32_precision = precision


def _common_precision() -> str:
    """What the caller has set for all libraries. One who has set them each has left that as it was."""
    try:
        return torch.get_float32_matmul_precision()
    except RuntimeError:
        return "highest"


WITHOUT_LIMIT = 2**62
"""Bytes: what is to be trained together was chosen before."""
