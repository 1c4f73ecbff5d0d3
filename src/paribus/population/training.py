"""The training loop of a population, and what each of its trials leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray

from paribus.networks.mlp import Weights, initial_weights
from paribus.population import native
from paribus.population.buffers import Stack
from paribus.population.evaluation import Evaluation, Scored, evaluate, mean_losses
from paribus.population.grouping import Shape
from paribus.population.losses import row_losses
from paribus.population.optimizers import OPTIMIZERS
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.population.rows import Rows
from paribus.population.steps import Steps
from paribus.population.stopping import Stopping

NEVER = np.iinfo(np.int64).max
COMPACT = 0.75
"""The population is compacted when this share of its members, or less, still trains."""


@dataclass(frozen=True)
class Reading:
    """A training read off for one trial: its weights' name, and where it stood."""

    member: int
    epochs: int
    epochs_run: int
    best_epoch: int
    kept_epoch: int
    diverged: bool


def train(
    shape: Shape, lineages: Sequence[Lineage], folds: Mapping[FoldName, FoldArrays], task: Task
) -> list[Outcome]:
    """Train `lineages` together; one outcome for each of their epoch levels.

    An outcome has the same bits beside any other members, on one machine.
    """
    started = perf_counter()
    with _one_thread():
        training = Training(shape, at_least_two(lineages), folds, task)
        training.run()
        readings = [reading for reading in training.readings if reading.member < len(lineages)]
        kept = evaluate(shape, training.lineages, folds, training.kept, task)
    total = sum(reading.epochs_run for reading in readings)
    seconds = (perf_counter() - started) / total
    return [training.outcome(reading, kept, seconds * reading.epochs_run) for reading in readings]


def at_least_two(lineages: Sequence[Lineage]) -> list[Lineage]:
    """The same, or a lone one twice: one matrix takes another path through the library than two."""
    return [*lineages, *lineages] if len(lineages) == 1 else list(lineages)


class _one_thread:  # noqa: N801 - used as `with _one_thread():`
    """One thread for PyTorch: sums split over threads would depend on their number."""

    def __enter__(self) -> None:
        self.threads = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self.threads)


