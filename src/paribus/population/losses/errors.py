"""Losses of the error: prediction − truth, a probability's where the target is a class."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import torch
from torch import Tensor

from paribus.population.buffers import Padded
from paribus.population.losses.base import Loss, like, mean_last, predict_, through_outputs_


class ErrorLoss(Loss):
    """A function of the error alone; the mean over outputs."""

    kinds: ClassVar[tuple[str, ...]] = ("binary", "multiclass", "multilabel", "regression")

    @abstractmethod
    def value(self, error: Tensor, form: Tensor) -> Tensor:
        """The loss of each error."""

    @abstractmethod
    def slope(self, error: Tensor, form: Tensor) -> Tensor:
        """Its derivative."""

    def rows(self, logits: Tensor, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.rows`."""
        return mean_last(self.value(predict_(like(logits), self.kind) - truth, form))

    def gradient(self, logits: Padded, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.gradient`."""
        _, rows, outputs = logits.view.shape
        predictions = predict_(logits, self.kind)
        slope = self.slope(predictions - truth, form).mul_(1 / (rows * outputs))
        return through_outputs_(slope, predictions, self.kind)


class MeanSquaredError(ErrorLoss):
    """e²."""

    def value(self, error: Tensor, form: Tensor) -> Tensor:
        """See `ErrorLoss.value`."""
        return error.square_()

    def slope(self, error: Tensor, form: Tensor) -> Tensor:
        """See `ErrorLoss.slope`."""
        return error.mul_(2)


class MeanAbsoluteError(ErrorLoss):
    """|e|, whose slope at 0 is 0."""

    def value(self, error: Tensor, form: Tensor) -> Tensor:
        """See `ErrorLoss.value`."""
        return error.abs_()

    def slope(self, error: Tensor, form: Tensor) -> Tensor:
        """See `ErrorLoss.slope`."""
        return error.sgn_()


class Huber(ErrorLoss):
    """e²/2 up to δ (`form`), from there a straight line. Huber, Ann. Math. Statist. 35, 1964."""

    kinds: ClassVar[tuple[str, ...]] = ("regression",)

    def value(self, error: Tensor, form: Tensor) -> Tensor:
        """See `ErrorLoss.value`."""
        size = error.abs()
        line = (size - form / 2).mul_(form)
        return torch.where(size <= form, error.square_().mul_(0.5), line)

    def slope(self, error: Tensor, form: Tensor) -> Tensor:
        """See `ErrorLoss.slope`."""
        return torch.clamp(error, -form, form)
