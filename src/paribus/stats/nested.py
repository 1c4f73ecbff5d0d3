"""What nested validation says the whole procedure, choice included, is worth. Varma & Simon 2006."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from paribus.stats.held_out import mean_by_fold, over_folds, ratio
from paribus.stats.intervals import Interval, interval
from paribus.store.record import Record
from paribus.study.plan import OUTER

REFERENCE = "Varma & Simon, BMC Bioinformatics 7, 2006"


@dataclass(frozen=True)
class OuterFold:
    """One outer fold: whom its inner folds chose, and how that did on it, each metric's mean over seeds."""

    outer: int
    fold: int
    config_id: str
    scores: dict[str, float]


@dataclass(frozen=True)
class Nested:
    """The mean over the outer folds, with its interval, by metric."""

    estimates: dict[str, float]
    intervals: dict[str, Interval]
    folds: tuple[OuterFold, ...]


def nested(record: Record, metrics: Sequence[str]) -> Nested | None:
    """The outer judgement; None where the study has none, or it isn't finished."""
    data = record.fact("data")
    sizes = {place: fold for place, fold in enumerate(data["folds"]) if fold["judges"]}
    chosen = dict(
        record.connection.execute("select distinct fold, config_id from trials where stage = ?", (OUTER,))
    )
    if not sizes or set(chosen) != set(sizes):
        return None
    judged = {
        metric: np.array([mean_by_fold(record, chosen[n], metric, [n])[0] for n in sizes])
        for metric in metrics
    }
    if any(np.isnan(values).all() for values in judged.values()):
        return None
    folds = tuple(
        OuterFold(fold["outer"], n, chosen[n], {metric: float(judged[metric][place]) for metric in metrics})
        for place, (n, fold) in enumerate(sizes.items())
    )
    intervals = {
        metric: over_folds(
            values, ratio(sizes), metric, partial(_of_rows, record, data["task"], metric, chosen)
        )
        for metric, values in judged.items()
    }
    return Nested({metric: float(np.nanmean(values)) for metric, values in judged.items()}, intervals, folds)


def _of_rows(record: Record, kind: str, metric: str, chosen: dict[int, str]) -> Interval:
    """Of the outer folds' predictions put together, their mean over seeds: every row judges once."""
    truths, predictions = record.truths("val"), []
    for fold, config_id in chosen.items():
        found = [each for (n, _), each in record.predictions(config_id).items() if n == fold]
        predictions.append(np.mean(found, axis=0))
    truth: NDArray[np.generic] = np.concatenate([truths[fold].truth for fold in chosen])
    return interval(kind, metric, truth, np.concatenate(predictions)[None].astype(np.float32))
