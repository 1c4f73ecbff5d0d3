"""The reference: one network at a time, plain NumPy in float64, to be read in one sitting.

Slow and obvious on purpose. The population is held to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from paribus.engines.population import loss_refusal
from paribus.engines.protocol import Engine, Folds, Sizes
from paribus.networks.mlp import dropout_layers, initial_weights
from paribus.population.losses import resolve_loss
from paribus.population.metrics import scores
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.population.rows import noise, order
from paribus.study.configuration import Configuration
from paribus.study.options import larger_is_better
from paribus.study.spec import Train

Matrix = NDArray[np.float64]


def sigmoid(z: Matrix) -> Matrix:
    """1 / (1 + e^-z), without overflow."""
    return np.exp(-np.logaddexp(0, -z))


def softmax(z: Matrix) -> Matrix:
    """Probabilities of classes, (row, class)."""
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


ACTIVATIONS: dict[str, tuple[Callable[[Matrix], Matrix], Callable[[Matrix], Matrix]]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(np.float64)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "linear": (lambda z: z, np.ones_like),
}
OUTPUTS: dict[str, Callable[[Matrix], Matrix]] = {
    "binary": sigmoid,
    "multiclass": softmax,
    "regression": lambda z: z,
}


def losses(z: Matrix, truth: Matrix, loss: str, kind: str) -> Matrix:
    """Each row's loss from its logits (row, output)."""
    if loss == "binary_crossentropy":
        return np.logaddexp(0, (1 - 2 * truth) * z)[:, 0]
    if loss == "categorical_crossentropy":
        return np.asarray(np.logaddexp.reduce(z, axis=1) - (z * truth).sum(axis=1))
    return np.asarray(((OUTPUTS[kind](z) - truth) ** 2).mean(axis=1))


def by_logits(z: Matrix, truth: Matrix, loss: str, kind: str) -> Matrix:
    """The gradient of the mean loss by the logits."""
    output = OUTPUTS[kind](z)
    if loss != "mse":
        return (output - truth) / len(z)
    slope = 2 * (output - truth) / z.size
    if kind == "binary":
        return slope * output * (1 - output)
    if kind == "multiclass":
        return output * (slope - (slope * output).sum(axis=1, keepdims=True))
    return slope


@dataclass
class Optimizer:
    """The three rules, one weight matrix at a time."""

    rule: Train
    state: dict[tuple[str, int], Matrix] = field(default_factory=dict)
    step: int = 0

    def update(self, weights: list[Matrix], gradients: list[Matrix]) -> None:
        """Move every matrix one step."""
        self.step += 1
        for layer, (matrix, gradient) in enumerate(zip(weights, gradients, strict=True)):
            np.subtract(matrix, self._move(layer, gradient), out=matrix)

    def _move(self, layer: int, gradient: Matrix) -> Matrix:
        """What to subtract from one matrix."""
        rule = self.rule
        if rule.optimizer == "sgd":
            return rule.learning_rate * self._decay("velocity", layer, rule.momentum, gradient)
        if rule.optimizer == "rmsprop":
            squares = self._decay("squares", layer, rule.rho, (1 - rule.rho) * gradient**2)
            return rule.learning_rate * gradient / np.sqrt(squares + rule.epsilon)
        first = self._decay("first", layer, rule.beta_1, (1 - rule.beta_1) * gradient)
        second = self._decay("second", layer, rule.beta_2, (1 - rule.beta_2) * gradient**2)
        rate = rule.learning_rate * np.sqrt(1 - rule.beta_2**self.step) / (1 - rule.beta_1**self.step)
        return rate * first / (np.sqrt(second) + rule.epsilon)

    def _decay(self, name: str, layer: int, keep: float, add: Matrix) -> Matrix:
        self.state[name, layer] = keep * self.state.get((name, layer), np.zeros_like(add)) + add
        return self.state[name, layer]


