"""Scores of configurations on rows that their networks weren't trained on, over folds and seeds.

A score is the mean over folds and seeds, with Nadeau and Bengio's interval over the folds. Where a fold
holds out too few rows to be scored by itself (leave-one-out), every row's predictions are put together
first, and a score is the mean over seeds; so it is with a single fold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.population.metrics import scores
from paribus.stats.intervals import Interval, interval, paired
from paribus.stats.paired_t import corrected_t
from paribus.store.record import Record

Floats = NDArray[np.float64]
_RANGES = {
    **dict.fromkeys(("log_loss", "mse", "rmse", "mae"), (0.0, np.inf)),
    "mcc": (-1.0, 1.0),
    "r2": (-np.inf, 1.0),
}
"""What a metric can be; 0 to 1 for the others."""
KEPT = 64
"""Configurations whose predictions are kept in memory."""


class HeldOut:
    """The held-out rows of a record's folds, and what configurations predicted for them."""

    def __init__(self, record: Record, is_pooled: bool, retrained: bool = False) -> None:
        """`is_pooled`: whether folds are too small to be scored one by one; `retrained`: of the seeds
        with which finalists were trained again, in place of those that chose them.
        """
        data = record.fact("data")
        self.record, self.kind = record, data["task"]
        self.sizes = {n: fold for n, fold in enumerate(data["folds"]) if not fold["judges"]}
        self.is_pooled, self.retrained = is_pooled, retrained
        self._kept = lru_cache(maxsize=KEPT)(self._pooled)

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], dict[int, NDArray[np.int64]], NDArray[np.generic]]:
        """The rows held out somewhere, each fold's places among them, and their true targets."""
        found = {n: truth for n, truth in self.record.truths("val").items() if n in self.sizes}
        rows = np.unique(np.concatenate([truth.rows for truth in found.values()]))
        places = {n: np.searchsorted(rows, truth.rows) for n, truth in found.items()}
        first = next(iter(found.values())).truth
        together = np.empty((len(rows), *first.shape[1:]), dtype=first.dtype)
        for n, truth in found.items():
            together[places[n]] = truth.truth
        return rows, places, together

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows held out somewhere, as places in the table: (row,), rising."""
        return self._places[0]

    @property
    def truth(self) -> NDArray[np.generic]:
        """The true targets of all rows held out somewhere: (row,)."""
        return self._places[2]

    def pooled(self, config_id: str) -> NDArray[np.float32] | None:
        """Each held-out row's mean prediction over the folds that hold it out: (seed, row[, class]).

        None where a trial of the configuration has no predictions.
        """
        return self._kept(config_id)

    def means(self, config_ids: Iterable[str]) -> NDArray[np.float32] | None:
        """The mean over seeds of what `pooled` gives, (configuration, row[, class]): of those of
        `config_ids` that have it, in the order of their names, by one pass over the record.

        None where none has.
        """
        wanted = set(config_ids)
        every = self.record.all_predictions(retrained=self.retrained)
        pooled = (self._together(predictions) for name, predictions in every if name in wanted)
        found = [each.mean(axis=0) for each in pooled if each is not None]
        return np.stack(found) if found else None

    def _pooled(self, config_id: str) -> NDArray[np.float32] | None:
        return self._together(self.record.predictions(config_id, retrained=self.retrained))

    def _together(
        self, predictions: Mapping[tuple[int, int], NDArray[np.float32]]
    ) -> NDArray[np.float32] | None:
        rows, places, _ = self._places
        found = {key: each for key, each in predictions.items() if key[0] in self.sizes}
        seeds = sorted({seed for _, seed in found})
        if not found or len(found) < len(seeds) * len(self.sizes):
            return None
        shape = next(iter(found.values())).shape[1:]
        sums = np.zeros((len(seeds), len(rows), *shape))
        counts = np.zeros(len(rows))
        for fold, at in places.items():
            counts[at] += 1
            for place, seed in enumerate(seeds):
                sums[place, at] += found[fold, seed]
        return (sums / counts.reshape(-1, *([1] * len(shape)))).astype(np.float32)

    def by_seed(self, config_id: str, metrics: Sequence[str]) -> dict[str, Floats] | None:
        """Each metric of the pooled predictions, (seed,)."""
        predictions = self.pooled(config_id)
        return None if predictions is None else scores(self.kind, metrics, self.truth, predictions)

    def by_fold(self, config_id: str, metric: str) -> Floats:
        """The recorded scores, their mean over seeds: (fold,)."""
        return mean_by_fold(self.record, config_id, metric, self.sizes)

    def score(self, config_id: str, metric: str) -> tuple[float, Interval] | None:
        """The score and its interval; None where a trial has no predictions."""
        predictions = self.pooled(config_id)
        if predictions is None:
            return None

        def of_rows() -> Interval:
            return interval(self.kind, metric, self.truth, predictions)

        if self.is_pooled:
            value = scores(self.kind, [metric], self.truth, predictions)[metric].mean()
            return float(value), of_rows()
        values = self.by_fold(config_id, metric)
        if len(values) == 1:
            return float(values[0]), of_rows()
        return _mean(values), over_folds(values, self._ratio, metric, of_rows)

    def difference(self, one: str, other: str, metric: str) -> tuple[float, Interval]:
        """`one`'s score minus `other`'s, paired by fold and row. Both have predictions."""
        first, second = self.pooled(one), self.pooled(other)
        assert first is not None  # callers ask for scored ones
        assert second is not None

        def of_rows() -> Interval:
            return paired(self.kind, metric, self.truth, first, second)

        if self.is_pooled:
            values = (scores(self.kind, [metric], self.truth, p)[metric].mean() for p in (first, second))
            return float(next(values) - next(values)), of_rows()
        differences = self.by_fold(one, metric) - self.by_fold(other, metric)
        if len(differences) == 1:
            return float(differences[0]), of_rows()
        return _mean(differences), over_folds(differences, self._ratio, None, of_rows)

    def board_scores(self, config_ids: Iterable[str], metrics: Sequence[str]) -> pd.DataFrame:
        """Pooled scores for a leaderboard: (config_id), val_<metric> and its deviation over seeds."""
        rows = {}
        for config_id in config_ids:
            if (found := self.by_seed(config_id, metrics)) is not None:
                means = {f"val_{metric}": float(found[metric].mean()) for metric in metrics}
                spreads = {
                    f"val_{metric}_sd": float(found[metric].std(ddof=1)) if len(found[metric]) > 1 else np.nan
                    for metric in metrics
                }
                rows[config_id] = means | spreads
        columns = [name for metric in metrics for name in (f"val_{metric}", f"val_{metric}_sd")]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    @cached_property
    def _ratio(self) -> float:
        return ratio(self.sizes)


def mean_by_fold(record: Record, config_id: str, metric: str, folds: Iterable[int]) -> Floats:
    """A configuration's recorded validation scores, their mean over seeds: (fold,)."""
    found = record.scores(config_id, metric)
    return np.array([_mean([value for (n, _), value in found.items() if n == fold]) for fold in folds])


def ratio(sizes: Mapping[int, Mapping[str, int]]) -> float:
    """Validation rows over training rows, the folds' mean."""
    return float(np.mean([fold["val"] / (fold["train"] + fold["stop"]) for fold in sizes.values()]))


def over_folds(values: Floats, ratio: float, metric: str | None, of_rows: Callable[[], Interval]) -> Interval:
    """The interval of the mean of (fold,) values; that of the rows where folds don't differ.

    Within what `metric` can be; None for a difference.
    """
    known = values[~np.isnan(values)]
    found = corrected_t(known, ratio).interval if len(known) > 1 else None
    if found is None or np.isnan(found.low) or found.low == found.high:
        return of_rows()
    low, high = (-np.inf, np.inf) if metric is None else _RANGES.get(metric, (0.0, 1.0))
    return Interval(float(max(found.low, low)), float(min(found.high, high)), found.method)


def _mean(values: Sequence[float] | Floats) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
