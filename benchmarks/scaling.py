"""From a sample of fits to the whole stage: the draw, the scaled total, its interval, the agreement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from peers import Fit

from paribus.population.metrics import scores
from paribus.population.outcome import Outcome
from paribus.study.configuration import Configuration

REDRAWS = 4000
METRICS = ("accuracy", "roc_auc")


@dataclass(frozen=True)
class Scaled:
    """Seconds: of a fit (quartiles), of the whole stage with its 95 % interval, and of the stage
    when only the longest of the levels of `epochs` is trained (`shared`).
    """

    sampled: int
    fit_quartiles: tuple[float, float, float]
    total: float
    interval: tuple[float, float] | None
    shared: float
    epochs_run: float


@dataclass(frozen=True)
class Agreement:
    """The final validation metrics of the same configurations, trained by two: the median size of
    the difference, its mean (peer − paribus), and the mean epochs that each ran.
    """

    compared: int
    median: dict[str, float]
    mean: dict[str, float]
    epochs_run: tuple[float, float]


def draw(configurations: Iterable[Configuration], n: int, seed: int) -> list[Configuration]:
    """`n` configurations at random, as many of each level of `train.epochs` as can be."""
    levels: dict[int, list[Configuration]] = defaultdict(list)
    for configuration in sorted(configurations, key=lambda configuration: configuration.config_id):
        levels[configuration.train.epochs].append(configuration)
    random, drawn = np.random.default_rng(seed), []
    for level in sorted(levels):
        for place, index in enumerate(random.permutation(len(levels[level]))):
            drawn.append((place, -level, levels[level][index]))
    drawn.sort(key=lambda item: item[:2])
    return [configuration for *_, configuration in drawn[:n]]


def scaled(fits: Sequence[Fit], stage: Mapping[int, int], processes: int, seed: int) -> Scaled:
    """What the stage takes on `processes` processes that are always busy.

    `stage` counts its configurations by level of `train.epochs`: each level's mean stands for the
    whole level. The interval is a percentile bootstrap over fits, within levels.
    """
    levels = {level: np.array([fit.seconds for fit in fits if fit.level == level]) for level in stage}
    total = sum(count * levels[level].mean() for level, count in stage.items()) / processes
    longest = max(stage)
    quartiles = np.quantile([fit.seconds for fit in fits], [0.25, 0.5, 0.75])
    return Scaled(
        sampled=len(fits),
        fit_quartiles=(quartiles[0], quartiles[1], quartiles[2]),
        total=float(total),
        interval=_interval(levels, stage, processes, seed),
        shared=float(stage[longest] * levels[longest].mean() / processes),
        epochs_run=float(np.mean([fit.epochs_run for fit in fits])),
    )


def _interval(
    levels: Mapping[int, NDArray[np.float64]], stage: Mapping[int, int], processes: int, seed: int
) -> tuple[float, float] | None:
    """The 2.5 % and 97.5 % points of the total; None where a level has one fit only."""
    if min(len(seconds) for seconds in levels.values()) < 2:
        return None
    random, totals = np.random.default_rng(seed), np.zeros(REDRAWS)
    for level, seconds in levels.items():
        redrawn = random.choice(seconds, (REDRAWS, len(seconds)))
        totals += stage[level] * redrawn.mean(axis=1) / processes
    low, high = np.quantile(totals, [0.025, 0.975])
    return float(low), float(high)


def levels_of(configurations: Iterable[Configuration]) -> dict[int, int]:
    """How many configurations stand at each level of `train.epochs`."""
    return dict(Counter(configuration.train.epochs for configuration in configurations))


def as_fits(outcomes: Mapping[str, Outcome], configurations: Iterable[Configuration]) -> list[Fit]:
    """Outcomes of paribus in a peer's form, so that two seeds of it can be compared like a peer."""
    return [
        Fit(c.config_id, c.train.epochs, found.train_seconds, found.epochs_run, found.predictions)
        for c in configurations
        if (found := outcomes[c.config_id]).predictions is not None
    ]


def agreement(
    fits: Sequence[Fit], outcomes: Mapping[str, Outcome], truth: NDArray[np.generic]
) -> Agreement | None:
    """How far the peer's networks are from those of paribus; None where none can be compared."""
    both = [
        (fit, outcomes[fit.config_id])
        for fit in fits
        if np.isfinite(fit.predictions).all() and outcomes[fit.config_id].status == "done"
    ]
    if not both:
        return None
    theirs = scores("binary", METRICS, truth, np.stack([fit.predictions for fit, _ in both]))
    apart = {m: theirs[m] - np.array([ours.val[m] for _, ours in both]) for m in METRICS}
    return Agreement(
        compared=len(both),
        median={metric: float(np.median(np.abs(values))) for metric, values in apart.items()},
        mean={metric: float(values.mean()) for metric, values in apart.items()},
        epochs_run=(
            float(np.mean([fit.epochs_run for fit, _ in both])),
            float(np.mean([ours.epochs_run for _, ours in both])),
        ),
    )
