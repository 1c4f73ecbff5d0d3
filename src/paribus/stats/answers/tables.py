"""A configuration's scores by split and seed, as comparisons take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from paribus.population.metrics import scores
from paribus.stats.answers.records import Replicates
from paribus.stats.answers.words import SHARES
from paribus.stats.comparison import Floats
from paribus.stats.held_out import HeldOut, over_folds, ratio
from paribus.stats.intervals import Interval
from paribus.stats.paired_t import paired_t

_RANGES = {"mcc": (-1.0, 1.0), "r2": (-np.inf, 1.0)}


class Tables:
    """The scores of a record's configurations, and how far each lies from certain."""

    def __init__(self, held_out: HeldOut, seeds: Sequence[int], recorded: Sequence[str]) -> None:
        """`recorded`: the metrics that the record holds by trial; others are computed from predictions."""
        self.held_out, self.seeds, self.recorded = held_out, list(seeds), frozenset(recorded)
        self.splits = [0] if held_out.is_pooled else list(held_out.sizes)

    @property
    def replicates(self) -> Replicates:
        """What differences are repeated over."""
        if len(self.splits) > 1:
            return "splits"
        return "seeds" if len(self.seeds) > 1 else "rows"

    @property
    def ratio(self) -> float | None:
        """Validation rows over training rows where there are several splits."""
        return ratio(self.held_out.sizes) if len(self.splits) > 1 else None

    def table(self, config_id: str, metric: str) -> Floats:
        """A configuration's scores, (split, seed); NaN where a trial has none."""
        found = np.full((len(self.splits), len(self.seeds)), np.nan)
        if self.held_out.is_pooled:
            pooled = self.held_out.by_seed(config_id, [metric])
            if pooled is not None and len(pooled[metric]) == len(self.seeds):
                found[0] = pooled[metric]
            return found
        place = {split: n for n, split in enumerate(self.splits)}
        column = {seed: n for n, seed in enumerate(self.seeds)}
        for (split, seed), value in self._scores(config_id, metric).items():
            if split in place and seed in column:
                found[place[split], column[seed]] = value
        return found

    def _scores(self, config_id: str, metric: str) -> dict[tuple[int, int], float]:
        record = self.held_out.record
        if metric in self.recorded:
            return record.scores(config_id, metric)
        truths = record.truths("val")
        return {
            key: float(scores(self.held_out.kind, [metric], truths[key[0]].truth, each[None])[metric][0])
            for key, each in record.predictions(config_id).items()
        }

    def interval(self, config_id: str, metric: str, table: Floats) -> Interval:
        """Of the mean of a configuration's scores, over what differences are repeated over."""
        nothing = Interval(np.nan, np.nan, "paired_t")
        if not np.isfinite(table).any():
            return nothing
        if self.replicates == "rows":
            found = self.held_out.score(config_id, metric)
            return found[1] if found else nothing
        values = per_replicate(table)
        if self.ratio is not None:
            return over_folds(values, self.ratio, metric, lambda: nothing)
        bounds = paired_t(values).interval
        low, high = (0.0, 1.0) if metric in SHARES else _RANGES.get(metric, (0.0, np.inf))
        return Interval(float(max(bounds.low, low)), float(min(bounds.high, high)), bounds.method)

    def trials(self, config_id: str) -> tuple[int, int | None]:
        """How many trials ended well, and the number of parameters."""
        query = (
            "select sum(status = 'done'), max(n_parameters) from outcomes where config_id = ?"
            f" and seed between ? and ? and fold in ({', '.join('?' * len(self.held_out.sizes))})"
        )
        values = (config_id, min(self.seeds), max(self.seeds), *self.held_out.sizes)
        row = self.held_out.record.connection.execute(query, values).fetchone()
        return int(row[0] or 0), row[1]


def per_replicate(table: Floats) -> Floats:
    """The known scores of one split, (seed,), or the means over seeds of several, (split,)."""
    if table.shape[0] == 1:
        return np.asarray(table[0][np.isfinite(table[0])])
    known = np.isfinite(table)
    counts = known.sum(axis=1)
    sums = np.where(known, table, 0.0).sum(axis=1)
    return np.asarray(sums[counts > 0] / counts[counts > 0])
