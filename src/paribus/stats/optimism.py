"""What choosing costs: the score of the best of many is too good.

Bootstrap bias-corrected cross-validation: choose on resampled validation rows, judge on those left
out, average. Tsamardinos, Greasidou & Borboudakis, Machine Learning 107, 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.population.metrics import scores
from paribus.seeds import stream
from paribus.study.options import larger_is_better

REFERENCE = "Tsamardinos, Greasidou & Borboudakis, Machine Learning 107, 2018"
RESAMPLES = 200
FEWEST = 20
ELEMENTS = 60_000_000
"""Predictions looked at, at most: fewer resamples where there are more configurations and rows."""


@dataclass(frozen=True)
class Optimism:
    """The best validation score, what it is worth once the choice is paid for, and the difference.

    All on the first metric. `optimism` is positive where the naive score is too good.
    """

    metric: str
    naive: float
    corrected: float
    optimism: float
    n_configurations: int
    resamples: int


def optimism(
    kind: str, metric: str, truth: NDArray[np.generic], predictions: NDArray[np.float32]
) -> Optimism | None:
    """The optimism of the best of `predictions`, (configuration, row[, class]).

    Configurations equal on the resampled rows count equally. None where there is nothing to choose.
    """
    if len(predictions) < 2:
        return None
    sign = 1 if larger_is_better(metric) else -1
    resamples = int(np.clip(ELEMENTS // predictions.size, FEWEST, RESAMPLES))
    naive = float(np.nanmax(sign * scores(kind, [metric], truth, predictions)[metric]))
    judged = []
    random = stream(0, "optimism")
    for _ in range(resamples):
        chosen = random.integers(0, len(truth), len(truth))
        left = np.setdiff1d(np.arange(len(truth)), chosen)
        if not len(left):
            continue
        inside = sign * scores(kind, [metric], truth[chosen], predictions[:, chosen])[metric]
        if np.isnan(inside).all():
            continue
        best = inside == np.nanmax(inside)
        judged.append(np.mean(sign * scores(kind, [metric], truth[left], predictions[best][:, left])[metric]))
    corrected = float(np.nanmean(judged)) if judged else float("nan")
    return Optimism(metric, sign * naive, sign * corrected, naive - corrected, len(predictions), resamples)
