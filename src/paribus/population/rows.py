"""The rows that members see: prepared folds, shuffled alike for all with the same seed and fold.

A *view* is one prepared fold in one seed's order. Members with the same view share its rows in
memory; those with the same seed and fold share order and noise, whatever their preparation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.population.grouping import Shape
from paribus.population.outcome import FoldArrays, FoldName, Lineage
from paribus.seeds import stream


class View(NamedTuple):
    """One prepared fold (an index into the folds of the population) in one seed's order."""

    place: int
    fold: int
    seed: int


class Batch(NamedTuple):
    """One step's rows (member, row, feature + 1), the same transposed (member, feature + 1, row),
    and truth (1 or member, row, output).
    """

    rows: Tensor
    columns: Tensor
    truth: Tensor


class Rows:
    """The rows of a population whose members are `lineages`, in that order."""

    def __init__(
        self, shape: Shape, lineages: Sequence[Lineage], folds: Mapping[FoldName, FoldArrays]
    ) -> None:
        self.shape = shape
        self.places = {key: place for place, key in enumerate(sorted({lineage.data for lineage in lineages}))}
        arrays = [folds[key] for key in self.places]
        self.train = [_with_ones(fold.train_x) for fold in arrays]
        self.val = [_with_ones(fold.val_x) for fold in arrays]
        self.train_truth = [encode(fold.train_y, shape) for fold in arrays]
        self.val_truth = [encode(fold.val_y, shape) for fold in arrays]
        self.choose(lineages)

    def choose(self, lineages: Sequence[Lineage]) -> None:
        """Serve these members from now on."""
        wanted = [View(self.places[lineage.data], lineage.fold, lineage.seed) for lineage in lineages]
        self.views = sorted(set(wanted))
        index = {view: number for number, view in enumerate(self.views)}
        self.view_of = torch.tensor([index[view] for view in wanted])
        self.place_of = torch.tensor([view.place for view in wanted])
        self.members = len(wanted)

    def shuffle(self, epoch: int) -> None:
        """Put every view in its order of `epoch` (from 1)."""
        orders = [
            torch.from_numpy(order(view.seed, view.fold, epoch, self.shape.train_rows)) for view in self.views
        ]
        self.shuffled = torch.stack(
            [self.train[view.place][o] for view, o in zip(self.views, orders, strict=True)]
        )
        self.shuffled_truth = torch.stack(
            [self.train_truth[view.place][o] for view, o in zip(self.views, orders, strict=True)]
        )

    def batch(self, rows: slice) -> Batch:
        """The members' rows of one step."""
        spread = self.spread(self.shuffled[:, rows]).expand(self.members, -1, -1)
        return Batch(spread, spread.transpose(1, 2), self.spread(self.shuffled_truth[:, rows]))

    def noise(self, epoch: int) -> list[Tensor | None]:
        """Uniform noise (view, row, unit) of each hidden layer that dropout follows."""
        widths = self.shape.widths[1:-1]
        noises: list[Tensor | None] = []
        for layer, width in enumerate(widths):
            if not self.shape.dropped[layer]:
                noises.append(None)
                continue
            place = sum(w == width and d for w, d in zip(widths[:layer], self.shape.dropped, strict=False))
            drawn = [
                noise(view.seed, view.fold, epoch, self.shape.train_rows, width, place) for view in self.views
            ]
            noises.append(torch.from_numpy(np.stack(drawn)))
        return noises

    def evaluation(self, part: list[Tensor], rows: slice) -> Tensor:
        """Rows of the training or validation part, in their own order, for every member."""
        if len(part) == 1:
            return part[0][rows].expand(self.members, -1, -1)
        return torch.stack([tensor[rows] for tensor in part]).index_select(0, self.place_of)

    def truth(self, part: list[Tensor]) -> Tensor:
        """Truth (1 or member, row, output) of the training or validation part."""
        return torch.stack(part).index_select(0, self.place_of) if len(part) > 1 else part[0][None]

    def spread(self, by_view: Tensor) -> Tensor:
        """What stands by view, by member: (1 or member, ...); one view is shared."""
        return by_view if len(self.views) == 1 else by_view.index_select(0, self.view_of)


def order(seed: int, fold: int, epoch: int, rows: int) -> NDArray[np.int64]:
    """The order of the training rows in one epoch: (row,)."""
    return stream(seed, "order", fold, epoch).permutation(rows)


def noise(seed: int, fold: int, epoch: int, rows: int, width: int, place: int) -> NDArray[np.float32]:
    """Dropout's uniform noise of one epoch for the `place`-th dropped layer of `width` units:
    (row, unit), in the epoch's order of rows. A unit is dropped where the noise is below the rate.
    """
    return stream(seed, "dropout", fold, epoch, width, place).random((rows, width), dtype=np.float32)


def encode(truth: NDArray[np.generic], shape: Shape) -> Tensor:
    """Targets as float32 (row, output): one column a class where there are more than two."""
    if shape.kind == "multiclass":
        return torch.eye(shape.widths[-1])[torch.from_numpy(truth.astype(np.int64))]
    return torch.from_numpy(truth.astype(np.float32))[:, None]


def _with_ones(features: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.concatenate([features, np.ones((len(features), 1), np.float32)], axis=1))
