"""The training loop of a population, and what each of its trials leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.arithmetic import fixed_arithmetic
from paribus.networks.network import Weights
from paribus.population.evaluation import Scored, evaluate, judged, mean_losses
from paribus.population.grouping import Shape
from paribus.population.losses import LOSSES
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.population.rows import Feed
from paribus.population.segment import Segment
from paribus.population.stopping import Watch, sign_of

NEVER = np.iinfo(np.int64).max
Values = dict[str, NDArray[np.float64]]
"""Losses and metrics of one epoch, each (member,)."""


@dataclass(frozen=True)
class Reading:
    """A training read off for one trial: its weights' name, and where it stood."""

    member: int
    epochs: int
    epochs_run: int
    best_epoch: int
    kept_epoch: int
    diverged: bool


@dataclass
class Course:
    """What a segment's trainings leave as they go: curves (member, name) by epoch, weights, readings."""

    segment: Segment
    watch: Watch
    last: NDArray[np.int64]
    levels: frozenset[int]
    curves: list[NDArray[np.float64]] = field(default_factory=list)
    names: tuple[str, ...] = ()
    kept: dict[tuple[int, int], Weights] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)

    @classmethod
    def of(cls, segment: Segment) -> Course:
        """The beginning."""
        monitor, mode, min_delta, _ = segment.shape.watched or ("val_loss", "auto", 0.0, False)
        rules = [lineage.configuration.train.early_stopping for lineage in segment.lineages]
        patience = np.array([rule.patience if rule else NEVER for rule in rules])
        last = np.array([lineage.epochs[-1] for lineage in segment.lineages])
        levels = frozenset(level for lineage in segment.lineages for level in lineage.epochs)
        return cls(segment, Watch(sign_of(monitor, mode), min_delta, patience), last, levels)

    def judge(self, epoch: int, values: Values) -> None:
        """Record the epoch of the active members; keep the best weights; read off who ends here."""
        segment, shape = self.segment, self.segment.shape
        among = segment.trains
        training = segment.active[among]
        self._draw(values)
        watched = self._watched(values, shape.watched[0] if shape.watched else "val_loss")
        improved = self.watch.update(training, watched[among], epoch)
        places = np.flatnonzero(among)
        segment.keep_best(places[improved])
        if shape.plateau:
            segment.rates.judge(training, self._watched(values, shape.plateau.monitor)[among], epoch)
        finite = np.isfinite(values["loss"]) & np.isfinite(values["val_loss"])
        ended = ~finite[places] | self.watch.tired(training) | (epoch == self.last[training])
        for each in np.flatnonzero(ended | (epoch in self.levels)):
            place, member = int(places[each]), int(training[each])
            self._read(place, member, epoch, bool(ended[each]), bool(finite[place]))
        segment.done[training] = ended

    def _watched(self, values: Values, monitor: str) -> NDArray[np.float64]:
        """The monitor's values on the rows that are watched."""
        stop = self.segment.shape.common.size.stop
        return values[monitor.replace("val_", "stop_", 1) if stop else monitor]

    def _draw(self, values: Values) -> None:
        self.names = tuple(values)
        point = np.full((len(self.segment.lineages), len(values)), np.nan)
        point[self.segment.active] = np.stack(list(values.values()), axis=1)
        self.curves.append(point)

    def _read(self, place: int, member: int, epoch: int, ended: bool, finite: bool) -> None:
        best = int(self.watch.best_epoch[member])
        # Where no epoch was ever better than none, the last one counts.
        restores = self.segment.best is not None and best > 0
        kept = best if restores else epoch
        for level in self.segment.lineages[member].epochs:
            if level == epoch or (ended and level > epoch):
                self.readings.append(Reading(member, level, epoch, best, kept, not finite))
                if finite and (member, kept) not in self.kept:
                    self.kept[member, kept] = self.segment.read(place, restores)

    def outcomes(self, feed: Feed, task: Task) -> list[Outcome]:
        """What the trials leave, their times aside."""
        own = [reading for reading in self.readings if reading.member < self.segment.n_members]
        kept = {(reading.member, reading.kept_epoch) for reading in own}
        weights = {name: arrays for name, arrays in self.kept.items() if name in kept}
        scored = evaluate(self.segment.shape, self.segment.lineages, feed, weights, task)
        return [self._outcome(reading, scored) for reading in own]

    def _outcome(self, reading: Reading, scored: Mapping[tuple[int, int], Scored]) -> Outcome:
        lineage = self.segment.lineages[reading.member]
        drawn = np.stack([point[reading.member] for point in self.curves[: reading.epochs_run]])
        name = (reading.member, reading.kept_epoch)
        worth = Scored({}, {}, None) if reading.diverged else scored[name]
        return Outcome(
            config_id=lineage.configuration.with_epochs(reading.epochs).config_id,
            fold=lineage.fold,
            seed=lineage.seed,
            status="diverged" if reading.diverged else "done",
            reason=f"the loss was no finite number at epoch {reading.epochs_run}" if reading.diverged else "",
            n_parameters=self.segment.shape.n_parameters,
            epochs_run=reading.epochs_run,
            best_epoch=reading.best_epoch,
            train_seconds=0.0,
            train=worth.train,
            val=worth.val,
            curves={each: drawn[:, place].copy() for place, each in enumerate(self.names)},
            predictions=worth.predictions,
            weights=() if reading.diverged else self.kept[name],
        )


