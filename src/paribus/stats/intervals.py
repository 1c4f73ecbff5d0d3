"""95 % intervals of one configuration's score on one part of the data.

They say how far the score could lie from its value on all rows like these. Several seeds share the
rows; their mean is what the interval is for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from paribus.population.metrics import scores
from paribus.stats.citations import REFERENCES
from paribus.stats.resampled_sums import resampled_rows, resampled_weights, summed_score
from paribus.study.options import larger_is_better

__all__ = [
    "LEVEL",
    "REFERENCES",
    "Interval",
    "bootstrap",
    "delong",
    "interval",
    "newcombe",
    "paired",
    "paired_resamples",
    "placements",
    "wilson",
]

LEVEL = 0.95
RESAMPLES = 2000
_Z = float(stats.norm.ppf((1 + LEVEL) / 2))
Array = NDArray[np.generic]


@dataclass(frozen=True)
class Interval:
    """A 95 % interval, and the method's name in `citations.REFERENCES`."""

    low: float
    high: float
    method: str


def interval(kind: str, metric: str, truth: Array, predictions: Array) -> Interval:
    """The interval of `metric`; `predictions` is (replicate, row[, class]), `truth` (row,).

    Wilson's for a share of rows (F1 through the Jaccard index, a share too), DeLong's for the ROC
    curve, the bootstrap for the rest and, but for the ROC curve, wherever there are several replicates. Where
    nothing is wrong, no resample has a mistake either: Wilson's then, of the rows of the rarest class.
    """
    if kind == "multiclass" and metric == "accuracy" and len(predictions) == 1:
        return wilson(int((predictions[0].argmax(axis=1) == truth).sum()), len(truth))
    if kind == "binary" and len(predictions) == 1:
        positive, called = truth == 1, predictions[0] > 0.5
        rows = {"accuracy": np.ones_like(positive), "recall": positive, "precision": called}.get(metric)
        if rows is not None:
            return wilson(int(((positive == called) & rows).sum()), int(rows.sum()))
        if metric == "f1":
            both = wilson(int((positive & called).sum()), int((positive | called).sum()))
            return Interval(2 * both.low / (1 + both.low), 2 * both.high / (1 + both.high), "wilson")
    if kind == "binary" and metric == "roc_auc" and 0 < (truth == 1).sum() < len(truth):
        return delong(truth == 1, predictions.astype(np.float64))
    found = bootstrap(kind, metric, truth, predictions)
    if found.low == found.high == 1.0 and kind in ("binary", "multiclass") and larger_is_better(metric):
        rarest = int(np.unique(truth, return_counts=True)[1].min())
        of = len(truth) if metric == "accuracy" else rarest
        return wilson(of, of)
    return found


def wilson(right: int, of: int) -> Interval:
    """The interval of a share; nothing is known of a share of no rows."""
    if of == 0:
        return Interval(0.0, 1.0, "wilson")
    low, high = stats.binomtest(right, of).proportion_ci(LEVEL, method="wilson")
    return Interval(float(low), float(high), "wilson")


def delong(positive: Array, scored: NDArray[np.float64]) -> Interval:
    """The interval of the area under the ROC curve, or of the mean area of several, (curve, row), on the
    logit scale; Newcombe's where it is 0 or 1. A mean of areas is the area by mean placements.
    """
    found = [placements(positive, curve) for curve in np.atleast_2d(scored)]
    by_positive, by_negative = (np.mean(each, axis=0) for each in zip(*found, strict=True))
    area = float(by_positive.mean())
    variance = sum(
        float(part.var(ddof=1)) / len(part) for part in (by_positive, by_negative) if len(part) > 1
    )
    if variance == 0 or area in (0.0, 1.0):
        return newcombe(area, len(by_positive), len(by_negative))
    logit, spread = np.log(area / (1 - area)), np.sqrt(variance) / (area * (1 - area))
    low, high = 1 / (1 + np.exp(-(logit + np.array([-_Z, _Z]) * spread)))
    return Interval(float(low), float(high), "delong")


def placements(
    positive: Array, scored: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each positive row the share of negative rows that score less, and for each negative row the
    share of positive rows that score more; ties count half. The mean of either is the area.
    """
    x, y = scored[positive.astype(bool)], scored[~positive.astype(bool)]
    together = stats.rankdata(np.concatenate([x, y]))
    by_positive = (together[: len(x)] - stats.rankdata(x)) / len(y)
    by_negative = 1 - (together[len(x) :] - stats.rankdata(y)) / len(x)
    return by_positive, by_negative


def newcombe(area: float, positives: int, negatives: int) -> Interval:
    """The interval of the area from its value and the numbers alone: it has a width at 1 too."""
    half = (positives + negatives) / 2 - 1

    def distance(true: float) -> float:
        between = half * ((1 - true) / (2 - true) + true / (1 + true))
        variance = true * (1 - true) * (1 + between) / (positives * negatives)
        return (true - area) ** 2 - _Z**2 * variance

    edge = 1e-9  # the equation is solved by 0 and by 1 too, where the variance vanishes
    low = optimize.brentq(distance, 0.0, area - edge) if area > edge else 0.0
    high = optimize.brentq(distance, area + edge, 1.0) if area < 1 - edge else 1.0
    return Interval(float(low), float(high), "newcombe")


def bootstrap(kind: str, metric: str, truth: Array, predictions: Array) -> Interval:
    """Percentiles of the replicates' mean score over resampled rows, always the same rows."""
    found = np.zeros(RESAMPLES)
    if summed := summed_score(kind, metric, truth, predictions):
        for some, weights in resampled_weights(len(truth), RESAMPLES):
            found[some] = summed(weights)
        return _percentiles(found)
    for some, chosen in resampled_rows(len(truth), RESAMPLES):
        for replicate in predictions:
            values = scores(kind, [metric], truth[chosen], replicate[chosen])[metric]
            found[some] += values / len(predictions)
    return _percentiles(found)


def _percentiles(found: NDArray[np.float64]) -> Interval:
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(found, [tail, 1 - tail]) if not np.isnan(found).all() else (np.nan, np.nan)
    return Interval(float(low), float(high), "bootstrap")


def paired(kind: str, metric: str, truth: Array, one: Array, other: Array) -> Interval:
    """The interval of `one`'s score minus `other`'s: the same resampled rows for both."""
    return _percentiles(paired_resamples(kind, metric, truth, one, other))


def paired_resamples(kind: str, metric: str, truth: Array, one: Array, other: Array) -> NDArray[np.float64]:
    """`one`'s score minus `other`'s on each resample of the rows, (resample,)."""
    found = np.zeros(RESAMPLES)
    ours, theirs = (summed_score(kind, metric, truth, each) for each in (one, other))
    if ours and theirs:
        for some, weights in resampled_weights(len(truth), RESAMPLES):
            found[some] = ours(weights) - theirs(weights)
        return found
    for some, chosen in resampled_rows(len(truth), RESAMPLES):
        for sign, predictions in ((1, one), (-1, other)):
            for replicate in predictions:
                values = scores(kind, [metric], truth[chosen], replicate[chosen])[metric]
                found[some] += sign * values / len(predictions)
    return found
