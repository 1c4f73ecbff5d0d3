"""A trained fully connected network, asked how its logits move with its features.

The features are words, sparse: nothing is computed for a word that a text doesn't have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.errors import StudyError
from paribus.networks.build import build
from paribus.networks.mlp import MLP
from paribus.study.configuration import Configuration

STEPS = 64
"""Points on the way from a text without words to the text at which the slope is taken."""

NUMBERS_AT_ONCE = 2**22
"""Numbers of words times units that are held at a time."""

Matrix = NDArray[np.float64]


class WordModel:
    """One network of a study. Computes in float64."""

    def __init__(
        self,
        asked: Configuration,
        weights: Sequence[NDArray[Any]],
        n_features: int,
        n_outputs: int,
        separate: bool = False,
    ) -> None:
        """`weights`: as the engines leave them. `separate`: whether each output stands for itself, a label or
        a number, and not for one of several classes. Raises StudyError for another kind of network than mlp.
        """
        network = build(asked, (n_features,), n_outputs).load(weights)
        if not isinstance(network, MLP):
            raise StudyError(
                f"network.kind = '{asked.network.kind}' can't be explained by words' effects, only mlp can"
            )
        self.n_outputs, self.separate = n_outputs, separate
        self.network = network.double().eval().requires_grad_(False)
        first = network.arrays()[0]
        self.first, self.bias = first[:-1], first[-1]
        kinks = asked.network.hidden and asked.network.activation != "linear"
        self.is_linear = not kinks and asked.network.norm != "layer"

    def logits(self, rows: csr_array) -> Matrix:
        """(row, output)."""
        with torch.inference_mode():
            return self.network.after(torch.from_numpy(self._sums(rows) + self.bias)).numpy()

    def effects(self, rows: csr_array, output: int, steps: int = STEPS) -> csr_array:
        """How much each word of each text moves the logit of `output` from that of a text without words.

        Exact where logits are linear in the features; otherwise integrated gradients (Sundararajan et al.,
        ICML 2017), by Gauss-Legendre quadrature. Of several classes the logit is taken less their mean.
        Shape and places: those of `rows`, float64.
        """
        slopes = self._slopes(self._sums(rows), output, 1 if self.is_linear else steps)
        owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        by_word = np.empty(len(rows.data))
        at_once = max(1, NUMBERS_AT_ONCE // self.first.shape[1])
        for start in range(0, len(by_word), at_once):
            some = slice(start, start + at_once)
            by_word[some] = np.einsum("nu,nu->n", self.first[rows.indices[some]], slopes[owners[some]])
        found = csr_array((rows.data * by_word, rows.indices, rows.indptr), shape=rows.shape)
        found.has_canonical_format = True
        return found

    def total_effects(self, rows: csr_array, output: int, steps: int = STEPS) -> Matrix:
        """The effects of each word, added up over the texts: (feature,)."""
        slopes = self._slopes(self._sums(rows), output, 1 if self.is_linear else steps)
        by_word = np.asarray(rows.astype(np.float64).T @ slopes)
        found: Matrix = np.einsum("fu,fu->f", self.first, by_word)
        return found

    def contrast(self, logits: Matrix, output: int) -> Matrix:
        """The logit that `effects` add up to: of several classes the one, less their mean. (row,)."""
        found: Matrix = logits[:, output] if self._alone else logits[:, output] - logits.mean(axis=1)
        return found

    @property
    def _alone(self) -> bool:
        """Whether an output's logit says all of itself."""
        return self.separate or self.n_outputs == 1

    def _sums(self, rows: csr_array) -> Matrix:
        """What the words add to the first layer's sums: (row, unit)."""
        found: Matrix = np.asarray(rows.astype(np.float64) @ self.first)
        return found

    def _slopes(self, sums: Matrix, output: int, steps: int) -> Matrix:
        """The logit's mean slope by the first layer's sums on the way to them: (row, unit)."""
        points, parts = np.polynomial.legendre.leggauss(steps)
        whole, bias = torch.from_numpy(sums), torch.from_numpy(self.bias)
        found = torch.zeros_like(whole)
        for point, part in zip((points + 1) / 2, parts / 2, strict=True):
            at = (whole * float(point) + bias).requires_grad_(True)
            logits = self.network.after(at)
            logit = logits[:, output] if self._alone else logits[:, output] - logits.mean(dim=1)
            (slope,) = torch.autograd.grad(logit.sum(), at)
            found += float(part) * slope
        return found.numpy()
