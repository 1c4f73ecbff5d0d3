"""What runs in a worker process: one preparation, or one population."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from paribus.engines import ENGINES
from paribus.execute.following import follow
from paribus.execute.shelf import Shelf
from paribus.population.outcome import FoldName, Lineage, Outcome, Task
from paribus.study.spec import Prepare


def set_up(parent: int) -> None:
    """One thread; Ctrl-C is the parent's business; no worker outlives its parent."""
    torch.set_num_threads(1)
    follow(parent)


def prepare(shelf: Shelf, name: FoldName, settings: Prepare) -> FoldName:
    """Put one prepared fold on the shelf."""
    return shelf.prepare(name, settings)


def train(
    shelf: Shelf, engine: str, lineages: Sequence[Lineage], task: Task, device: str = "cpu"
) -> list[Outcome]:
    """Train one population. What fails there is an outcome, and costs its neighbours nothing."""
    folds = {name: shelf.load(name) for name in {lineage.data for lineage in lineages}}
    # In a user's own network anything may fail.
    own = any(lineage.configuration.network.module for lineage in lineages)
    known = (Exception,) if own else (RuntimeError, MemoryError, ValueError, ArithmeticError)
    try:
        return ENGINES[engine].train(lineages, folds, task, device)
    except known as error:
        if len(lineages) == 1:
            return failed(lineages[0], error)
        return [outcome for lineage in lineages for outcome in train(shelf, engine, [lineage], task, device)]


def failed(lineage: Lineage, error: Exception) -> list[Outcome]:
    """The outcomes of a training that raised `error`."""
    return [
        Outcome(
            config_id=config_id,
            fold=fold,
            seed=seed,
            status="failed",
            reason=f"{type(error).__name__}: {error}",
            n_parameters=0,
            epochs_run=0,
            best_epoch=0,
            train_seconds=0.0,
        )
        for config_id, fold, seed in lineage.keys
    ]
