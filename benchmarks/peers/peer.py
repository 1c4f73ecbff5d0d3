"""What a peer is: a function that trains one configuration and says how long that took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.population.outcome import FoldArrays
from paribus.study.configuration import Configuration

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Fit:
    """One fit: its seconds from an untrained network to the final weights, the epochs it ran, and
    its probabilities of the validation rows (row,), which are computed when the clock has stopped.
    """

    config_id: str
    level: int
    seconds: float
    epochs_run: int
    predictions: Array


@dataclass(frozen=True)
class Peer:
    """One way to train one configuration: `fit(configuration, fold, seed)`.

    A peer that runs `alone` has the machine for one fit at a time; others run one fit a core.
    """

    name: str
    fit: Callable[[Configuration, FoldArrays, int], Fit]
    can: Callable[[Configuration], bool] = lambda _: True
    alone: bool = False


class Watch:
    """Early stopping by the validation loss: the rule of the study, for loops that have none."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.best, self.waited = float("inf"), 0

    def improved(self, loss: float) -> bool:
        """Take in an epoch's loss; whether it is the best so far."""
        better = loss < self.best
        self.best, self.waited = (loss, 0) if better else (self.best, self.waited + 1)
        return better

    @property
    def stops(self) -> bool:
        """Whether the patience is at its end."""
        return self.waited >= self.patience


def patience_of(configuration: Configuration) -> int:
    """The configuration's patience. Peers are written for studies that stop early."""
    rule = configuration.train.early_stopping
    assert rule is not None
    assert rule.monitor == "val_loss"
    assert rule.restore_best
    return rule.patience
