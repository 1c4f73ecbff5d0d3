"""Focal loss: (1 − q)^γ (−log q), q the probability of the truth. Lin et al., ICCV 2017."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import softplus

from paribus.population.buffers import Padded
from paribus.population.losses.base import Loss, like, mean_last, predict_, sum_last

_LEAST = -1e30
"""In place of the logarithm of 0, which times γ = 0 would be no number."""


class Focal(Loss):
    """γ (`form`) lowers the weight of what is classified well."""

    kinds: ClassVar[tuple[str, ...]] = ("binary", "multiclass", "multilabel")

    def rows(self, logits: Tensor, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.rows`."""
        if self.kind == "multiclass":
            surprise, _, weight = _of_classes(logits, truth, form)
            return surprise.mul_(weight)[..., 0]
        surprises, weights = _of_labels(logits, truth, form)
        return mean_last(surprises.view.mul_(weights.view))

    def gradient(self, logits: Padded, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.gradient`."""
        _, rows, outputs = logits.view.shape
        if self.kind == "multiclass":
            surprise, miss, weight = _of_classes(logits.view, truth, form)
            # −log q / (1 − q) is 1 where q is 1.
            steepness = torch.where(miss == 0, torch.ones_like(miss), surprise / miss)
            factor = ((1 - miss) * form).mul_(steepness).add_(1).mul_(weight).mul_(1 / rows)
            return predict_(logits, self.kind).sub_(truth).mul_(factor)
        surprises, weights = _of_labels(logits.view, truth, form)
        sign = 2 * truth - 1
        right = like(logits.view * sign)
        right.flat.sigmoid_()
        slope = (right.view * form).mul_(surprises.view).add_(1).sub_(right.view).mul_(weights.view)
        return slope.mul_(-sign).mul_(1 / (rows * outputs))


def _of_labels(logits: Tensor, truth: Tensor, form: Tensor) -> tuple[Padded, Padded]:
    """−log q and (1 − q)^γ of each label: with u = (2y − 1) z, softplus(−u) and exp(−γ softplus(u))."""
    surprise, miss = like(logits * (1 - 2 * truth)), like(logits * (2 * truth - 1))
    surprise.flat.copy_(softplus(surprise.flat, threshold=40))
    miss.flat.copy_(softplus(miss.flat, threshold=40))
    miss.view.mul_(-form)
    miss.flat.exp_()
    return surprise, miss


def _of_classes(logits: Tensor, truth: Tensor, form: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """−log q, 1 − q and (1 − q)^γ of each row, (member, row, 1)."""
    surprise = sum_last(torch.log_softmax(logits, dim=-1).mul_(truth)).neg_().unsqueeze(-1)
    miss = like(-surprise)
    miss.flat.expm1_().neg_()
    weight = like(miss.view)
    weight.flat.log_().clamp_min_(_LEAST)
    weight.view.mul_(form)
    weight.flat.exp_()
    return surprise, miss.view, weight.view
