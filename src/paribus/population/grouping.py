"""Which trainings can be one batched program, and how many of them fit.

Members of a *segment* share the shapes of all arrays and the form of the arithmetic (`Shape`); they
differ in everything that is a number (`settings.Settings`), in fold, seed and prepared features. A
*population* is some segments that are judged together, epoch by epoch. Widths are never padded: a
member's arithmetic is the same beside any others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, prod

import torch

from paribus.networks.mlp import Block, blocks, residual_layers
from paribus.population.buffers import Place
from paribus.population.losses import resolve_loss
from paribus.population.optimizers import n_states
from paribus.population.outcome import FoldName, Lineage, Size, Task
from paribus.study.configuration import Configuration
from paribus.study.conventions import Slowing, negative_slope, norm_constants, slowing

SEGMENT = 64
"""More members share a call's cost no better and leave the caches (benchmarks/README.md)."""
GPU_SEGMENT = 4096
"""On a GPU a call's cost is what small networks wait for: as many members share it as memory allows."""
POPULATION = 256
"""Members that are judged together: more share the cost of an epoch no better."""
LEAST = 1e10
"""Operations that are worth a population of their own, where a worker would have nothing to do."""
ROUNDING = 1e-9
"""A share that is more than a whole number of others by so little is that number."""
EVALUATION_ROWS = 256
"""Rows that are evaluated at once: fixed, so that memory is bounded and no bit depends on it."""
CALL = 4e6
"""Operations that could be done in the time that a step's calls take for one layer."""
COST = 2e11
"""Operations of one population, about: a few seconds, so that little is lost where a run is ended."""


@dataclass(frozen=True)
class Common:
    """What all members of a population share."""

    kind: str
    loss: str
    size: Size
    precision: str
    device: str
    train_metrics: bool

    @property
    def width(self) -> int:
        """Bytes of a number."""
        return 8 if self.precision == "float64" else 4

    @property
    def place(self) -> Place:
        """Where its numbers live."""
        dtype = torch.float64 if self.precision == "float64" else torch.float32
        return Place(dtype, torch.device(self.device))


