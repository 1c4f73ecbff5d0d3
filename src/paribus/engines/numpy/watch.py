"""What a training watches: whether it still improves."""

from __future__ import annotations

import numpy as np

from paribus.study.options import larger_is_better


class Watch:
    """The best value of `monitor` so far; one counts as better by more than `min_delta`."""

    def __init__(self, monitor: str, mode: str = "auto", min_delta: float = 0.0) -> None:
        self.metric, self.min_delta = monitor.removeprefix("val_"), min_delta
        upwards = self.metric != "loss" and larger_is_better(self.metric) if mode == "auto" else mode == "max"
        self.sign = -1 if upwards else 1
        self.best = np.inf

    def improves(self, watched: dict[str, float]) -> bool:
        """Whether an epoch is the best so far; NaN never is. `watched` are the loss and metrics of the
        rows that are watched.
        """
        value = self.sign * watched[self.metric]
        if not value < self.best - self.min_delta:
            return False
        self.best = value
        return True
