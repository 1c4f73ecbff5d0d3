"""Early stopping: each member's own state, with the rule of Keras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.study.options import larger_is_better


class Stopping:
    """Watches one value of every member; `best_epoch` counts from 1.

    An epoch is better when it improves on the best by more than `min_delta`; a member stops after
    `patience` epochs without one. NaN never improves.
    """

    def __init__(self, monitor: str, min_delta: float, patience: NDArray[np.int64]) -> None:
        metric = monitor.removeprefix("val_")
        self.sign = -1.0 if metric != "loss" and larger_is_better(metric) else 1.0
        self.min_delta = min_delta
        self.patience = patience
        self.best = np.full(len(patience), np.inf)
        self.best_epoch = np.zeros(len(patience), dtype=np.int64)
        self.waited = np.zeros(len(patience), dtype=np.int64)

    def update(
        self, members: NDArray[np.int64], values: NDArray[np.float64], epoch: int
    ) -> NDArray[np.bool_]:
        """Take in the `values` of `members` at `epoch`; which of them improved."""
        values = self.sign * values
        improved = values < self.best[members] - self.min_delta
        better = members[improved]
        self.best[better] = values[improved]
        self.best_epoch[better] = epoch
        self.waited[members] += 1
        self.waited[better] = 0
        return improved

    def stopped(self, members: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of `members` have waited for as long as their patience."""
        stopped: NDArray[np.bool_] = self.waited[members] >= self.patience[members]
        return stopped
