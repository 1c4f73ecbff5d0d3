"""Many one-hidden-layer networks as one: the method of Farias, Ludermir & Bastos-Filho, arXiv 2206.08369.

The hidden layers of all networks stand side by side as one wide layer. Instead of a product with the output
weights, hidden values are multiplied by them element by element and added up by network (a scatter-add), so
that no gradient crosses from one network to another. Every network has its own mean loss; their sum is
followed by one optimizer. Written from the paper: plain PyTorch, one output, all threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


class ParallelMLPs(nn.Module):
    """Networks of `widths` hidden units: (row, feature) → (row, network)."""

    def __init__(self, n_features: int, widths: Sequence[int], activation: str) -> None:
        super().__init__()
        self.widths, self.activate = list(widths), ACTIVATIONS[activation]
        self.hidden = nn.Linear(n_features, sum(widths))
        self.output = nn.Parameter(torch.empty(sum(widths)))
        self.bias = nn.Parameter(torch.empty(len(self.widths)))
        of_unit = torch.arange(len(self.widths)).repeat_interleave(torch.tensor(self.widths))
        self.register_buffer("network", of_unit)

    def forward(self, rows: Tensor) -> Tensor:
        """The values of every network."""
        parts = self.activate(self.hidden(rows)) * self.output
        empty = parts.new_zeros(len(rows), len(self.widths))
        found: Tensor = empty.scatter_add(1, self.network.expand(len(rows), -1), parts) + self.bias
        return found

    @torch.no_grad()
    def load(self, arrays: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> None:
        """Put in each network's arrays: (features + 1, units) and (units + 1, 1), the last rows biases."""
        first = torch.from_numpy(np.concatenate([hidden for hidden, _ in arrays], axis=1))
        self.hidden.weight.copy_(first[:-1].T)
        self.hidden.bias.copy_(first[-1])
        self.output.copy_(torch.from_numpy(np.concatenate([output[:-1, 0] for _, output in arrays])))
        self.bias.copy_(torch.from_numpy(np.concatenate([output[-1] for _, output in arrays])))


def epoch(
    model: ParallelMLPs,
    optimizer: torch.optim.Optimizer,
    rates: Tensor,
    rows: Tensor,
    truth: Tensor,
    batch_size: int,
) -> Tensor:
    """One pass of plain gradient descent over shuffled rows; each network's mean loss as it was met.

    `rates` (network,) are the learning rates: a network's gradient is multiplied by its own, and the
    optimizer's is 1.
    """
    met = torch.zeros(len(rates))
    for start in range(0, len(rows), batch_size):
        seen, wanted = rows[start : start + batch_size], truth[start : start + batch_size, None]
        optimizer.zero_grad()
        losses = (model(seen) - wanted).square().mean(dim=0)
        losses.backward(gradient=rates)
        optimizer.step()
        met += losses.detach() * len(seen)
    return met / len(rows)


@torch.no_grad()
def losses(model: ParallelMLPs, rows: Tensor, truth: Tensor, batch_size: int) -> Tensor:
    """Each network's mean squared error on some rows, a batch at a time."""
    found = torch.zeros(len(model.widths))
    for start in range(0, len(rows), batch_size):
        wanted = truth[start : start + batch_size, None]
        found += (model(rows[start : start + batch_size]) - wanted).square().sum(dim=0)
    return found / len(rows)