class Training:
    """A population while it trains: segments that run alone and are judged together."""

    def __init__(self, segments: Sequence[Segment], feed: Feed, task: Task) -> None:
        self.courses = [Course.of(segment) for segment in segments]
        self.feed, self.task = feed, task
        self.common = segments[0].shape.common
        self.loss = LOSSES[self.common.loss](self.common.kind)
        self.parts = ("val", "stop") if self.common.size.stop else ("val",)

    def run(self) -> None:
        """Train until every member has stopped or has run its epochs."""
        epoch, going = 0, self.courses
        while going:
            epoch += 1
            self.feed.begin(epoch)
            for course in going:
                course.segment.run(epoch)
            self._judge(going, epoch)
            for course in going:
                course.segment.compact()
            going = [course for course in going if course.segment.trains.any()]

    def _judge(self, going: Sequence[Course], epoch: int) -> None:
        """Losses and metrics of all members at once, then each segment's verdict."""
        segments = [course.segment for course in going]
        truth = _joined(segments, lambda segment: _all(segment, segment.rows.spread(segment.rows.truth)))
        met = _joined(segments, lambda segment: segment.met)
        form = _joined(segments, lambda segment: segment.form)
        values: Values = {"loss": mean_losses(self.loss.rows(met, truth, form))}
        for part in self.parts:
            values |= self._values(segments, part, form)
        if self.task.train_metrics:
            values |= self._scores(segments, "", met, truth)
        start = 0
        for course in going:
            stop = start + len(course.segment.active)
            course.judge(epoch, {name: value[start:stop] for name, value in values.items()})
            start = stop

    def _values(self, segments: Sequence[Segment], part: str, form: Tensor) -> Values:
        logits = _joined(segments, lambda segment: segment.logits(part))
        truth = _joined(segments, lambda segment: segment.rows.truth_of(part))
        losses = mean_losses(self.loss.rows(logits, truth, form))
        return {f"{part}_loss": losses} | self._scores(segments, part, logits, truth)

    def _scores(self, segments: Sequence[Segment], part: str, logits: Tensor, truth: Tensor) -> Values:
        found, _ = judged([segment.rows for segment in segments], part, logits, truth, self.task)
        return {f"{part}_{metric}" if part else metric: value for metric, value in found.items()}


def _joined(segments: Sequence[Segment], of: Callable[[Segment], Tensor]) -> Tensor:
    return torch.cat([of(segment) for segment in segments])


def _all(segment: Segment, shared: Tensor) -> Tensor:
    return shared.expand(len(segment.active), -1, -1)


def train(
    population: Sequence[tuple[Shape, Sequence[Lineage]]],
    folds: Mapping[FoldName, FoldArrays],
    task: Task,
) -> list[Outcome]:
    """Train the segments of a population together; one outcome for each of their epoch levels.

    An outcome has the same bits beside any other members, on one machine.
    """
    started = perf_counter()
    with fixed_arithmetic(), torch.inference_mode():
        feed = Feed(population[0][0].common, folds, task)
        training = Training([Segment(shape, members, feed) for shape, members in population], feed, task)
        training.run()
        outcomes = [outcome for course in training.courses for outcome in course.outcomes(feed, task)]
    share = (perf_counter() - started) / sum(outcome.epochs_run for outcome in outcomes)
    return [replace(outcome, train_seconds=share * outcome.epochs_run) for outcome in outcomes]
