"""The rows that members see: prepared folds, shuffled alike for all with the same seed and fold.

A *view* is one prepared fold in one seed's order. Members with the same view share its rows in
memory; those with the same seed and fold share order and noise, whatever their preparation.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from paribus.networks.noise import input_noise, noise, order
from paribus.population.grouping import Common, Shape
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Task
from paribus.population.row_weights import row_weights
from paribus.population.sparse import Bags, SparseBatch
from paribus.study.spec import Prepare

Made = TypeVar("Made")


class View(NamedTuple):
    """One prepared fold in one seed's order."""

    data: FoldName
    fold: int
    seed: int


class Batch(NamedTuple):
    """One step's rows (member, row, feature + 1), or sparse ones; truth (1 or member, row, output), and
    the rows' weights (member, row, 1 or output), if any.
    """

    rows: Tensor | SparseBatch
    truth: Tensor
    weights: Tensor | None


class Feed:
    """What all segments of a population draw from: every fold, order and noise is made once."""

    def __init__(self, common: Common, folds: Mapping[FoldName, FoldArrays], task: Task) -> None:
        self.common, self.folds, self.task = common, folds, task
        self.made: dict[Hashable, Any] = {}
        self.weights: dict[tuple[FoldName, str], Tensor] = {}
        self.drawn: dict[Hashable, Any] = {}
        self.ordered: dict[Hashable, Tensor] = {}
        self.epoch = 0

    def begin(self, epoch: int) -> None:
        """Forget what belongs to the epoch before."""
        self.epoch = epoch
        self.ordered = {key: rows for key, rows in self.ordered.items() if key in self.drawn}
        self.drawn = {}

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once an epoch."""
        if key not in self.drawn:
            self.drawn[key] = make()
        made: Made = self.drawn[key]
        return made

    def ever(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once."""
        if key not in self.made:
            self.made[key] = make()
        made: Made = self.made[key]
        return made

    def sparse(self, data: FoldName, part: str) -> csr_array:
        """The sparse features of `part` (train, val or stop) of a prepared fold: (row, feature)."""
        found: csr_array = getattr(self.folds[data], f"{part}_x")
        return found

    def features(self, data: FoldName, part: str) -> Tensor:
        """The dense features of a part of a prepared fold: (row, feature + 1), the last 1."""

        def make() -> Tensor:
            features = getattr(self.folds[data], f"{part}_x")
            ones = np.ones((len(features), 1), np.float32)
            return self.common.place.tensor(np.concatenate([features, ones], axis=1))

        return self.ever(("features", data, part), make)

    def truth(self, data: FoldName, part: str) -> Tensor:
        """The truth of a part of a prepared fold: (row, output)."""

        def make() -> Tensor:
            return self.common.place.tensor(encode(getattr(self.folds[data], f"{part}_y"), self.task))

        return self.ever(("truth", data, part), make)

    def order(self, view: View) -> Tensor:
        """The order of a view's rows in this epoch."""
        rows, device = self.common.size.train, self.common.place.device
        return self.once(
            ("order", view.fold, view.seed),
            lambda: torch.from_numpy(order(view.seed, view.fold, self.epoch, rows)).to(device),
        )

    def shuffled(self, views: tuple[View, ...], of: Callable[[FoldName, str], Tensor]) -> Tensor:
        """`features` or `truth` of some views' training rows in this epoch's order: (view, row, ...).

        They are written over those of the epoch before: two epochs' rows may be more than all networks.
        """
        key = (of.__name__, views)

        def make() -> Tensor:
            parts = [of(view.data, "train") for view in views]
            if key not in self.ordered:
                self.ordered[key] = parts[0].new_empty(len(views), *parts[0].shape)
            into = self.ordered[key]
            for place, (view, part) in enumerate(zip(views, parts, strict=True)):
                torch.index_select(part, 0, self.order(view), out=into[place])
            return into

        return self.once(key, make)

    def noise(self, views: tuple[View, ...], width: int, place: int) -> Tensor:
        """Dropout's uniform noise of some views, (view, row, unit)."""
        rows, device = self.common.size.train, self.common.place.device

        def draw(view: View) -> NDArray[np.float32]:
            key = ("dropout", view.fold, view.seed, width, place)
            return self.once(key, lambda: noise(view.seed, view.fold, self.epoch, rows, width, place))

        return self.once(
            ("dropouts", views, width, place),
            lambda: torch.from_numpy(np.stack([draw(view) for view in views])).to(device),
        )

    def input_noise(self, views: tuple[View, ...], features: int) -> Tensor:
        """Standard normal noise of some views, (view, row, feature)."""
        rows, put = self.common.size.train, self.common.place.tensor
        return self.once(
            ("input noise", views),
            lambda: put(np.stack([input_noise(v.seed, v.fold, self.epoch, rows, features) for v in views])),
        )

    def row_weights(self, data: FoldName, prepare: Prepare) -> Tensor:
        """How much each training row counts, (row, 1 or output)."""
        key = (data, repr(prepare.class_weight))
        if key not in self.weights:
            found = row_weights(prepare, self.folds[data], self.task)
            found = np.ones(self.common.size.train, np.float32) if found is None else found
            self.weights[key] = self.common.place.tensor(found.reshape(len(found), -1))
        return self.weights[key]


