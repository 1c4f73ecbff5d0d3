"""How far a finalist's score moves with the seed: trained again, after the choice, from other seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from paribus.stats.held_out import Floats, HeldOut
from paribus.store.record import Record
from paribus.study.plan import ROBUSTNESS, robustness_seeds
from paribus.study.spec import Study


@dataclass(frozen=True)
class Spread:
    """A validation score: of the seeds that chose, and over the new ones its mean, its standard
    deviation and its range (NaN where no seed has one).
    """

    chosen: float
    mean: float
    deviation: float
    low: float
    high: float


@dataclass(frozen=True)
class Finalist:
    """A configuration trained again: `done` of `trials` ended well."""

    rank: int
    config_id: str
    seeds: int
    done: int
    trials: int
    scores: Mapping[str, Spread]


def robustness(
    record: Record, study: Study, board: pd.DataFrame, trials: pd.DataFrame
) -> tuple[Finalist, ...]:
    """The finalists by their rank on `board`; `trials` are the rows of `trials_frame`.

    Each seed's score is the mean over folds, or of all rows together where folds are too small.
    """
    again = trials[trials["stage"] == ROBUSTNESS]
    held_out = HeldOut(record, study.protocol.is_pooled, retrained=True)
    seeds = robustness_seeds(study)
    found = []
    for row in board[board["config_id"].isin(again["config_id"])].to_dict("records"):
        own = again[again["config_id"] == row["config_id"]]
        scores = {
            metric: _spread(float(row[f"val_{metric}"]), _by_seed(held_out, row["config_id"], metric, seeds))
            for metric in study.protocol.metrics
        }
        done = int((own["status"] == "done").sum())
        found.append(Finalist(int(row["rank"]), row["config_id"], len(seeds), done, len(own), scores))
    return tuple(found)


def _by_seed(held_out: HeldOut, config_id: str, metric: str, seeds: Sequence[int]) -> Floats:
    if held_out.is_pooled:
        pooled = held_out.by_seed(config_id, [metric])
        return np.zeros(0) if pooled is None else pooled[metric]
    known = held_out.record.scores(config_id, metric, retrained=True)
    return np.array([np.mean([known.get((fold, seed), np.nan) for fold in held_out.sizes]) for seed in seeds])


def _spread(chosen: float, values: Floats) -> Spread:
    known = values[~np.isnan(values)]
    if not len(known):
        return Spread(chosen, np.nan, np.nan, np.nan, np.nan)
    deviation = float(known.std(ddof=1)) if len(known) > 1 else np.nan
    return Spread(chosen, float(known.mean()), deviation, float(known.min()), float(known.max()))
