"""The hinge: how far the right side of the margin is missed.

Cortes & Vapnik, Machine Learning 20, 1995; over classes, Weston & Watkins, ESANN 1999.
"""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from paribus.population.buffers import Padded
from paribus.population.losses.base import Loss, mean_last, sum_last


class Hinge(Loss):
    """max(0, 1 − (2y − 1) z); over classes the mean of max(0, 1 − z_right + z_wrong)."""

    kinds: ClassVar[tuple[str, ...]] = ("binary", "multiclass", "multilabel")

    def _missed(self, logits: Tensor, truth: Tensor) -> Tensor:
        if self.kind != "multiclass":
            return (logits * (1 - 2 * truth)).add_(1).clamp_min_(0)
        right = sum_last(logits * truth).unsqueeze(-1)
        return (logits - right).add_(1).clamp_min_(0).mul_(1 - truth)

    def rows(self, logits: Tensor, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.rows`."""
        return mean_last(self._missed(logits, truth))

    def gradient(self, logits: Padded, truth: Tensor, form: Tensor) -> Tensor:
        """See `Loss.gradient`."""
        _, rows, outputs = logits.view.shape
        slope = self._missed(logits.view, truth).sgn_()
        if self.kind == "multiclass":
            slope.sub_(truth * sum_last(slope).unsqueeze(-1))
        else:
            slope.mul_(1 - 2 * truth)
        return slope.mul_(1 / (rows * outputs))