class Training:
    """The state of one population while it trains. `active` are the members in the stack."""

    def __init__(
        self, shape: Shape, lineages: list[Lineage], folds: Mapping[FoldName, FoldArrays], task: Task
    ) -> None:
        self.shape, self.lineages, self.task = shape, lineages, task
        self.rows = Rows(shape, lineages, folds)
        self.active = np.arange(len(lineages))
        self.last = np.array([lineage.epochs[-1] for lineage in lineages])
        stopping = [lineage.configuration.train.early_stopping for lineage in lineages]
        self.stopping = Stopping(
            shape.monitor or "val_loss",
            shape.min_delta,
            np.array([rule.patience if rule else NEVER for rule in stopping]),
        )
        self.done = np.zeros(len(lineages), dtype=np.bool_)
        self.steps = 0
        self.curves: list[NDArray[np.float64]] = []
        self.curve_names: tuple[str, ...] = ()
        self.readings: list[Reading] = []
        self.kept: dict[tuple[int, int], Weights] = {}
        self.weights = Stack(shape.layers, len(lineages))
        for place, lineage in enumerate(lineages):
            network = lineage.configuration.network
            fresh = initial_weights(network, shape.widths[0], shape.widths[-1], lineage.seed, lineage.fold)
            for layer, matrix in zip(self.weights.layers, fresh, strict=True):
                layer[place] = torch.from_numpy(matrix)
        states = [Stack(shape.layers, len(lineages)) for _ in range(OPTIMIZERS[shape.optimizer].n_states)]
        self._lay_out(self.weights, states, self.weights.take(torch.arange(len(lineages))))

    def _lay_out(self, weights: Stack, states: list[Stack], best: Stack) -> None:
        """Take these stacks as the active members', and make what depends on their number."""
        members, shape = len(self.active), self.shape
        self.weights, self.states, self.best = weights, states, best
        trained = [self.lineages[member].configuration for member in self.active]
        rates = torch.tensor([made.train.learning_rate for made in trained])
        dropout = torch.tensor([made.network.dropout for made in trained])
        self.drops = bool((dropout > 0).any())
        self.epochs = (native.NativeSteps if native.available() else Steps)(
            shape, weights, states, rates, dropout
        )
        self.logits = torch.empty(members, shape.train_rows, shape.widths[-1])
        self.evaluation = Evaluation(shape, weights)

    def run(self) -> None:
        """Train until every member has stopped or has run its epochs."""
        epoch = 0
        while not self.done.all():
            epoch += 1
            losses = self._epoch(epoch)
            self._judge(epoch, losses)
            self._compact()

    def _epoch(self, epoch: int) -> NDArray[np.float64]:
        """One pass over the training rows; each active member's mean loss as it was met."""
        self.rows.shuffle(epoch)
        noise = self.rows.noise(epoch) if self.drops else [None] * len(self.shape.dropped)
        self.epochs.run(self.rows, noise, self.steps, self.logits)
        self.steps += -(-self.shape.train_rows // self.shape.batch_size)
        truth = self.rows.spread(self.rows.shuffled_truth)
        return mean_losses(row_losses(self.logits, truth, self.shape.loss, self.shape.kind))

    def _judge(self, epoch: int, losses: NDArray[np.float64]) -> None:
        """Record the epoch; keep the best weights; read off the trials that end here."""
        training = self.active[~self.done[self.active]]
        among = ~self.done[self.active]
        values = self.evaluation.validate(self.rows, self.task)
        values["loss"] = losses
        self._draw(values)
        watched = values[self.shape.monitor or "val_loss"]
        improved = self.stopping.update(training, watched[among], epoch)
        if self.shape.restore_best and improved.any():
            self.best.put(torch.from_numpy(np.flatnonzero(among)[improved]), self.weights)
        finite = np.isfinite(losses) & np.isfinite(values["val_loss"])
        stopped = self.stopping.stopped(training)
        for place, member, stop in zip(np.flatnonzero(among), training, stopped, strict=True):
            ended = not finite[place] or stop or epoch == self.last[member]
            self._read(int(place), int(member), epoch, ended, bool(finite[place]))
            self.done[member] = ended

    def _draw(self, values: dict[str, NDArray[np.float64]]) -> None:
        """Add this epoch's values to the curves: (member, name)."""
        self.curve_names = tuple(values)
        point = np.full((len(self.lineages), len(values)), np.nan)
        point[self.active] = np.stack(list(values.values()), axis=1)
        self.curves.append(point)

    def _read(self, place: int, member: int, epoch: int, ended: bool, finite: bool) -> None:
        best = int(self.stopping.best_epoch[member])
        kept = best if self.shape.restore_best else epoch
        for level in self.lineages[member].epochs:
            if level == epoch or (ended and level > epoch):
                self.readings.append(Reading(member, level, epoch, best, kept, not finite))
                if finite and (member, kept) not in self.kept:
                    source = self.best if self.shape.restore_best else self.weights
                    self.kept[member, kept] = tuple(layer[place].numpy().copy() for layer in source.layers)

    def _compact(self) -> None:
        """Let finished members leave, once enough of them have."""
        going = np.flatnonzero(~self.done[self.active])
        if not len(going) or len(going) > COMPACT * len(self.active) or len(self.active) == 2:
            return
        if len(going) == 1:
            going = np.array([going[0], going[0] - 1 if going[0] else 1])
        index = torch.from_numpy(going)
        self.active = self.active[going]
        self.rows.choose([self.lineages[member] for member in self.active])
        self._lay_out(
            self.weights.take(index), [state.take(index) for state in self.states], self.best.take(index)
        )

    def outcome(self, reading: Reading, scored: Mapping[tuple[int, int], Scored], seconds: float) -> Outcome:
        """The outcome of one reading."""
        lineage = self.lineages[reading.member]
        drawn = np.stack([point[reading.member] for point in self.curves[: reading.epochs_run]])
        curves = {name: drawn[:, place].copy() for place, name in enumerate(self.curve_names)}
        name = (reading.member, reading.kept_epoch)
        worth = Scored({}, {}, None) if reading.diverged else scored[name]
        return Outcome(
            config_id=lineage.configuration.with_epochs(reading.epochs).config_id,
            fold=lineage.fold,
            seed=lineage.seed,
            status="diverged" if reading.diverged else "done",
            reason=f"the loss was no finite number at epoch {reading.epochs_run}" if reading.diverged else "",
            n_parameters=self.shape.n_parameters,
            epochs_run=reading.epochs_run,
            best_epoch=reading.best_epoch,
            train_seconds=seconds,
            train=worth.train,
            val=worth.val,
            curves=curves,
            predictions=worth.predictions,
            weights=() if reading.diverged else self.kept[name],
        )
