"""What trials' learning curves say: overfitting, convergence, stability, the best epoch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.population.outcome import Outcome

Floats = NDArray[np.float64]
LAST = 5
"""Epochs at the end whose spread is the stability."""
CONVERGED = 0.95
"""Share of all improvement after which a trial has converged."""


@dataclass(frozen=True)
class CurveMeasures:
    """Of one trial; epochs count from 1.

    `overfitting_gap`: how much worse validation is than training at the best epoch, above 0 where it
    is worse (NaN without a training curve). `convergence_epoch`: the first with 95 % of the improvement
    from the first epoch to the best. `stability`: the standard deviation of validation over the last
    five epochs (NaN for one, and for a trial that diverged in them).
    """

    best_epoch: int
    convergence_epoch: int
    overfitting_gap: float
    stability: float


def measured(outcomes: Iterable[Outcome]) -> dict[tuple[str, int, int], dict[str, float]]:
    """The measures of each outcome's loss by (config_id, fold, seed), of those that have any."""
    judged = [outcome for outcome in outcomes if "val_loss" in outcome.curves]
    found = all_curve_measures(
        [outcome.curves["val_loss"] for outcome in judged], [outcome.curves.get("loss") for outcome in judged]
    )
    return {
        (outcome.config_id, outcome.fold, outcome.seed): asdict(each)
        for outcome, each in zip(judged, found, strict=True)
        if each is not None
    }


def curve_measures(
    validation: ArrayLike, training: ArrayLike | None = None, larger_is_better: bool = False
) -> CurveMeasures | None:
    """Of the same measure by epoch, (epoch,), on validation and training rows; losses unless said.

    None where no epoch has a finite value. These are definitions, not estimates: no source.
    """
    return all_curve_measures([validation], [training], larger_is_better)[0]


def all_curve_measures(
    validation: Sequence[ArrayLike], training: Sequence[ArrayLike | None], larger_is_better: bool = False
) -> list[CurveMeasures | None]:
    """The same of many trials at once, whose curves may end at different epochs."""
    if not validation:
        return []
    sign = -1 if larger_is_better else 1
    lengths = np.array([len(np.asarray(curve)) for curve in validation])
    curves = sign * _padded(validation, int(lengths.max()))
    beside = sign * _padded([[] if curve is None else curve for curve in training], curves.shape[1])
    finite = np.isfinite(curves)
    known = np.where(finite, curves, np.inf)
    trial = np.arange(len(curves))
    best = known.argmin(axis=1)
    first, least = known[trial, finite.argmax(axis=1)], known[trial, best]
    whole = np.asarray(finite.any(axis=1))
    improved = np.where(whole, first, 0.0) - np.where(whole, least, 0.0)
    reached = known <= (np.where(whole, first, 0.0) - CONVERGED * improved)[:, None]
    gaps = curves[trial, best] - beside[trial, best]
    spreads = _spread_at_the_end(curves, lengths)
    return [
        CurveMeasures(int(best[place]) + 1, int(at) + 1, float(gaps[place]), float(spreads[place]))
        if whole[place]
        else None
        for place, at in enumerate(reached.argmax(axis=1))
    ]


def _padded(curves: Sequence[ArrayLike], epochs: int) -> Floats:
    """(trial, epoch), NaN after a curve's end; what is longer is cut."""
    found = np.full((len(curves), max(epochs, 1)), np.nan)
    for place, curve in enumerate(curves):
        values = np.asarray(curve, dtype=np.float64)[:epochs]
        found[place, : len(values)] = values
    return found


def _spread_at_the_end(curves: Floats, lengths: NDArray[np.int64]) -> Floats:
    """The standard deviation over the last epochs of each curve, (trial,); NaN where one is lost."""
    counts = np.minimum(lengths, LAST)
    places = lengths[:, None] - 1 - np.arange(LAST)
    counted = places >= 0
    last = np.where(counted, np.take_along_axis(curves, np.maximum(places, 0), axis=1), 0.0)
    last = np.where(np.isfinite(last), last, np.nan)
    means = last.sum(axis=1) / np.maximum(counts, 1)
    squares = np.where(counted, np.square(last - means[:, None]), 0.0).sum(axis=1)
    return np.where(counts > 1, np.sqrt(squares / np.maximum(counts - 1, 1)), np.nan)
