"""The random numbers behind an epoch's augmentation: named streams, a row's by its place in the order."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.seeds import stream

SHARED_NORMALS = 2**22
"""About the most normal numbers that are drawn for an epoch: rows' noise is windows of them."""


@dataclass(frozen=True, eq=False)
class Draws:
    """What is drawn for (seed, fold, epoch), epochs from 1, for so many rows in the epoch's order.

    Each purpose has a stream of its own, drawn when first asked for: a row's numbers depend on its position
    alone, whatever the batch size and whatever else is on. `of` is the part of the order that is meant.
    """

    seed: int
    fold: int
    epoch: int
    rows: int
    of: slice = field(default_factory=lambda: slice(None))
    _drawn: dict[Hashable, NDArray[np.float64] | Tensor] = field(default_factory=dict, repr=False)

    def take(self, some: slice) -> Draws:
        """The same of `some` of the epoch's positions, as in `slice(64, 128)`; they share what is drawn."""
        return replace(self, of=some)

    def part(self, some: slice) -> Draws:
        """The same of `some` of the positions that are meant now."""
        found = self.positions[some]
        return self.take(slice(found.start, found.stop))

    @property
    def positions(self) -> range:
        """The positions in the epoch's order that are meant."""
        return range(self.rows)[self.of]

    def uniform(self, purpose: str, numbers: int = 1) -> NDArray[np.float64]:
        """Uniform on [0, 1): (row, number)."""
        return self.once(purpose, lambda whole: whole._stream(purpose).random((self.rows, numbers)))

    def once(self, name: Hashable, make: Callable[[Draws], NDArray[np.float64]]) -> NDArray[np.float64]:
        """The part of what `make` gives for a whole epoch, (row, ...): made when `name` is first asked."""
        found = self._drawn.get(name)
        if found is None:
            found = self._drawn[name] = make(self.take(slice(None)))
        assert isinstance(found, np.ndarray)
        return found[self.of]

    def _stream(self, *purpose: str) -> np.random.Generator:
        return stream(self.seed, "augment", *purpose, self.fold, self.epoch)

    def around(self, purpose: str, most: float) -> NDArray[np.float64]:
        """Uniform on [-most, most): (row,)."""
        return (2.0 * self.uniform(purpose)[:, 0] - 1.0) * most

    def normal(self, purpose: str, numbers: int, like: Tensor) -> Tensor:
        """Standard normal, of the type and on the device of `like`: (row, number).

        A row's noise is a window, at a random place, of a table that is drawn once an epoch, as in Salimans
        et al. 2017 (arXiv 1703.03864, section 2): normal and independent within a row; rows share numbers,
        at other places of theirs.
        """
        places = min(self.rows * numbers, SHARED_NORMALS)
        name = (purpose, numbers, like.dtype, like.device)
        table = self._drawn.get(name)
        if table is None:
            drawn = self._stream(purpose, "table").standard_normal(places + numbers - 1, dtype=np.float32)
            table = self._drawn[name] = torch.from_numpy(drawn).to(like)
        starts = (self.uniform(purpose)[:, 0] * places).astype(np.int64)
        assert isinstance(table, Tensor)
        return table.unfold(0, numbers, 1)[torch.from_numpy(starts).to(like.device)]