class Network:
    """One fully connected network in float64."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        self.configuration, self.seed, self.fold = lineage.configuration, lineage.seed, lineage.fold
        network = self.configuration.network
        fresh = initial_weights(network, fold.size[2], task.n_outputs, lineage.seed, lineage.fold)
        self.weights = [matrix.astype(np.float64) for matrix in fresh]
        self.activation, self.slope = ACTIVATIONS[network.activation]

    def forward(self, rows: Matrix, masks: Sequence[Matrix] = ()) -> tuple[list[Matrix], list[Matrix]]:
        """The inputs and the sums of every layer; the last sums are the logits."""
        inputs, sums = [], []
        for layer, matrix in enumerate(self.weights):
            inputs.append(np.column_stack([rows, np.ones(len(rows))]))
            sums.append(inputs[-1] @ matrix)
            rows = self.activation(sums[-1])
            if masks and layer < len(masks):
                rows = rows * masks[layer]
        return inputs, sums

    def gradients(
        self, rows: Matrix, truth: Matrix, masks: Sequence[Matrix], loss: str, kind: str
    ) -> tuple[Matrix, list[Matrix]]:
        """Each row's loss, and the gradient of their mean by every weight matrix."""
        inputs, sums = self.forward(rows, masks)
        delta = by_logits(sums[-1], truth, loss, kind)
        found = [inputs[-1].T @ delta]
        for layer in reversed(range(len(masks))):
            delta = delta @ self.weights[layer + 1][:-1].T * masks[layer] * self.slope(sums[layer])
            found.append(inputs[layer].T @ delta)
        return losses(sums[-1], truth, loss, kind), found[::-1]

    def masks(self, epoch: int, rows: int) -> list[Matrix]:
        """Dropout's factors of one epoch for each hidden layer, in the epoch's order of rows."""
        network, found = self.configuration.network, []
        dropped = dropout_layers(network)
        for layer, width in enumerate(network.hidden):
            place = sum(w == width and d for w, d in zip(network.hidden[:layer], dropped, strict=False))
            rate = np.float32(network.dropout if dropped[layer] else 0)
            kept = noise(self.seed, self.fold, epoch, rows, width, place) >= rate
            found.append(kept / (1 - np.float64(rate)))
        return found


class NumpyEngine(Engine):
    """Trains every lineage alone, epoch by epoch, batch by batch."""

    name: ClassVar[str] = "numpy"

    def refusal(self, configuration: Configuration, task: Task) -> str | None:
        """See `Engine.refusal`."""
        return loss_refusal(configuration, task)

    def populations(
        self, lineages: Sequence[Lineage], sizes: Sizes, task: Task, memory: int
    ) -> list[list[Lineage]]:
        """See `Engine.populations`."""
        return [[lineage] for lineage in lineages]

    def train(self, lineages: Sequence[Lineage], folds: Folds, task: Task) -> list[Outcome]:
        """See `Engine.train`."""
        return [
            outcome
            for lineage in lineages
            for outcome in _Training(lineage, folds[lineage.data], task).outcomes()
        ]


