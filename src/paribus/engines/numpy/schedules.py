"""Schedules: what multiplies the learning rate. Their papers: `paribus options schedule`.

Epochs and steps count from 1, steps through all epochs.
"""

from __future__ import annotations

from math import cos, pi
from typing import NamedTuple

from paribus.engines.numpy.watch import Watch
from paribus.study.conventions import slowing
from paribus.study.spec import Schedule as Settings
from paribus.study.spec import Train


class Length(NamedTuple):
    """Of a training: its epochs, and the steps of each."""

    epochs: int
    steps: int


def _swing(first: float, last: float, share: float) -> float:
    """From `first` to `last` along half a cosine, `share` of the way."""
    return last + (first - last) * (1 + cos(pi * share)) / 2


class Schedule:
    """A learning rate that stays as it is; the others move it."""

    def __init__(self, settings: Settings, length: Length) -> None:
        self.numbers, self.length = slowing(settings), length

    def factor(self, epoch: int, step: int) -> float:
        """What the learning rate is multiplied by at a step."""
        return 1.0

    def see(self, watched: dict[str, float]) -> None:
        """Take in the loss and metrics of an epoch's end."""


class Step(Schedule):
    """Times factor after every so many epochs."""

    def factor(self, epoch: int, step: int) -> float:
        """See `Schedule.factor`."""
        return self.numbers.factor ** ((epoch - 1) // self.numbers.every)


class Exponential(Schedule):
    """Times factor after every epoch."""

    def factor(self, epoch: int, step: int) -> float:
        """See `Schedule.factor`."""
        return self.numbers.factor ** (epoch - 1)


class Cosine(Schedule):
    """From 1 towards floor over all epochs."""

    def factor(self, epoch: int, step: int) -> float:
        """See `Schedule.factor`."""
        return _swing(1.0, self.numbers.floor, (epoch - 1) / self.length.epochs)


class OneCycle(Schedule):
    """From start up to 1 at step up + 1, from there down to floor at the last step."""

    def factor(self, epoch: int, step: int) -> float:
        """See `Schedule.factor`."""
        steps = self.length.epochs * self.length.steps
        up, taken = self.numbers.peak * steps - 1, step - 1
        if taken < up:
            return _swing(self.numbers.start, 1.0, taken / up)
        return _swing(1.0, self.numbers.floor, (taken - up) / (steps - 1 - up))


class Plateau(Schedule):
    """Times factor after `patience` epochs that didn't improve."""

    def __init__(self, settings: Settings, length: Length) -> None:
        super().__init__(settings, length)
        self.watch = Watch(self.numbers.monitor, min_delta=self.numbers.min_delta)
        self.waited, self.now = 0, 1.0

    def factor(self, epoch: int, step: int) -> float:
        """See `Schedule.factor`."""
        return self.now

    def see(self, watched: dict[str, float]) -> None:
        """See `Schedule.see`."""
        self.waited = 0 if self.watch.improves(watched) else self.waited + 1
        if self.waited == self.numbers.patience:
            self.waited, self.now = 0, max(self.now * self.numbers.factor, self.numbers.floor)


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Schedule,
    "step": Step,
    "exponential": Exponential,
    "cosine": Cosine,
    "one_cycle": OneCycle,
    "plateau": Plateau,
}


class LearningRate:
    """The learning rate of each step: the study's, times the schedule's factor, times the warmup's."""

    def __init__(self, train: Train, length: Length) -> None:
        settings = train.schedule or Settings()
        self.full, self.warm_steps = train.learning_rate, settings.warmup * length.steps
        self.schedule = SCHEDULES[settings.name](settings, length)

    def at(self, epoch: int, step: int) -> float:
        """Of a step."""
        warm = min(1.0, step / self.warm_steps) if self.warm_steps else 1.0
        return self.full * self.schedule.factor(epoch, step) * warm
