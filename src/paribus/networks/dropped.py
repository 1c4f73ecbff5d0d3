"""Dropout whose noise belongs to the rows of an epoch, however large what is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import prod

import torch

from paribus.networks.dropout import Dropout
from paribus.seeds import stream

SPREAD = 2**20
"""Places in the epoch's numbers at which a row's noise may begin."""


class RowDropout(Dropout):
    """Dropout of what has `shape` in each row: (channel, height, width), or (value,).

    An epoch has one long line of uniform numbers, and each row takes its noise from there, from a place of
    its own: so it is the same whatever rows make a batch, and no epoch's noise has to be drawn in full.
    Two rows of an epoch share numbers where their stretches meet, shifted against each other.
    """

    def __init__(self, rate: float, kind: str, shape: tuple[int, ...]) -> None:
        super().__init__(rate, kind)
        self.shape = shape
        self.line: torch.Tensor | None = None
        self.starts = torch.empty(0, dtype=torch.int64)

    def begin(self, seed: int, fold: int, epoch: int, rows: int, place: int, device: torch.device) -> None:
        """Draw an epoch's numbers. `place`: how many dropouts of this shape came before in the network."""
        if not self.rate:
            return
        random = stream(seed, "dropout of maps", fold, epoch, *self.shape, place)
        line = random.random(SPREAD + prod(self.shape), dtype="float32")
        self.line = torch.from_numpy(line).to(device)
        self.starts = torch.from_numpy(random.integers(SPREAD, size=rows)).to(device)

    def take(self, some: slice) -> None:
        """Let the next batch be these of the epoch's rows."""
        if self.line is None:
            return
        noise = self.line.unfold(0, prod(self.shape), 1).index_select(0, self.starts[some])
        # Channels lie side by side in memory, as in the maps that they meet.
        channels, *places = self.shape
        self.noise = noise.view(-1, *places, channels).movedim(-1, 1)


def begin(
    dropouts: Iterable[RowDropout], seed: int, fold: int, epoch: int, rows: int, device: torch.device
) -> None:
    """Draw an epoch's numbers for all of a network's dropouts, in their order."""
    seen: Counter[tuple[int, ...]] = Counter()
    for dropout in dropouts:
        dropout.begin(seed, fold, epoch, rows, seen[dropout.shape], device)
        seen[dropout.shape] += 1
