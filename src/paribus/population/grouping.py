"""Which trainings can be one batched program, and how many of them fit.

Members of a population share the shapes of all arrays and the optimizer's constants; they differ in
learning rate, dropout rate, patience, epochs, fold, seed and prepared features. Widths are never
padded: a member's arithmetic is the same beside any others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from paribus.networks.mlp import dropout_layers, layer_shapes
from paribus.population.losses import resolve_loss
from paribus.population.optimizers import OPTIMIZERS
from paribus.population.outcome import FoldName, Lineage, Size, Task

BYTES = 4  # float32
MEMBERS = 64
"""More members share a call's cost no better and leave the caches (benchmarks/README.md)."""


@dataclass(frozen=True)
class Shape:
    """What all members of a population share."""

    kind: str
    widths: tuple[int, ...]
    activation: str
    dropped: tuple[bool, ...]
    loss: str
    optimizer: str
    constants: tuple[float, float, float, float, float]
    """Momentum, rho, beta_1, beta_2, epsilon."""
    batch_size: int
    train_rows: int
    val_rows: int
    monitor: str | None
    min_delta: float
    restore_best: bool

    @cached_property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of each layer."""
        return tuple(pairwise(self.widths))

    @cached_property
    def n_parameters(self) -> int:
        """Parameters of one member."""
        return sum((inputs + 1) * outputs for inputs, outputs in self.layers)

    @property
    def member_bytes(self) -> int:
        """Memory that one member takes: parameters, gradient, optimizer state, best weights,
        activations, and its curves' raw predictions.
        """
        copies = 3 + OPTIMIZERS[self.optimizer].n_states + self.restore_best
        rows = max(self.batch_size, min(self.val_rows, EVALUATION_ROWS))
        kept = (self.train_rows + self.val_rows) * self.widths[-1]
        return BYTES * (copies * self.n_parameters + rows * 4 * sum(self.widths) + 4 * kept)

    @property
    def cost(self) -> float:
        """Floating-point operations of one member's epoch, roughly."""
        return 6.0 * self.train_rows * self.n_parameters + 2.0 * self.val_rows * self.n_parameters


CALL = 4e6
"""Operations that could be done in the time that a step's calls take for one layer."""
EVALUATION_ROWS = 256
"""Rows that are evaluated at once: fixed, so that memory is bounded and no bit depends on it."""


def shape_of(lineage: Lineage, size: Size, task: Task) -> Shape:
    """The shape that `lineage` has on a fold of this size."""
    network, train = lineage.configuration.network, lineage.configuration.train
    train_rows, val_rows, n_features = size
    layers = layer_shapes(network, n_features, task.n_outputs)
    stopping = train.early_stopping
    return Shape(
        kind=task.kind,
        widths=(n_features, *(outputs for _, outputs in layers)),
        activation=network.activation,
        dropped=dropout_layers(network),
        loss=resolve_loss(train.loss, task.kind),
        optimizer=train.optimizer,
        constants=(train.momentum, train.rho, train.beta_1, train.beta_2, train.epsilon),
        batch_size=min(train.batch_size, train_rows),
        train_rows=train_rows,
        val_rows=val_rows,
        monitor=stopping.monitor if stopping else None,
        min_delta=stopping.min_delta if stopping else 0.0,
        restore_best=bool(stopping and stopping.restore_best),
    )


def group(
    lineages: Sequence[Lineage],
    sizes: Mapping[FoldName, Size],
    task: Task,
    memory: int,
) -> list[tuple[Shape, list[Lineage]]]:
    """Populations of equal shape within `memory` bytes each, the costliest first."""
    shaped: dict[Shape, list[Lineage]] = {}
    for lineage in lineages:
        shaped.setdefault(shape_of(lineage, sizes[lineage.data], task), []).append(lineage)
    populations = []
    for shape, members in shaped.items():
        members.sort(key=lambda lineage: (lineage.data, lineage.seed, -lineage.epochs[-1]))
        parts = -(-len(members) // max(1, min(MEMBERS, memory // shape.member_bytes)))
        populations += [(shape, _part(members, part, parts)) for part in range(parts)]
    populations.sort(key=lambda population: -expected_cost(*population))
    return populations


def _part(members: list[Lineage], part: int, parts: int) -> list[Lineage]:
    """The `part`-th of `parts` runs of neighbours, as equal in length as can be."""
    return members[len(members) * part // parts : len(members) * (part + 1) // parts]


def expected_cost(shape: Shape, members: Sequence[Lineage]) -> float:
    """Floating-point operations of a population that never stops early, and a call's cost a step."""
    epochs = max(lineage.epochs[-1] for lineage in members)
    steps = -(-shape.train_rows // shape.batch_size)
    return epochs * (steps * CALL * len(shape.layers) + shape.cost * len(members))
