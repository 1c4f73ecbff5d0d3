"""What a loss is: each row's value, and its gradient by the logits.

Logits are (member, row, output); `truth` is (1 or member, row, output), 0 or 1 for classes; `form` is
huber's delta or focal's gamma, (member, 1, 1). What rounds more than once works on padded buffers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.buffers import Padded, Place, padded


class Loss(ABC):
    """One loss for one kind of task."""

    kinds: ClassVar[tuple[str, ...]]

    def __init__(self, kind: str) -> None:
        self.kind = kind

    @abstractmethod
    def rows(self, logits: Tensor, truth: Tensor, form: Tensor) -> Tensor:
        """Each row's loss, (member, row), the mean over outputs."""

    @abstractmethod
    def gradient(self, logits: Padded, truth: Tensor, form: Tensor) -> Tensor:
        """The gradient of each row's loss by its logits, over the number of rows. `logits` may be
        written over.
        """


def predict_(logits: Padded, kind: str) -> Tensor:
    """Logits turned into predictions, in place: probabilities for classes, values as they are."""
    if kind in ("binary", "multilabel"):
        logits.flat.sigmoid_()
    elif kind == "multiclass":
        torch.softmax(logits.view, dim=-1, out=logits.view)
    return logits.view


def like(values: Tensor) -> Padded:
    """A padded copy of `values`."""
    copy = padded(*values.shape, place=Place(values.dtype, values.device))
    copy.view.copy_(values)
    return copy


def sum_last(values: Tensor) -> Tensor:
    """The sum over the last axis, left to right: the same bits however many members there are."""
    total = values[..., 0].clone()
    for place in range(1, values.shape[-1]):
        total += values[..., place]
    return total


def mean_last(values: Tensor) -> Tensor:
    """The mean over the last axis."""
    return sum_last(values) if values.shape[-1] == 1 else sum_last(values).div_(values.shape[-1])


def through_outputs_(slope: Tensor, predictions: Tensor, kind: str) -> Tensor:
    """A gradient by predictions turned into one by logits, in place."""
    if kind == "regression":
        return slope
    if kind == "multiclass":
        shared = sum_last(slope * predictions).unsqueeze(-1)
        return slope.sub_(shared).mul_(predictions)
    return slope.mul_(predictions).mul_(1 - predictions)
