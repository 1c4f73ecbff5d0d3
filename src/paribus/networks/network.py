"""What every network is to those that train it and those that predict with it, whatever its kind."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.pixels import BRIGHTEST, Pixels

Weights = tuple[NDArray[np.float32], ...]
"""The arrays of a network, in the order of its `arrays`."""
NUMBERS_AT_ONCE = 2**21
"""Of rows that are predicted at once: memory is bounded, and no bit depends on what stands beside."""


class BuiltNetwork(nn.Module):
    """One network: rows of some shape → logits (row, output).

    Rows are numbers (row, feature), images (row, channel, height, width), or whole numbers (row, length):
    tokens.
    What is random in training comes from PyTorch's generator, which whoever trains sets for each epoch from
    a named stream; a network that takes noise by other streams draws it in `begin`.
    """

    own_pixels: Pixels | None = None
    """What pixels were worth when a pretrained body was trained."""
    pixels: Pixels | None = None
    """What they are worth now, where it isn't what the study prepares."""

    def know(self, words: Sequence[str]) -> None:
        """Be told, before training, the words that places stand for: the first one has the place 2."""

    def begin(self, seed: int, fold: int, epoch: int, rows: int) -> None:
        """Draw the noise of an epoch (from 1) of so many rows, in the epoch's order."""

    def take(self, some: slice) -> None:
        """Let the next batch be these of the epoch's rows."""

    def penalised(self) -> list[Tensor]:
        """The weights that `train.l1` and `train.l2` count: all of two axes or more, so no biases."""
        return [parameter for parameter in self.parameters() if parameter.ndim > 1]

    @property
    def n_parameters(self) -> int:
        """All numbers that the network goes by, trained or not."""
        return sum(tensor.numel() for tensor in self.state_dict().values())

    def own(self) -> dict[str, Tensor]:
        """The parameters and buffers that make this network another than it was built, in the order of
        PyTorch's `state_dict`: of a pretrained one those that training may change.
        """
        return self.state_dict()

    def load(self, weights: Sequence[NDArray[Any]]) -> Self:
        """This network with `weights` put in, in the order of `arrays`."""
        with torch.no_grad():
            for tensor, values in zip(self.own().values(), weights, strict=True):
                # A single number may come back from a file as an array of one.
                tensor.copy_(torch.from_numpy(np.array(values)).reshape(tensor.shape))
        return self

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Copies of what is its `own`."""
        return tuple(tensor.numpy(force=True).copy() for tensor in self.own().values())

    def given(self, rows: NDArray[Any] | csr_array) -> Tensor:
        """Prepared rows as this network takes them: whole numbers stay whole, sparse ones become dense,
        images (row, channel, height, width) with a pixel's channels side by side.
        """
        some = next(self.parameters())
        if isinstance(rows, ImageRows):
            intensities = torch.from_numpy(rows.pixels()).to(some.device).movedim(-1, 1).to(some.dtype)
            return self.valued(intensities.div_(BRIGHTEST), rows)
        dense = rows.toarray() if isinstance(rows, csr_array) else np.array(rows)
        dtype = torch.int64 if dense.dtype.kind == "i" else some.dtype
        return torch.from_numpy(dense).to(some.device, dtype)

    def valued(self, intensities: Tensor, rows: ImageRows) -> Tensor:
        """What intensities of 0 to 1, (row, channel, height, width), are worth to this network."""
        scale, offset = (torch.from_numpy(each).to(intensities) for each in self.pixels or rows.pixel_values)
        return intensities * (scale * BRIGHTEST)[:, None, None] + offset[:, None, None]

    def row_numbers(self, shape: tuple[int, ...]) -> int:
        """About the most numbers that a row of this shape becomes on its way."""
        return prod(shape)

    def logits(self, rows: NDArray[Any] | csr_array) -> NDArray[Any]:
        """Logits (row, output) outside of training."""
        self.eval()
        high = max(1, NUMBERS_AT_ONCE // self.row_numbers(rows.shape[1:]))
        with torch.inference_mode():
            found = [
                self(self.given(rows[start : start + high])).numpy(force=True)
                for start in range(0, rows.shape[0], high)
            ]
        return np.concatenate(found)
