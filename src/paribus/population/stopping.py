"""Watching a value: each member's own state, with the rule of Keras."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.study.options import larger_is_better


def sign_of(monitor: str, mode: str = "auto") -> float:
    """1 where smaller values of `monitor` are better, −1 where larger ones are."""
    metric = monitor.removeprefix("val_")
    if mode == "auto":
        mode = "max" if metric != "loss" and larger_is_better(metric) else "min"
    return 1.0 if mode == "min" else -1.0


class Watch:
    """The best of one value of every member, and for how long it has not been bettered.

    An epoch, counted from 1, is better when it improves on the best by more than `min_delta`. NaN
    never improves.
    """

    def __init__(self, sign: float, min_delta: float, patience: NDArray[np.int64]) -> None:
        self.sign, self.min_delta, self.patience = sign, min_delta, patience
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

    def tired(self, members: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of `members` have waited for as long as their patience."""
        tired: NDArray[np.bool_] = self.waited[members] >= self.patience[members]
        return tired
