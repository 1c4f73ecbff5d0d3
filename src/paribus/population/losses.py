"""Losses: the output's activation, each row's loss, and its gradient by the logits.

Logits and predictions are (member, row, output); `truth` is (1 or member, row, output), 0 or 1 for
classes.
"""

from __future__ import annotations

import torch
from torch import Tensor

from paribus.population.buffers import Padded, padded

DEFAULT_LOSS = {
    "binary": "binary_crossentropy",
    "multiclass": "categorical_crossentropy",
    "regression": "mse",
}
ALLOWED_LOSSES = {
    "binary": ("binary_crossentropy", "mse"),
    "multiclass": ("categorical_crossentropy", "mse"),
    "regression": ("mse",),
}


def resolve_loss(loss: str, kind: str) -> str:
    """The loss meant by `auto` for a task."""
    return DEFAULT_LOSS[kind] if loss == "auto" else loss


def predict_(logits: Padded, kind: str) -> Tensor:
    """Logits turned into predictions, in place: probabilities for classes, values as they are."""
    if kind == "binary":
        logits.flat.sigmoid_()
    elif kind == "multiclass":
        torch.softmax(logits.view, dim=-1, out=logits.view)
    return logits.view


def output_gradient_(predictions: Tensor, truth: Tensor, loss: str, kind: str) -> Tensor:
    """The gradient of the mean loss over rows by the logits, written over `predictions`."""
    rows, outputs = predictions.shape[1:]
    if loss != "mse":
        return predictions.sub_(truth).mul_(1 / rows)
    scale = 2 / (rows * outputs)
    if kind == "regression":
        return predictions.sub_(truth).mul_(scale)
    slope = (predictions - truth).mul_(scale)
    if kind == "binary":
        return predictions.mul_(1 - predictions).mul_(slope)
    shared = sum_last(slope * predictions).unsqueeze(-1)
    return predictions.mul_(slope.sub_(shared))


def row_losses(logits: Tensor, truth: Tensor, loss: str, kind: str) -> Tensor:
    """Each row's loss, (member, row), from the logits: no probability is rounded to 0 or 1."""
    work = padded(*logits.shape)
    if loss == "binary_crossentropy":
        torch.mul(logits, 1 - 2 * truth, out=work.view)
        return torch.nn.functional.softplus(work.flat)[: logits.numel()].view(logits.shape)[..., 0]
    if loss == "categorical_crossentropy":
        torch.log_softmax(logits, dim=-1, out=work.view)
        return sum_last(work.view * truth).neg_()
    work.view.copy_(logits)
    return sum_last((predict_(work, kind) - truth).square_()).mul_(1 / logits.shape[-1])


def sum_last(values: Tensor) -> Tensor:
    """The sum over the last axis, left to right: the same bits however many members there are."""
    total = values[..., 0].clone()
    for place in range(1, values.shape[-1]):
        total += values[..., place]
    return total
