"""How the best configurations learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.report.facts.records import Curve
from paribus.store.arrays import curves, unpack
from paribus.store.record import Record

CURVES = 6
"""Best configurations whose learning curves are shown."""
LINES = 10
"""Trials of a configuration that get a curve each; of more, their mean is drawn."""


def curve_facts(record: Record, board: pd.DataFrame, folds: Sequence[int]) -> tuple[Curve, ...]:
    """Of every compared trial of the best configurations; their mean where there are many."""
    found: list[Curve] = []
    again = record.robustness_seeds
    for config_id in board["config_id"].head(CURVES):
        rows = record.connection.execute(
            "select fold, seed, best_epoch, arrays from outcomes where config_id = ? order by fold, seed",
            (config_id,),
        )
        made = [
            Curve(config_id, fold, seed, best_epoch, curves(unpack(arrays)))
            for fold, seed, best_epoch, arrays in rows
            if fold in folds and seed not in again
        ]
        made = [curve for curve in made if curve.values]  # a trial that failed has none
        found += made if len(made) <= LINES else [_mean_curve(made)]
    return tuple(found)


def _mean_curve(curves: Sequence[Curve]) -> Curve:
    """The mean by epoch; a training that stopped counts on with its last value."""
    longest = max(len(values) for curve in curves for values in curve.values.values())

    def held(values: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.pad(values.astype(np.float64), (0, longest - len(values)), mode="edge")

    names = [name for name in curves[0].values if all(name in curve.values for curve in curves)]
    together = {name: np.stack([held(curve.values[name]) for curve in curves]) for name in names}
    means: dict[str, NDArray[np.generic]] = {name: each.mean(axis=0) for name, each in together.items()}
    deviations = {name: each.std(axis=0, ddof=1) for name, each in together.items()}
    return Curve(curves[0].config_id, 0, 0, 0, means, len(curves), deviations)
