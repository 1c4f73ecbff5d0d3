"""Learning rates: what multiplies each member's, step by step. The formulas: docs/arithmetic.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.population.outcome import Lineage
from paribus.population.stopping import Watch, sign_of
from paribus.study.conventions import Slowing, slowing
from paribus.study.spec import Schedule

Steps = NDArray[np.int64]
"""Steps of one epoch, counted from 1 through all epochs: (step,)."""
Factors = NDArray[np.floating]
Shape = Callable[[Slowing, Steps, int, int], Factors | float]
"""(numbers, steps, steps of an epoch, epochs) → (step,) or one factor for the epoch."""


def _epoch(steps: Steps, per_epoch: int) -> int:
    return int((steps[0] - 1) // per_epoch) + 1


def _constant(*_: object) -> float:
    return 1.0


def _step(numbers: Slowing, steps: Steps, per_epoch: int, _: int) -> float:
    return float(numbers.factor ** ((_epoch(steps, per_epoch) - 1) // numbers.every))


def _exponential(numbers: Slowing, steps: Steps, per_epoch: int, _: int) -> float:
    return float(numbers.factor ** (_epoch(steps, per_epoch) - 1))


def _cosine(numbers: Slowing, steps: Steps, per_epoch: int, epochs: int) -> float:
    share = (_epoch(steps, per_epoch) - 1) / epochs
    return float(numbers.floor + (1 - numbers.floor) * (1 + np.cos(np.pi * share)) / 2)


def _one_cycle(numbers: Slowing, steps: Steps, per_epoch: int, epochs: int) -> Factors:
    """Smith & Topin, arXiv 1708.07120; in two phases as PyTorch's OneCycleLR."""
    total, done = per_epoch * epochs, steps - 1.0
    up = numbers.peak * total - 1
    rising = _half_cosine(numbers.start, 1.0, done / up if up > 0 else np.ones_like(done))
    falling = _half_cosine(1.0, numbers.floor, (done - up) / max(total - 1 - up, 1e-12))
    return np.where(done <= up, rising, falling)


def _half_cosine(start: float, end: float, share: Factors) -> Factors:
    found: Factors = end + (start - end) * (1 + np.cos(np.pi * share)) / 2
    return found


SCHEDULES: dict[str, Shape] = {
    "constant": _constant,
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
    "plateau": _constant,
}


class Rates:
    """The learning rates of a segment's members; `plateau` is what they all watch, if they do."""

    def __init__(self, lineages: Sequence[Lineage], per_epoch: int, plateau: Slowing | None) -> None:
        self.lineages, self.per_epoch, self.plateau = list(lineages), per_epoch, plateau
        self.rates = np.array([lineage.configuration.train.learning_rate for lineage in lineages])
        self.lowered = np.ones(len(lineages))
        self.flat = all(lineage.configuration.train.schedule is None for lineage in lineages)
        if plateau:
            patience = np.full(len(lineages), plateau.patience)
            self.watch = Watch(sign_of(plateau.monitor), plateau.min_delta, patience)

    def of(self, members: NDArray[np.int64], epoch: int) -> Factors:
        """The rates of an epoch's steps, (member, step)."""
        if self.flat:
            return np.repeat(self.rates[members, None], self.per_epoch, axis=1)
        steps = np.arange(1, self.per_epoch + 1) + (epoch - 1) * self.per_epoch
        factors = np.stack([self._factors(self.lineages[member], steps) for member in members])
        return factors * (self.rates * self.lowered)[members, None]

    def _factors(self, lineage: Lineage, steps: Steps) -> Factors:
        schedule = lineage.configuration.train.schedule or Schedule()
        factor = SCHEDULES[schedule.name](slowing(schedule), steps, self.per_epoch, lineage.epochs[-1])
        warm = np.minimum(1.0, steps / (schedule.warmup * self.per_epoch)) if schedule.warmup else 1.0
        return np.broadcast_to(factor * warm, steps.shape)

    def judge(self, members: NDArray[np.int64], values: NDArray[np.float64], epoch: int) -> None:
        """Lower the rates of those who have stood still for as long as their patience."""
        assert self.plateau is not None
        self.watch.update(members, values, epoch)
        tired = members[self.watch.tired(members)]
        self.lowered[tired] = np.maximum(self.lowered[tired] * self.plateau.factor, self.plateau.floor)
        self.watch.waited[tired] = 0