class _Training:
    """One lineage's training. `best` holds the weights of the best epoch so far."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        self.lineage, self.fold, self.task = lineage, fold, task
        self.network = Network(lineage, fold, task)
        self.rule = lineage.configuration.train
        self.loss = resolve_loss(self.rule.loss, task.kind)
        self.optimizer = Optimizer(self.rule)
        self.curves: dict[str, list[float]] = {}
        self.best, self.best_value, self.best_epoch = self.network.weights, np.inf, 0

    def outcomes(self) -> list[Outcome]:
        """Train; one outcome for each epoch level."""
        started, found, epoch, ended = perf_counter(), [], 0, False
        while not ended:
            epoch += 1
            with np.errstate(all="ignore"):
                self._epoch(epoch)
                # What no float32 can hold has diverged for every engine.
                diverged = not all(
                    np.isfinite(np.float32(self.curves[name][-1])) for name in ("loss", "val_loss")
                )
            ended = diverged or self._stops(epoch) or epoch == self.lineage.epochs[-1]
            found += [
                self._outcome(level, epoch, diverged, perf_counter() - started)
                for level in self.lineage.epochs
                if level == epoch or (ended and level > epoch)
            ]
        return found

    def _truth(self, values: NDArray[np.generic]) -> Matrix:
        if self.task.kind == "multiclass":
            return np.eye(self.task.n_outputs)[values.astype(np.int64)]
        return values.astype(np.float64)[:, None]

    def _epoch(self, epoch: int) -> None:
        rows, truth = self.fold.train_x.astype(np.float64), self._truth(self.fold.train_y)
        places = order(self.lineage.seed, self.lineage.fold, epoch, len(rows))
        masks, met = self.network.masks(epoch, len(rows)), []
        for start in range(0, len(rows), self.rule.batch_size):
            batch = slice(start, start + self.rule.batch_size)
            chosen = places[batch]
            row_losses, gradients = self.network.gradients(
                rows[chosen], truth[chosen], [mask[batch] for mask in masks], self.loss, self.task.kind
            )
            met.append(row_losses)
            self.optimizer.update(self.network.weights, gradients)
        logits = self._logits(self.fold.val_x)
        val_loss = losses(logits, self._truth(self.fold.val_y), self.loss, self.task.kind).mean()
        values = self._scores(self.fold.val_y, self._predictions(logits))
        seen = {
            "loss": np.concatenate(met).mean(),
            "val_loss": val_loss,
            **{f"val_{m}": v for m, v in values.items()},
        }
        for name, value in seen.items():
            self.curves.setdefault(name, []).append(float(value))

    def _logits(self, rows: NDArray[np.float32]) -> Matrix:
        return self.network.forward(rows.astype(np.float64))[1][-1]

    def _predictions(self, logits: Matrix) -> NDArray[np.float32]:
        output = OUTPUTS[self.task.kind](logits).astype(np.float32)
        return output if self.task.kind == "multiclass" else output[:, 0]

    def _scores(self, truth: NDArray[np.generic], predicted: NDArray[np.float32]) -> dict[str, float]:
        values = scores(self.task.kind, self.task.metrics, truth, predicted[None])
        return {metric: float(value[0]) for metric, value in values.items()}

    def _stops(self, epoch: int) -> bool:
        rule = self.rule.early_stopping
        monitor = rule.monitor if rule else "val_loss"
        metric = monitor.removeprefix("val_")
        sign = -1 if metric != "loss" and larger_is_better(metric) else 1
        value = sign * self.curves[monitor][-1]
        if value < self.best_value - (rule.min_delta if rule else 0):
            self.best_value, self.best_epoch = value, epoch
            self.best = [matrix.copy() for matrix in self.network.weights]
        return rule is not None and epoch - self.best_epoch >= rule.patience

    def _outcome(self, level: int, epoch: int, diverged: bool, seconds: float) -> Outcome:
        rule, last = self.rule.early_stopping, self.network.weights
        found = Outcome(
            config_id=self.lineage.configuration.with_epochs(level).config_id,
            fold=self.lineage.fold,
            seed=self.lineage.seed,
            status="diverged" if diverged else "done",
            reason=f"the loss was no finite number at epoch {epoch}" if diverged else "",
            n_parameters=sum(matrix.size for matrix in last),
            epochs_run=epoch,
            best_epoch=self.best_epoch,
            train_seconds=seconds,
            curves={name: np.array(values) for name, values in self.curves.items()},
        )
        if diverged:
            return found
        self.network.weights = self.best if rule and rule.restore_best else last
        predicted = self._predictions(self._logits(self.fold.val_x))
        train = self._scores(self.fold.train_y, self._predictions(self._logits(self.fold.train_x)))
        kept = tuple(matrix.astype(np.float32) for matrix in self.network.weights)
        self.network.weights = last
        return replace(
            found,
            train=train,
            val=self._scores(self.fold.val_y, predicted),
            predictions=predicted,
            weights=kept,
        )
