"""From gradients to new parameters: penalties, clipping, decay, the optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from paribus.population.buffers import Stack
from paribus.population.grouping import Shape
from paribus.population.optimizers import OPTIMIZERS, Piece
from paribus.population.settings import Column, Exact, Settings

TILE = 2**16
"""Numbers that are moved at once: a tile and its states stay in the processor's cache. A GPU moves an
array at once: there a call costs more than what the cache saves.
"""


class Update:
    """The steps of all members. `gradients` are by array, (member, *shape), and are written over.

    Few and small networks are moved as one piece, large ones tile by tile: every operation rounds
    once, so that both give the same bits.
    """

    def __init__(
        self,
        shape: Shape,
        weights: Stack,
        states: Sequence[Stack],
        gradients: Sequence[Tensor],
        settings: Settings,
        exact: Exact,
    ) -> None:
        self.shape, self.weights, self.settings, self.exact = shape, weights, settings, exact
        self.gradients = list(gradients)
        self.optimizer = OPTIMIZERS[shape.optimizer](shape.convention, shape.momentum, shape.nesterov, exact)
        self.penalised = bool((settings.l1 > 0).any() or (settings.twice_l2 > 0).any())
        self.clipped = bool(settings.clip_norm.isfinite().any() or settings.clip_value.isfinite().any())
        self.coupled = bool((settings.coupled_decay > 0).any())
        self.decays = bool((exact.decay > 0).any())
        self.tile = TILE if weights.place.device.type == "cpu" else weights.flat.numel()
        self.joined = _joined(weights, len(gradients)) if weights.flat.numel() <= TILE else None
        self.pieces = list(self._pieces(states))

    def start(self, states: Sequence[Stack]) -> None:
        """Fill the optimizer's states before the first step."""
        self.optimizer.start([state.table for state in states], self.settings)

    def apply(self, rate: Column, step: int) -> None:
        """One step at the learning rates (member, 1); `step` counts from 1."""
        if self.penalised:
            self._penalise()
        if self.clipped:
            self._clip()
        if self.joined:
            for place, gradient in zip(self.joined[1], self.gradients, strict=True):
                place.copy_(gradient)
        put = self.weights.place.tensor
        factors = [put(factor) for factor in self.optimizer.factors(rate, step)]
        decay = put(rate * self.exact.decay)
        for members, piece in self.pieces:
            scratch = piece.scratch[0]
            if self.coupled:
                torch.mul(piece.weights, piece.settings.coupled_decay, out=scratch)
                piece.gradient.add_(scratch)
            if self.decays:
                piece.weights.sub_(torch.mul(piece.weights, decay[members], out=scratch))
            self.optimizer.move(piece, [factor[members] for factor in factors])

    def _penalise(self) -> None:
        """Add the slopes of l1 and l2 by the weights; biases and norms have none."""
        l1, l2 = (setting[..., None] for setting in (self.settings.l1, self.settings.twice_l2))
        for block, array, gradient in zip(
            self.shape.blocks, self.weights.arrays, self.gradients, strict=False
        ):
            if block.kind == "weights":
                high = max(1, self.tile // array[0].numel())
                for start in range(0, len(array), high):
                    some = slice(start, start + high)
                    ours, slope = array[some, :-1], gradient[some, :-1]
                    slope.add_(ours.sgn().mul_(l1[some])).add_(ours * l2[some])

    def _clip(self) -> None:
        """Bound each number, and each member's whole gradient by its length."""
        limit = self.settings.clip_value
        flat = [gradient.flatten(1) for gradient in self.gradients]
        for each in flat:
            torch.clamp(each, -limit, limit, out=each)
        squares = [torch.bmm(each[:, None], each[..., None])[:, 0] for each in flat]
        length = sum(squares[1:], squares[0]).sqrt_()
        if self.shape.convention == "torch":
            length.add_(1e-6)
        scale = (self.settings.clip_norm / length).clamp_max_(1)
        for each in flat:
            each.mul_(scale)

    def _pieces(self, states: Sequence[Stack]) -> Iterator[tuple[slice, Piece]]:
        """Neighbours, with the views of all that belongs to them."""
        cuts: list[tuple[slice, Tensor, slice]] = []
        if self.joined:
            table = self.joined[0]
            cuts.append((slice(0, len(table)), table, slice(0, table.shape[1])))
        else:
            for gradient, columns in zip(self.gradients, self.weights.columns, strict=False):
                flat = gradient.flatten(1)
                for some, part in _tiles(len(flat), flat.shape[1], self.tile):
                    place = slice(columns.start + part.start, columns.start + part.stop)
                    cuts.append((some, flat[some, part], place))
        largest = max(gradient.numel() for _, gradient, _ in cuts)
        scratch = self.gradients[0].new_empty(2, largest)
        for some, gradient, place in cuts:
            first, second = (part[: gradient.numel()].view(gradient.shape) for part in scratch)
            weights, *others = (stack.table[some, place] for stack in (self.weights, *states))
            yield some, Piece(weights, gradient, tuple(others), (first, second), self.settings.rows(some))


def _joined(weights: Stack, trained: int) -> tuple[Tensor, list[Tensor]]:
    """One table for all gradients, and each array's view of it."""
    width = weights.width if trained == len(weights.shapes) else weights.columns[trained - 1].stop
    table = weights.table.new_zeros(weights.members, width)
    places = zip(weights.columns[:trained], weights.shapes, strict=False)
    return table, [table[:, columns].view(weights.members, *shape) for columns, shape in places]


def _tiles(members: int, numbers: int, tile: int) -> Iterator[tuple[slice, slice]]:
    """Cuts of a (member, number) table into tiles of neighbours, of `tile` numbers at the most."""
    high, wide = max(1, tile // numbers), min(numbers, tile)
    for row in range(0, members, high):
        for column in range(0, numbers, wide):
            yield slice(row, min(row + high, members)), slice(column, min(column + wide, numbers))
