"""Which networks can be trained together through torch.func, and their training."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from paribus.engines.protocol import Folds, Sizes
from paribus.engines.torch.together import Together
from paribus.engines.torch.training import Training, alone
from paribus.population.outcome import Lineage, Outcome, Task

MEMBERS = 32
"""The most networks that are trained together."""


def alike(lineages: Sequence[Lineage], sizes: Sizes) -> list[list[Lineage]]:
    """Lineages of one configuration but for seed and fold, on folds of one size: at most `MEMBERS` each."""
    found: dict[Hashable, list[Lineage]] = {}
    for lineage in lineages:
        key = (lineage.configuration.config_id, lineage.epochs, sizes[lineage.data])
        found.setdefault(key, []).append(lineage)
    return [
        group[start : start + MEMBERS] for group in found.values() for start in range(0, len(group), MEMBERS)
    ]


def train_alike(lineages: Sequence[Lineage], folds: Folds, task: Task, device: str = "cpu") -> list[Outcome]:
    """Train one of those groups together where torch.func can, else one by one; outcomes say which.

    One alone is trained beside itself: the same path, so the same bits as in company.
    """
    with alone():
        members = lineages if len(lineages) > 1 else [*lineages, *lineages]
        trainings = [Training(each, folds[each.data], task, device) for each in members]
        together = Together(trainings)
        refused = together.refusal()
        for training in trainings:
            training.note = (
                f"trained alone: {refused}" if refused else "trained in a population by torch.func"
            )
        if refused:
            found = [training.outcomes() for training in trainings[: len(lineages)]]
        else:
            found = together.outcomes()[: len(lineages)]
    return [outcome for each in found for outcome in each]
