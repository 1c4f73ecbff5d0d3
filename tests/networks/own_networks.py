"""Networks as a user would write them."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn


class Plain(nn.Module):
    """Layers that can be batched."""

    def __init__(self, n_inputs: int, n_outputs: int, width: int = 8) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(n_inputs, width), nn.GELU(), nn.Linear(width, n_outputs))

    def forward(self, rows: Tensor) -> Tensor:
        """Logits."""
        return cast(Tensor, self.layers(rows))


class Normed(Plain):
    """With moving averages."""

    def __init__(self, n_inputs: int, n_outputs: int) -> None:
        super().__init__(n_inputs, n_outputs)
        self.layers = nn.Sequential(
            nn.Linear(n_inputs, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, n_outputs)
        )


class Convolved(nn.Module):
    """With a convolution over the features."""

    def __init__(self, n_outputs: int) -> None:
        super().__init__()
        self.convolution, self.output = nn.Conv1d(1, 4, 3, padding=1), nn.Linear(4, n_outputs)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits."""
        return cast(Tensor, self.output(torch.relu(self.convolution(rows[:, None])).mean(2)))


class Dropping(Plain):
    """With random numbers of its own."""

    def __init__(self, n_inputs: int, n_outputs: int) -> None:
        super().__init__(n_inputs, n_outputs)
        self.layers = nn.Sequential(nn.Linear(n_inputs, 6), nn.Dropout(0.4), nn.Linear(6, n_outputs))


class Squeezed(Plain):
    """One logit a row, without an axis for it."""

    def forward(self, rows: Tensor) -> Tensor:
        """Logits (row,)."""
        return super().forward(rows)[:, 0]


class Wrong(Plain):
    """What gives too many outputs."""

    def __init__(self, n_inputs: int, n_outputs: int) -> None:
        super().__init__(n_inputs, n_outputs + 1)


NUMBER = 3
"""No network."""


def no_module() -> int:
    """Gives no network."""
    return NUMBER


class Image(nn.Module):
    """Of images (row, 3, height, width)."""

    def __init__(self, shape: tuple[int, ...], n_outputs: int) -> None:
        super().__init__()
        self.convolution, self.output = nn.Conv2d(shape[0], 4, 3), nn.Linear(4, n_outputs)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits."""
        return cast(Tensor, self.output(torch.relu(self.convolution(rows)).mean((2, 3))))


class Tokens(nn.Module):
    """Of whole numbers below 20 (row, place)."""

    def __init__(self, n_outputs: int) -> None:
        super().__init__()
        self.vectors, self.output = nn.Embedding(20, 5), nn.Linear(5, n_outputs)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits."""
        return cast(Tensor, self.output(self.vectors(rows).mean(1)))
