"""What choosing costs: the score of the best of many is too good.

Bootstrap bias-corrected cross-validation: choose on resampled validation rows, judge on those left
out, average. Tsamardinos, Greasidou & Borboudakis, Machine Learning 107, 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.population.metrics import scores
from paribus.seeds import stream
from paribus.stats.resampled_areas import resampled_areas
from paribus.study.options import larger_is_better

REFERENCE = "Tsamardinos, Greasidou & Borboudakis, Machine Learning 107, 2018"
RESAMPLES = 200
FEWEST = 20
ELEMENTS = 60_000_000
"""Predictions looked at, at most: fewer resamples where there are more configurations and rows."""
TOGETHER = 500_000
"""Predictions scored at once, at most: few enough for the processor's cache; memory grows with no more."""


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
    random = stream(0, "optimism")
    drawn = [random.integers(0, len(truth), len(truth)) for _ in range(resamples)]
    whole = [scores(kind, [metric], truth, part)[metric] for part in _parts(predictions)]
    naive = float(np.nanmax(sign * np.concatenate(whole)))
    judged = []
    for chosen, inside in zip(drawn, sign * _scores(kind, metric, truth, predictions, drawn), strict=True):
        left = np.setdiff1d(np.arange(len(truth)), chosen)
        if not len(left) or np.isnan(inside).all():
            continue
        best = predictions[inside == np.nanmax(inside)]
        judged.append(np.mean(sign * _scores(kind, metric, truth, best, [left])))
    corrected = float(np.nanmean(judged)) if judged else float("nan")
    return Optimism(metric, sign * naive, sign * corrected, naive - corrected, len(predictions), resamples)


def _scores(
    kind: str,
    metric: str,
    truth: NDArray[np.generic],
    predictions: NDArray[np.float32],
    resamples: Sequence[NDArray[np.int64]],
) -> NDArray[np.float64]:
    """The metric of each configuration on each of these samples of the rows, (resample, configuration)."""
    parts = _parts(predictions)
    if kind == "binary" and metric == "roc_auc":
        areas = [resampled_areas(truth == 1, part, resamples) for part in parts]
        return np.concatenate(areas, axis=1)
    return np.stack(
        [
            np.concatenate([scores(kind, [metric], truth[rows], part[:, rows])[metric] for part in parts])
            for rows in resamples
        ]
    )


def _parts(predictions: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Some configurations at a time."""
    return np.array_split(predictions, max(1, -(-predictions.size // TOGETHER)))
