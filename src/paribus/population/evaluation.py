"""Losses, metrics and predictions of many members on rows that aren't trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.mlp import Weights
from paribus.population.buffers import Stack, padded
from paribus.population.grouping import EVALUATION_ROWS, MEMBERS, Shape
from paribus.population.losses import predict_, row_losses
from paribus.population.metrics import scores
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Task
from paribus.population.rows import Rows
from paribus.population.stacked import StackedMLP

Kept = Mapping[tuple[int, int], Weights]
"""Weights by (member, epoch)."""


class Scored(NamedTuple):
    """Metrics of one set of weights, and its predictions of the validation rows."""

    train: dict[str, float]
    val: dict[str, float]
    predictions: NDArray[np.float32] | None


class Evaluation:
    """Forward passes of `weights` over whole parts, a bounded number of rows at a time."""

    def __init__(self, shape: Shape, weights: Stack) -> None:
        self.shape, self.weights = shape, weights
        self.networks: dict[int, StackedMLP] = {}

    def logits(self, rows: Rows, part: list[Tensor]) -> Tensor:
        """Logits (member, row, output) of a part, in its own order."""
        total = len(part[0])
        found = torch.empty(self.weights.members, total, self.shape.widths[-1])
        for start in range(0, total, EVALUATION_ROWS):
            chunk = slice(start, min(start + EVALUATION_ROWS, total))
            size = chunk.stop - start
            if size not in self.networks:
                self.networks[size] = StackedMLP(self.shape, self.weights, size)
            found[:, chunk] = self.networks[size].forward(rows.evaluation(part, chunk), ()).view
        return found

    def validate(self, rows: Rows, task: Task) -> dict[str, NDArray[np.float64]]:
        """`val_loss` and every metric on the validation rows, each (member,)."""
        logits = self.logits(rows, rows.val)
        truth = rows.truth(rows.val_truth)
        losses = row_losses(logits, truth, self.shape.loss, self.shape.kind)
        found = {"val_loss": mean_losses(losses)}
        values = self._scores(predictions(logits, self.shape.kind), truth, task)
        return found | {f"val_{metric}": value for metric, value in values.items()}

    def _scores(
        self, predicted: NDArray[np.float32], truth: Tensor, task: Task
    ) -> dict[str, NDArray[np.float64]]:
        return scores(task.kind, task.metrics, decode(truth, task.kind), predicted)


def mean_losses(losses: Tensor) -> NDArray[np.float64]:
    """The mean over rows of (member, row), summed in float64."""
    found: NDArray[np.float64] = losses.numpy().mean(axis=1, dtype=np.float64)
    return found


def predictions(logits: Tensor, kind: str) -> NDArray[np.float32]:
    """Logits as predictions: (member, row), or (member, row, class) for several classes."""
    work = padded(*logits.shape)
    work.view.copy_(logits)
    found: NDArray[np.float32] = predict_(work, kind).numpy()
    return found if kind == "multiclass" else found[..., 0]


def decode(truth: Tensor, kind: str) -> NDArray[np.generic]:
    """Encoded truth as class codes or values: (1 or member, row)."""
    decoded: NDArray[np.generic] = (
        truth.argmax(dim=-1).numpy() if kind == "multiclass" else truth[..., 0].numpy()
    )
    return decoded


def evaluate(
    shape: Shape,
    lineages: Sequence[Lineage],
    folds: Mapping[FoldName, FoldArrays],
    kept: Kept,
    task: Task,
) -> dict[tuple[int, int], Scored]:
    """What each kept set of weights is worth on its training and validation rows."""
    found: dict[tuple[int, int], Scored] = {}
    names = list(kept)
    for start in range(0, len(names), MEMBERS):
        chunk = names[start : start + MEMBERS]
        found |= _evaluate(shape, lineages, folds, {name: kept[name] for name in chunk}, task)
    return found


def _evaluate(
    shape: Shape,
    lineages: Sequence[Lineage],
    folds: Mapping[FoldName, FoldArrays],
    kept: Kept,
    task: Task,
) -> dict[tuple[int, int], Scored]:
    names = list(kept)
    stacked = [*names, *names] if len(names) == 1 else names
    rows = Rows(shape, [lineages[member] for member, _ in stacked], folds)
    weights = Stack(shape.layers, len(stacked))
    for place, name in enumerate(stacked):
        for layer, matrix in zip(weights.layers, kept[name], strict=True):
            layer[place] = torch.from_numpy(matrix)
    evaluation = Evaluation(shape, weights)
    found = {}
    for part, inputs, truth in (
        ("train", rows.train, rows.train_truth),
        ("val", rows.val, rows.val_truth),
    ):
        predicted = predictions(evaluation.logits(rows, inputs), shape.kind)
        values = scores(task.kind, task.metrics, decode(rows.truth(truth), task.kind), predicted)
        found[part] = predicted, values
    return {
        name: Scored(
            train={metric: float(value[place]) for metric, value in found["train"][1].items()},
            val={metric: float(value[place]) for metric, value in found["val"][1].items()},
            predictions=found["val"][0][place].copy(),
        )
        for place, name in enumerate(names)
    }
