"""Any metric of two configurations on one set of rows, by resampling the rows."""

from __future__ import annotations

import numpy as np

from paribus.population.metrics import scores
from paribus.stats.comparison import Comparison
from paribus.stats.intervals import LEVEL, Array, Interval, paired_resamples


def paired_bootstrap(kind: str, metric: str, truth: Array, one: Array, other: Array) -> Comparison:
    """`one`'s score minus `other`'s; predictions (replicate, row[, class]), `truth` (row,).

    The p value is the level at which the percentile interval would just leave out 0, with the observed
    rows counted. Efron & Tibshirani 1993.
    """
    found = paired_resamples(kind, metric, truth, one, other)
    found = found[np.isfinite(found)]
    estimate = [float(scores(kind, [metric], truth, each)[metric].mean()) for each in (one, other)]
    tail = min(int((found <= 0).sum()), int((found >= 0).sum())) + 1
    edges = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(found, edges) if len(found) else (np.nan, np.nan)
    return Comparison(
        method="paired_bootstrap",
        estimate=estimate[0] - estimate[1],
        interval=Interval(float(low), float(high), "paired_bootstrap"),
        p_value=min(1.0, 2 * tail / (len(found) + 1)) if len(found) else np.nan,
        n=len(truth),
        assumes="rows independent and many; these trained networks, not two settings in general",
    )