@dataclass(frozen=True)
class Shape:
    """What all members of a segment share."""

    common: Common
    blocks: tuple[Block, ...]
    widths: tuple[int, ...]
    residual: tuple[bool, ...]
    activation: tuple[str, float]
    """Its name, and leaky_relu's slope."""
    norm: tuple[str, float, float]
    """Its name, epsilon, and the share that moving averages keep."""
    drops: str
    """The kind of dropout."""
    noisy: bool
    convention: str
    optimizer: str
    momentum: bool
    nesterov: bool
    plain: bool
    """Whether the loss is the plain one and its gradient is used as it is: no weights, penalties,
    smoothing, clipping, decay."""
    clips: bool
    """Whether a gradient's length is bounded."""
    batch_size: int
    watched: tuple[str, str, float, bool] | None
    """Early stopping's monitor, mode, min_delta and restore_best."""
    plateau: Slowing | None

    @cached_property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of each layer."""
        return tuple(pairwise(self.widths))

    @cached_property
    def n_parameters(self) -> int:
        """Numbers of one member: trained or not."""
        return sum(prod(block.shape) for block in self.blocks)

    @cached_property
    def n_weights(self) -> int:
        """Numbers in the products of one member."""
        return sum((inputs + 1) * outputs for inputs, outputs in self.layers)

    @property
    def restore_best(self) -> bool:
        """Whether the weights of the best epoch are kept."""
        return bool(self.watched and self.watched[3])

    @property
    def n_copies(self) -> int:
        """Arrays of a member's size while it trains: parameters, gradient, scratch, the optimizer's
        states, best weights.
        """
        return 3 + n_states(self.optimizer, self.momentum) + self.restore_best

    @property
    def member_bytes(self) -> int:
        """Memory that one member takes by itself: its arrays, activations, raw predictions."""
        size, width = self.common.size, self.common.width
        rows = max(self.batch_size, min(max(size.val, size.stop), EVALUATION_ROWS))
        kept = (size.train + size.val + size.stop) * self.widths[-1]
        seen = rows * (size.entries or self.widths[0]) * (1 + self.noisy)
        return width * (self.n_copies * self.n_parameters + rows * 5 * sum(self.widths[1:]) + seen + 4 * kept)

    @property
    def cost(self) -> float:
        """Floating-point operations of one member's epoch, roughly. Every step moves all weights."""
        size, steps = self.common.size, -(-self.common.size.train // self.batch_size)
        unseen = (self.widths[0] - size.entries) * self.widths[1] if size.entries else 0
        passes = 6.0 * size.train + 2.0 * (size.val + size.stop)
        return passes * (self.n_weights - unseen) + 8.0 * steps * unseen


def shape_of(lineage: Lineage, size: Size, task: Task, device: str = "cpu") -> Shape:
    """The shape that `lineage` has on a fold of this size."""
    configuration = lineage.configuration
    network, train = configuration.network, configuration.train
    stopping, schedule = train.early_stopping, train.schedule
    return Shape(
        common=Common(
            kind=task.kind,
            loss=resolve_loss(train.loss, task.kind),
            size=size,
            precision="float32" if train.precision == "auto" else train.precision,
            device=device,
            train_metrics=task.train_metrics,
        ),
        blocks=blocks(network, size.features, task.n_outputs),
        widths=(size.features, *network.hidden, task.n_outputs),
        residual=residual_layers(network),
        activation=(network.activation, negative_slope(network)),
        norm=(network.norm, *norm_constants(network, train.convention)),
        drops=network.dropout_kind if any(network.dropouts) else "standard",
        noisy=network.input_noise > 0,
        convention=train.convention,
        optimizer=train.optimizer,
        momentum=train.momentum > 0,
        nesterov=train.nesterov,
        plain=is_plain(configuration),
        clips=train.clip_norm is not None,
        batch_size=min(train.batch_size, size.train),
        watched=(
            (stopping.monitor, stopping.mode, stopping.min_delta, stopping.restore_best) if stopping else None
        ),
        plateau=slowing(schedule) if schedule and schedule.name == "plateau" else None,
    )


def is_plain(configuration: Configuration) -> bool:
    """Whether nothing but the mean loss is followed; weights by row (`data.weight`) aside."""
    train = configuration.train
    extras = (
        train.l1,
        train.l2,
        train.weight_decay,
        train.label_smoothing,
        train.clip_norm,
        train.clip_value,
    )
    return not any(extras) and configuration.prepare.class_weight == "none"


Shaped = tuple[Shape, list[Lineage]]
"""Members of one shape: what a segment is made of."""


def group(
    lineages: Sequence[Lineage],
    sizes: Mapping[FoldName, Size],
    task: Task,
    memory: int,
    device: str = "cpu",
    workers: int = 1,
) -> list[list[Shaped]]:
    """Populations, each some segments within `memory` bytes together, the costliest first: a number of
    them that `workers` processes can share equally.
    """
    most = _most(device)
    populations = []
    for segments in _by_shape(lineages, sizes, task, device):
        number = _number(segments, max(most, POPULATION), workers)
        share = sum(expected_cost(*segment) for segment in segments) / number
        parts = [
            (shape, part)
            for shape, members in segments
            for part in _parts(shape, members, most, memory, share, number)
        ]
        populations += _bundles(parts, memory, number)
    populations.sort(key=lambda population: -sum(expected_cost(*segment) for segment in population))
    return populations


def together(
    lineages: Sequence[Lineage], sizes: Mapping[FoldName, Size], task: Task, device: str = "cpu"
) -> list[list[Shaped]]:
    """The same of lineages that were grouped before: as few populations as can be, whatever they cost."""
    most = _most(device)
    return [
        [(shape, part) for shape, members in segments for part in _runs(members, ceil(len(members) / most))]
        for segments in _by_shape(lineages, sizes, task, device)
    ]


def _most(device: str) -> int:
    """Members of a segment."""
    return SEGMENT if device == "cpu" else GPU_SEGMENT


def _by_shape(
    lineages: Sequence[Lineage], sizes: Mapping[FoldName, Size], task: Task, device: str
) -> list[list[Shaped]]:
    """Lists of what may be one population, each of what may be one segment: neighbours share rows."""
    shaped: dict[Shape, list[Lineage]] = {}
    for lineage in lineages:
        shaped.setdefault(shape_of(lineage, sizes[lineage.data], task, device), []).append(lineage)
    common: dict[Common, list[Shaped]] = {}
    for shape, members in shaped.items():
        members.sort(key=lambda lineage: (lineage.data, lineage.seed, -lineage.epochs[-1]))
        common.setdefault(shape.common, []).append((shape, members))
    return list(common.values())


def _number(segments: Sequence[Shaped], most: int, workers: int) -> int:
    """How many populations of at most `most` members and a cost of about `COST`: as many for each worker,
    but none of less than `LEAST` for that.
    """
    cost = sum(expected_cost(*segment) for segment in segments)
    number = max(1, ceil(sum(len(members) for _, members in segments) / most), ceil(cost / COST))
    return min(ceil(number / workers) * workers, max(number, int(cost / LEAST)))


def _parts(
    shape: Shape, members: list[Lineage], most: int, memory: int, share: float, number: int
) -> list[list[Lineage]]:
    """Runs of `most` members, `memory` bytes and a cost of `share` each, at most. Where there are more than
    `number`, each of so many populations has as many.
    """
    wanted = (
        len(members) / most,
        segment_bytes(shape, members) / memory,
        expected_cost(shape, members) / share - ROUNDING,
    )
    count = max(ceil(each) for each in wanted)
    while True:
        count = min(len(members), count if count < number else ceil(count / number) * number)
        parts = _runs(members, count)
        if count == len(members) or all(segment_bytes(shape, part) <= memory for part in parts):
            return parts
        count += 1


def _runs(members: list[Lineage], count: int) -> list[list[Lineage]]:
    """`count` runs of neighbours, as equal in length as can be."""
    total = len(members)
    return [members[total * run // count : total * (run + 1) // count] for run in range(count)]


def segment_bytes(shape: Shape, members: Sequence[Lineage]) -> int:
    """Memory that a segment takes at the most: its members, what is read off them, and the rows that they
    see, which those of one prepared fold share, and once more those of one seed's order.
    """
    size = shape.common.size
    row = (2 * size.entries or shape.widths[0]) + 1 + shape.widths[-1]
    data = {member.data for member in members}
    views = {(member.data, member.seed) for member in members}
    seen = len(data) * (size.train + size.val + size.stop) + len(views) * size.train
    kept = sum(len(member.epochs) for member in members) * shape.n_parameters
    return len(members) * shape.member_bytes + shape.common.width * (seen * row + kept)


def _bundles(segments: list[Shaped], memory: int, number: int) -> list[list[Shaped]]:
    """The segments in `number` populations of about equal cost, or more where memory asks for them."""
    costs = [expected_cost(*segment) for segment in segments]
    bundles: list[list[Shaped]] = [[] for _ in range(number)]
    spent, taken = [0.0] * len(bundles), [0] * len(bundles)
    for cost, segment in sorted(zip(costs, segments, strict=True), key=lambda pair: -pair[0]):
        bytes_ = segment_bytes(*segment)
        place = min(range(len(bundles)), key=spent.__getitem__)
        if taken[place] and taken[place] + bytes_ > memory:
            place = len(bundles)
            bundles.append([])
            spent.append(0.0)
            taken.append(0)
        bundles[place].append(segment)
        spent[place] += cost
        taken[place] += bytes_
    return [bundle for bundle in bundles if bundle]


def expected_cost(shape: Shape, members: Sequence[Lineage]) -> float:
    """Floating-point operations of a segment that never stops early, and a call's cost a step."""
    epochs = max(lineage.epochs[-1] for lineage in members)
    steps = -(-shape.common.size.train // shape.batch_size)
    return epochs * (steps * CALL * len(shape.layers) + shape.cost * len(members))
