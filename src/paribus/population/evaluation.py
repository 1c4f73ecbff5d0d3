"""Losses, metrics and predictions of many members on rows that aren't trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.network import Weights
from paribus.population import native
from paribus.population.buffers import Stack
from paribus.population.grouping import EVALUATION_ROWS, SEGMENT, Shape
from paribus.population.losses import predict_
from paribus.population.losses.base import like
from paribus.population.metrics import scores
from paribus.population.outcome import Lineage, Task
from paribus.population.rows import Feed, Rows, rows_of
from paribus.population.settings import Settings
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

    def logits(self, rows: Rows, part: str) -> Tensor:
        """Logits (member, row, output) of a part, in its own order."""
        total = getattr(self.shape.common.size, part)
        found = self.weights.table.new_empty(self.weights.members, total, self.shape.widths[-1])
        for start in range(0, total, EVALUATION_ROWS):
            chunk = slice(start, min(start + EVALUATION_ROWS, total))
            size = chunk.stop - start
            if size not in self.networks:
                self.networks[size] = StackedMLP(self.shape, self.weights, size)
            found[:, chunk] = self.networks[size].forward(rows.evaluation(part, chunk)).view
        return found


def evaluation(shape: Shape, weights: Stack) -> Evaluation | native.NativeEvaluation:
    """Forward passes of `weights` by the native code where it can, else by PyTorch's calls."""
    return (native.NativeEvaluation if native.forwards(shape) else Evaluation)(shape, weights)


def mean_losses(losses: Tensor) -> NDArray[np.float64]:
    """The mean over rows of (member, row), summed in float64."""
    found: NDArray[np.float64] = losses.numpy(force=True).mean(axis=1, dtype=np.float64)
    return found


def predictions(logits: Tensor, task: Task) -> NDArray[np.floating]:
    """Logits as predictions: (member, row), or (member, row, output) for several."""
    found: NDArray[np.floating] = predict_(like(logits), task.kind).numpy(force=True)
    return found if found.shape[-1] > 1 else found[..., 0]


def decode(truth: Tensor, task: Task) -> NDArray[np.generic]:
    """Encoded truth as class codes or values: (member, row), or (member, row, output) for several."""
    if task.kind == "multiclass":
        truth = truth.argmax(dim=-1, keepdim=True)
    decoded: NDArray[np.generic] = truth.numpy(force=True)
    return decoded if decoded.shape[-1] > 1 else decoded[..., 0]


def judged(
    rows: Sequence[Rows], part: str, logits: Tensor, truth: Tensor, task: Task
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.floating]]:
    """Metrics of each member (member,), and its predictions, both in the target's own units.

    The members of all `rows` in their order. `part` is empty for training rows as they were met.
    """
    predicted, known = predictions(logits, task), decode(truth, task)
    if any(each.transformed for each in rows):
        ends = np.cumsum([each.members for each in rows])[:-1]
        predicted = _restored(rows, np.split(predicted, ends))
        targets = [each.targets(part) for each in rows] if part else None
        known = np.concatenate(targets) if targets else _restored(rows, np.split(known, ends))
    return scores(task.kind, task.metrics, known, predicted), predicted


def _restored(rows: Sequence[Rows], values: Sequence[NDArray[Any]]) -> NDArray[np.floating]:
    return np.concatenate([each.in_units(own) for each, own in zip(rows, values, strict=True)])


def evaluate(
    shape: Shape, lineages: Sequence[Lineage], feed: Feed, kept: Kept, task: Task
) -> dict[tuple[int, int], Scored]:
    """What each kept set of weights is worth on its training and validation rows."""
    found: dict[tuple[int, int], Scored] = {}
    names = list(kept)
    for start in range(0, len(names), SEGMENT):
        chunk = names[start : start + SEGMENT]
        found |= _evaluate(shape, lineages, feed, {name: kept[name] for name in chunk}, task)
    return found


def _evaluate(
    shape: Shape, lineages: Sequence[Lineage], feed: Feed, kept: Kept, task: Task
) -> dict[tuple[int, int], Scored]:
    names = list(kept)
    stacked = [*names, *names] if len(names) == 1 else names
    members, place = [lineages[member] for member, _ in stacked], shape.common.place
    rows = rows_of(shape, members, feed, Settings.of(members, place).input_noise)
    weights = Stack([block.shape for block in shape.blocks], len(stacked), place)
    for row, name in enumerate(stacked):
        for array, values in zip(weights.arrays, kept[name], strict=True):
            array[row] = torch.from_numpy(values)
    forward = evaluation(shape, weights)
    (train, _), (val, predicted) = (
        judged([rows], part, forward.logits(rows, part), rows.truth_of(part), task)
        for part in ("train", "val")
    )
    return {
        name: Scored(
            train={metric: float(value[row]) for metric, value in train.items()},
            val={metric: float(value[row]) for metric, value in val.items()},
            predictions=predicted[row].astype(np.float32),
        )
        for row, name in enumerate(names)
    }