class Rows:
    """The rows of a segment whose members are `lineages`, in that order."""

    def __init__(self, shape: Shape, lineages: Sequence[Lineage], feed: Feed, noise_sd: Tensor) -> None:
        """`noise_sd` is (member, 1)."""
        self.shape, self.feed, self.members = shape, feed, len(lineages)
        device = shape.common.place.device
        wanted = [View(lineage.data, lineage.fold, lineage.seed) for lineage in lineages]
        self.views = tuple(sorted(set(wanted)))
        index = {view: number for number, view in enumerate(self.views)}
        self.view_of = torch.tensor([index[view] for view in wanted], device=device)
        self.data = tuple(sorted({view.data for view in wanted}))
        places = {data: number for number, data in enumerate(self.data)}
        self.data_of = torch.tensor([places[view.data] for view in wanted], device=device)
        self.noise_sd = noise_sd[..., None]
        self.lineages = tuple(lineages)
        self.weighted = not shape.plain or any(
            feed.folds[data].train_weight is not None for data in self.data
        )
        rates = np.array([lineage.configuration.network.dropouts for lineage in lineages])
        self.dropped: list[bool] = [any(layer > 0) for layer in rates.T]
        self.truths: dict[str, Tensor] = {}

    def start(self) -> None:
        """Take this epoch's rows."""
        self.truth = self.feed.shuffled(self.views, self.feed.truth)
        if self.weighted:
            self.weights = torch.stack([self._weights(lineage) for lineage in self.lineages])
        if self.shape.noisy:
            self.noisy = self.feed.input_noise(self.views, self.shape.widths[0])

    @property
    def shuffled(self) -> Tensor:
        """The features in this epoch's order, (view, row, feature + 1), made when first asked for."""
        return self.feed.shuffled(self.views, self.feed.features)

    def _weights(self, lineage: Lineage) -> Tensor:
        """A member's rows' weights in this epoch's order, (row, 1 or output)."""
        view = View(lineage.data, lineage.fold, lineage.seed)
        return self.feed.row_weights(lineage.data, lineage.configuration.prepare)[self.feed.order(view)]

    def batch(self, rows: slice) -> Batch:
        """The members' rows of one step."""
        weights = self.weights[:, rows] if self.weighted else None
        return Batch(self._seen(rows), self.spread(self.truth[:, rows]), weights)

    def _seen(self, rows: slice) -> Tensor | SparseBatch:
        """The members' features of one step."""
        seen = self.spread(self.shuffled[:, rows]).expand(self.members, -1, -1)
        if self.shape.noisy:
            seen = seen.clone()
            seen[..., :-1] += self.spread(self.noisy[:, rows]) * self.noise_sd
        return seen

    def noise(self) -> list[Tensor | None]:
        """Uniform noise (view, row, unit) of each hidden layer of which any member drops."""
        widths = self.shape.widths[1:-1]
        return [
            self.feed.noise(self.views, width, widths[:layer].count(width)) if dropped else None
            for layer, (width, dropped) in enumerate(zip(widths, self.dropped, strict=True))
        ]

    def evaluation(self, part: str, rows: slice) -> Tensor | SparseBatch:
        """Rows of a part, in their own order, for every member."""
        parts = [self.feed.features(data, part)[rows] for data in self.data]
        if len(parts) == 1:
            return parts[0].expand(self.members, -1, -1)
        return torch.stack(parts).index_select(0, self.data_of)

    def truth_of(self, part: str) -> Tensor:
        """Truth (member, row, output) of a part, in its own order."""
        if part not in self.truths:
            parts = torch.stack([self.feed.truth(data, part) for data in self.data])
            self.truths[part] = parts.index_select(0, self.data_of)
        return self.truths[part]

    @property
    def transformed(self) -> bool:
        """Whether any member is trained on transformed targets."""
        return any(self.feed.folds[data].restore for data in self.data)

    def in_units(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Predictions, or targets, in the targets' own units: (member, row), or (member, row, output).

        One member at a time: the same values give the same bits beside any others.
        """
        folds = [self.feed.folds[lineage.data] for lineage in self.lineages]
        return np.stack([f.restore(v) if f.restore else v for f, v in zip(folds, values, strict=True)])

    def targets(self, part: str) -> NDArray[np.floating]:
        """The targets of a part as the data have them, shaped like predictions of it."""
        folds = [self.feed.folds[lineage.data] for lineage in self.lineages]
        return np.stack([getattr(fold, f"{part}_truth" if fold.restore else f"{part}_y") for fold in folds])

    def spread(self, by_view: Tensor) -> Tensor:
        """What stands by view, by member: (1 or member, ...); one view is shared."""
        return by_view if len(self.views) == 1 else by_view.index_select(0, self.view_of)


class SparseRows(Rows):
    """The same where features are sparse."""

    def _seen(self, rows: slice) -> Tensor | SparseBatch:
        found = [self._laid(view, rows) for view in self.views]
        bags, turned = zip(*found, strict=True)
        return SparseBatch(bags, self.view_of.tolist(), turned)

    def _laid(self, view: View, rows: slice) -> tuple[Bags, Bags]:
        """A view's rows of one step, and the same by feature."""
        feed, place = self.feed, self.shape.common.place

        def make() -> tuple[Bags, Bags]:
            chosen = feed.sparse(view.data, "train")[feed.order(view)[rows].numpy(force=True)]
            return Bags.of(chosen, place), Bags.of(chosen.T.tocsr(), place)

        return feed.once(("bags", view, rows.start, rows.stop), make)

    def evaluation(self, part: str, rows: slice) -> Tensor | SparseBatch:
        """See `Rows.evaluation`."""
        feed, place = self.feed, self.shape.common.place

        def bags(data: FoldName) -> Bags:
            key = ("bags", data, part, rows.start, rows.stop)
            return feed.ever(key, lambda: Bags.of(feed.sparse(data, part)[rows], place))

        return SparseBatch([bags(data) for data in self.data], self.data_of.tolist())


def rows_of(shape: Shape, lineages: Sequence[Lineage], feed: Feed, noise_sd: Tensor) -> Rows:
    """The rows of a segment."""
    return (SparseRows if shape.common.size.entries else Rows)(shape, lineages, feed, noise_sd)


def encode(truth: NDArray[np.generic], task: Task) -> NDArray[np.float32]:
    """Targets as (row, output): one column a class where there are more than two."""
    if task.kind == "multiclass":
        return np.eye(task.n_outputs, dtype=np.float32)[truth.astype(np.int64)]
    return np.reshape(truth.astype(np.float32), (len(truth), -1))
