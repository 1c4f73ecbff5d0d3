"""Cross-entropy: the negative log likelihood, from logits, so that no probability is rounded to 0 or 1."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from paribus.population.buffers import Padded
from paribus.population.losses.base import Loss, like, mean_last, predict_, sum_last


class BinaryCrossentropy(Loss):
    """softplus((1 − 2y) z), each label for itself."""

    kinds: ClassVar[tuple[str, ...]] = ("binary", "multilabel")

    def rows(self, logits: Tensor, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.rows`."""
        signed = like(logits * (1 - 2 * truth))
        return mean_last(softplus(signed.flat, threshold=40)[: logits.numel()].view(logits.shape))

    def gradient(self, logits: Padded, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.gradient`."""
        _, rows, outputs = logits.view.shape
        return predict_(logits, self.kind).sub_(truth).mul_(1 / (rows * outputs))


class CategoricalCrossentropy(Loss):
    """− Σ y log softmax(z)."""

    kinds: ClassVar[tuple[str, ...]] = ("multiclass",)

    def rows(self, logits: Tensor, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.rows`."""
        return sum_last(torch.log_softmax(logits, dim=-1).mul_(truth)).neg_()

    def gradient(self, logits: Padded, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.gradient`."""
        return predict_(logits, self.kind).sub_(truth).mul_(1 / logits.view.shape[1])
