"""One lineage's training: epoch by epoch, batch by batch."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.engines.numpy.descent import Descent
from paribus.engines.numpy.losses import Loss, by_penalty
from paribus.engines.numpy.matrix import Matrix
from paribus.engines.numpy.network import Network
from paribus.engines.numpy.noise import Noise, draw
from paribus.engines.numpy.schedules import LearningRate, Length
from paribus.engines.numpy.watch import Watch
from paribus.networks.initial import initial_weights
from paribus.population.metrics import scores
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.population.row_weights import row_weights
from paribus.population.rows import order
from paribus.study.spec import EarlyStopping


class Training:
    """A network on its way. `best` holds its arrays at the end of the best epoch so far."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        self.lineage, self.fold, self.task = lineage, fold, task
        settings, self.train = lineage.configuration.network, lineage.configuration.train
        fresh = initial_weights(settings, fold.size.features, task.n_outputs, lineage.seed, lineage.fold)
        self.network = Network(settings, self.train.convention, fresh)
        self.loss = Loss(self.train, task)
        self.descent = Descent(self.train, self.network.trained)
        length = Length(self.train.epochs, ceil(fold.size.train / self.train.batch_size))
        self.rate = LearningRate(self.train, length)
        self.rows, self.truth = fold.train_x.astype(np.float64), self.loss.truth(fold.train_y)
        self.weights = self._row_weights()
        stopping = self.train.early_stopping or EarlyStopping()
        self.watch = Watch(stopping.monitor, stopping.mode, stopping.min_delta)
        # Until an epoch is best, the arrays as they move.
        self.best, self.best_epoch = self.network.arrays, 0
        self.curves: dict[str, list[float]] = {}

    def outcomes(self) -> list[Outcome]:
        """Train; one outcome for each epoch level."""
        started, found, epoch, ended = perf_counter(), [], 0, False
        while not ended:
            epoch += 1
            # What overflows has diverged, and is said so.
            with np.errstate(all="ignore"):
                watched = self._epoch(epoch)
            diverged = self._diverged()
            ended = diverged or self._stops(epoch, watched) or epoch == self.lineage.epochs[-1]
            found += [
                self._outcome(level, epoch, diverged, perf_counter() - started)
                for level in self.lineage.epochs
                if level == epoch or (ended and level > epoch)
            ]
        return found

    def _row_weights(self) -> Matrix:
        """(row, 1), or (row, output) for labels weighted each."""
        found = row_weights(self.lineage.configuration.prepare, self.fold, self.task)
        rows = self.rows.shape[0]
        return np.ones((rows, 1)) if found is None else found.astype(np.float64).reshape(rows, -1)

    def _epoch(self, epoch: int) -> dict[str, float]:
        """Train one epoch; the loss and metrics of the rows that are watched."""
        lineage, settings = self.lineage, self.network.settings
        rows, features = self.rows.shape
        places = order(lineage.seed, lineage.fold, epoch, rows)
        noise = draw(settings, lineage.seed, lineage.fold, epoch, rows, features)
        met = []
        for start in range(0, rows, self.train.batch_size):
            batch = slice(start, start + self.train.batch_size)
            met.append(self._step(epoch, places[batch], noise.batch(batch)))
        return self._judge(places, np.concatenate(met))

    def _step(self, epoch: int, chosen: NDArray[np.int64], noise: Noise) -> Matrix:
        """Train on one batch; its logits before."""
        way = self.network.forward(self.rows[chosen], noise)
        delta = self.loss.gradient(way.logits, self.truth[chosen], self.weights[chosen])
        gradients = self.network.backward(way, delta)
        for layer, weights in enumerate(self.network.weights):
            gradients[layer] += by_penalty(self.train, weights)
        self.network.move_averages(way)
        self.descent.step(gradients, self.rate.at(epoch, self.descent.steps + 1))
        return way.logits

    def _judge(self, places: NDArray[np.int64], met: Matrix) -> dict[str, float]:
        """Write an epoch into the curves; what is watched of it. `met` are the logits of training, in the
        order of `places`.
        """
        seen = {"loss": float(self.loss.plain(met, self.truth[places]).mean())}
        if self.task.train_metrics:
            seen |= self._scores(self._targets("train")[places], met)
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
        logits = self.network.logits(getattr(self.fold, f"{part}_x").astype(np.float64))
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

    def _stops(self, epoch: int, watched: dict[str, float]) -> bool:
        if self.watch.improves(watched):
            self.best, self.best_epoch = [array.copy() for array in self.network.arrays], epoch
        rule = self.train.early_stopping
        return rule is not None and epoch - self.best_epoch >= rule.patience

    def _outcome(self, level: int, epoch: int, diverged: bool, seconds: float) -> Outcome:
        found = Outcome(
            config_id=self.lineage.configuration.with_epochs(level).config_id,
            fold=self.lineage.fold,
            seed=self.lineage.seed,
            status="diverged" if diverged else "done",
            reason=f"the loss was no finite number at epoch {epoch}" if diverged else "",
            n_parameters=sum(array.size for array in self.network.arrays),
            epochs_run=epoch,
            best_epoch=self.best_epoch,
            train_seconds=seconds,
            curves={name: np.array(values) for name, values in self.curves.items()},
        )
        return found if diverged else self._with_results(found)

    def _with_results(self, found: Outcome) -> Outcome:
        """The outcome with scores, predictions and weights: of the best epoch, or of the last one."""
        rule = self.train.early_stopping
        arrays = self.best if rule and rule.restore_best else self.network.arrays
        kept = Network(self.network.settings, self.train.convention, arrays)
        with np.errstate(all="ignore"):
            train, val = (
                kept.logits(rows.astype(np.float64)) for rows in (self.fold.train_x, self.fold.val_x)
            )
            return replace(
                found,
                train=self._scores(self._targets("train"), train),
                val=self._scores(self._targets("val"), val),
                predictions=self._predictions(val),
                weights=tuple(array.astype(np.float32) for array in arrays),
            )
