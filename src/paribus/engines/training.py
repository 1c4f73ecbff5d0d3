"""One lineage's training, epoch by epoch, whatever library takes the steps.

What an epoch is worth, when a training stops, what is kept and what is written down is the same for every
engine that trains one network at a time. What differs is a step: `_train`, `_logits`, `_arrays`, `_load`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.prepare.prepared import Prepared
from paribus.engines.numpy.losses import Loss
from paribus.engines.numpy.matrix import Matrix
from paribus.engines.numpy.schedules import LearningRate, Length
from paribus.engines.numpy.watch import Watch
from paribus.networks.noise import order
from paribus.population.metrics import scores
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.population.row_weights import row_weights
from paribus.study.spec import EarlyStopping

Arrays = Sequence[NDArray[Any]]


class SingleTraining(ABC):
    """A network on its way. `best` holds its arrays at the end of the best epoch so far.

    `note`: how it was trained, where that isn't plain from the engine.
    """

    note = ""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        self.lineage, self.fold, self.task = lineage, fold, task
        self.train = lineage.configuration.train
        self.loss = Loss(self.train, task)
        self.n_rows = int(fold.train_x.shape[0])
        steps = ceil(self.n_rows / self.train.batch_size)
        self.rate = LearningRate(self.train, Length(self.train.epochs, steps))
        self.truth = self.loss.truth(fold.train_y)
        stopping = self.train.early_stopping or EarlyStopping()
        self.watch = Watch(stopping.monitor, stopping.mode, stopping.min_delta)
        self.best: Arrays | None = None
        self.epoch, self.best_epoch, self.ended = 0, 0, False
        self.started = perf_counter()
        self.dtype = np.float64 if self.train.precision == "float64" else np.float32
        self.curves: dict[str, list[float]] = {}

    @abstractmethod
    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any] | float:
        """Train one epoch (from 1): the rows in the order of `places`, in batches, each step at its rate.

        The rows' logits as they were met, in that order: (row, output). Or, of a library that doesn't hand
        them out, their mean loss as it is reported.
        """

    @abstractmethod
    def _logits(self, rows: Prepared) -> NDArray[Any]:
        """Logits (row, output) of rows outside of training."""

    @abstractmethod
    def _arrays(self) -> Arrays:
        """A copy of the network's arrays."""

    @abstractmethod
    def _load(self, arrays: Arrays) -> None:
        """Put such a copy back in."""

    def _n_parameters(self) -> int:
        """All numbers that the network goes by."""
        return sum(array.size for array in self._arrays())

    def outcomes(self) -> list[Outcome]:
        """Train; one outcome for each epoch level."""
        found = self._begun()
        while not self.ended:
            places, rates = self.plan()
            # What overflows has diverged, and is said so.
            with np.errstate(all="ignore"):
                met = self._train(self.epoch, places, rates)
            found += self.close(places, met)
            self._keep(found)
        return found

    def _begun(self) -> list[Outcome]:
        """Go on from where an earlier run has left this training; the outcomes that it had read off."""
        return []

    def _keep(self, found: Sequence[Outcome]) -> None:  # noqa: B027  (an engine may have nothing to keep)
        """Keep how far this training is, and the outcomes read off so far."""

    def plan(self) -> tuple[NDArray[np.int64], list[float]]:
        """Begin an epoch: the order of its rows, and the learning rate of each step."""
        self.epoch += 1
        steps = self.rate.schedule.length.steps
        before = (self.epoch - 1) * steps
        rates = [self.rate.at(self.epoch, before + step) for step in range(1, steps + 1)]
        return order(self.lineage.seed, self.lineage.fold, self.epoch, self.n_rows), rates

    def close(self, places: NDArray[np.int64], met: NDArray[Any] | float) -> list[Outcome]:
        """End an epoch: judge it; the outcomes of the epoch levels that are read off here."""
        with np.errstate(all="ignore"):
            watched = self._judge({"loss": met} if isinstance(met, float) else self._met(places, met))
        diverged = self._diverged()
        self.ended = diverged or self._stops(watched) or self.epoch == self.lineage.epochs[-1]
        return [
            self._outcome(level, diverged)
            for level in self.lineage.epochs
            if level == self.epoch or (self.ended and level > self.epoch)
        ]

    def batches(self) -> Iterator[slice]:
        """The places of each step's rows in the epoch's order."""
        for start in range(0, self.n_rows, self.train.batch_size):
            yield slice(start, min(start + self.train.batch_size, self.n_rows))

    def row_weights(self) -> Matrix:
        """How much each training row counts: (row, 1), or (row, output) for labels weighted each."""
        found = row_weights(self.lineage.configuration.prepare, self.fold, self.task)
        return (
            np.ones((self.n_rows, 1)) if found is None else found.astype(np.float64).reshape(self.n_rows, -1)
        )

    def _met(self, places: NDArray[np.int64], met: NDArray[Any]) -> dict[str, float]:
        """The loss, and metrics if they are asked for, of the training rows as they were met."""
        logits = met.astype(np.float64)
        seen = {"loss": float(self.loss.plain(logits, self.truth[places]).mean())}
        if self.task.train_metrics:
            seen |= self._scores(self._targets("train")[places], logits)
        return seen

    def _judge(self, seen: dict[str, float]) -> dict[str, float]:
        """Write an epoch into the curves; what is watched of it. `seen` is what training met."""
        watched = self._judged("val")
        seen |= {f"val_{name}": value for name, value in watched.items()}
        if self.fold.stop_x is not None:
            watched = self._judged("stop")
            seen |= {f"stop_{name}": value for name, value in watched.items()}
        for name, value in seen.items():
            self.curves.setdefault(name, []).append(value)
        self.rate.schedule.see(watched)
        return watched

    def _judged(self, part: str) -> dict[str, float]:
        """The loss and metrics of a part outside of training."""
        logits = self._logits(getattr(self.fold, f"{part}_x")).astype(np.float64)
        truth = self.loss.truth(getattr(self.fold, f"{part}_y"))
        return {
            "loss": float(self.loss.plain(logits, truth).mean()),
            **self._scores(self._targets(part), logits),
        }

    def _targets(self, part: str) -> NDArray[Any]:
        """The targets of a part as the data have them."""
        found: NDArray[Any] = getattr(self.fold, f"{part}_truth" if self.fold.restore else f"{part}_y")
        return found

    def _predictions(self, logits: Matrix) -> NDArray[np.float32]:
        """Predictions in the target's own units."""
        predicted = self.loss.predictions(logits)
        return self.fold.restore(predicted) if self.fold.restore else predicted

    def _scores(self, targets: NDArray[Any], logits: Matrix) -> dict[str, float]:
        predicted = self._predictions(logits)
        values = scores(self.task.kind, self.task.metrics, targets, predicted[None])
        return {metric: float(value[0]) for metric, value in values.items()}

    def _diverged(self) -> bool:
        """Whether a loss is no number that float32 holds: then it is none for every engine."""
        with np.errstate(over="ignore"):
            return not all(np.isfinite(np.float32(self.curves[name][-1])) for name in ("loss", "val_loss"))

    def _stops(self, watched: dict[str, float]) -> bool:
        rule = self.train.early_stopping
        if self.watch.improves(watched):
            self.best_epoch = self.epoch
            if rule and rule.restore_best:
                self.best = self._arrays()
        return rule is not None and self.epoch - self.best_epoch >= rule.patience

    def _outcome(self, level: int, diverged: bool) -> Outcome:
        found = Outcome(
            config_id=self.lineage.configuration.with_epochs(level).config_id,
            fold=self.lineage.fold,
            seed=self.lineage.seed,
            status="diverged" if diverged else "done",
            reason=f"the loss was no finite number at epoch {self.epoch}" if diverged else self.note,
            n_parameters=self._n_parameters(),
            epochs_run=self.epoch,
            best_epoch=self.best_epoch,
            train_seconds=perf_counter() - self.started,
            curves={name: np.array(values) for name, values in self.curves.items()},
        )
        return found if diverged else self._with_results(found)

    def _with_results(self, found: Outcome) -> Outcome:
        """The outcome with scores, predictions and weights: of the best epoch, or of the last one."""
        now = self._arrays()
        kept = now if self.best is None else self.best
        self._load(kept)
        with np.errstate(all="ignore"):
            train, val = (
                self._logits(rows).astype(np.float64) for rows in (self.fold.train_x, self.fold.val_x)
            )
            scored = replace(
                found,
                train=self._scores(self._targets("train"), train),
                val=self._scores(self._targets("val"), val),
                predictions=self._predictions(val),
                weights=tuple(array.astype(self.dtype) for array in kept),
            )
        self._load(now)  # an epoch level is read off on the way
        return scored
