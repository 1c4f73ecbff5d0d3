"""Members of one shape while they train."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.initial import initial_weights
from paribus.networks.network import Weights
from paribus.population import native
from paribus.population.buffers import Stack
from paribus.population.evaluation import evaluation
from paribus.population.grouping import Shape
from paribus.population.optimizers import n_states
from paribus.population.outcome import Lineage
from paribus.population.rows import Feed, rows_of
from paribus.population.schedules import Rates
from paribus.population.settings import Settings
from paribus.population.steps import Steps

COMPACT = 0.75
"""A segment is compacted when this share of its members, or less, still trains."""


class Segment:
    """The state of some members of a population. `active` are those in the stack, by their place
    among `lineages`; those that have ended stay there until enough have.
    """

    def __init__(self, shape: Shape, lineages: Sequence[Lineage], feed: Feed) -> None:
        self.shape, self.lineages, self.feed = shape, at_least_two(lineages), feed
        self.n_members = len(lineages)
        self.active = np.arange(len(self.lineages))
        self.done = np.zeros(len(self.lineages), dtype=np.bool_)
        self.per_epoch = -(-shape.common.size.train // shape.batch_size)
        self.rates = Rates(self.lineages, self.per_epoch, shape.plateau)
        shapes, place = [block.shape for block in shape.blocks], shape.common.place
        weights = Stack(shapes, len(self.lineages), place)
        for row, lineage in enumerate(self.lineages):
            network = lineage.configuration.network
            fresh = initial_weights(network, shape.widths[0], shape.widths[-1], lineage.seed, lineage.fold)
            for array, values in zip(weights.arrays, fresh, strict=True):
                array[row] = torch.from_numpy(values)
        states = [
            Stack(shapes, len(self.lineages), place) for _ in range(n_states(shape.optimizer, shape.momentum))
        ]
        everyone = torch.arange(weights.members, device=place.device)
        best = weights.take(everyone) if shape.restore_best else None
        self._lay_out(weights, states, best)
        self.steps.start(states)

    def _lay_out(self, weights: Stack, states: list[Stack], best: Stack | None) -> None:
        """Take these stacks as the active members', and make what depends on their number."""
        shape, members = self.shape, [self.lineages[member] for member in self.active]
        self.weights, self.states, self.best = weights, states, best
        settings = Settings.of(members, weights.place)
        self.form = settings.loss_form[..., None]
        self.rows = rows_of(shape, members, self.feed, settings.input_noise)
        self.steps = (native.NativeSteps if native.trains(shape) else Steps)(shape, weights, states, members)
        self.met = weights.table.new_empty(len(members), shape.common.size.train, shape.widths[-1])
        self.evaluation = evaluation(shape, weights)

    @property
    def trains(self) -> NDArray[np.bool_]:
        """Which of the active members still train."""
        return ~self.done[self.active]

    def run(self, epoch: int) -> None:
        """One pass over the training rows; `met` are the logits as they were met."""
        self.rows.start()
        noise, rates = self.rows.noise(), self.rates.of(self.active, epoch)
        self.steps.run(self.rows, noise, rates, (epoch - 1) * self.per_epoch, self.met, self.trains)

    def logits(self, part: str) -> Tensor:
        """Logits (member, row, output) of a part."""
        return self.evaluation.logits(self.rows, part)

    def keep_best(self, places: NDArray[np.int64]) -> None:
        """Take the weights of the active members at `places` as their best."""
        if self.best is not None and len(places):
            self.best.put(torch.from_numpy(places).to(self.weights.place.device), self.weights)

    def read(self, place: int, best: bool) -> Weights:
        """The weights of an active member: those of its best epoch, or as they are."""
        source = self.best if best and self.best else self.weights
        return tuple(array[place].numpy(force=True).copy() for array in source.arrays)

    def compact(self) -> None:
        """Let finished members leave, once enough of them have; once all have, no arrays are left."""
        going = np.flatnonzero(self.trains)
        if len(going) and (len(going) > COMPACT * len(self.active) or len(self.active) == 2):
            return
        stacks = [self.weights, *self.states, *([self.best] if self.best else [])]
        # Old and new arrays of all kinds at once would be the most memory that a population ever takes.
        del self.weights, self.states, self.best, self.steps, self.evaluation, self.met
        if not len(going):
            return
        if len(going) == 1:
            going = np.array([going[0], going[0] - 1 if going[0] else 1])
        index = torch.from_numpy(going).to(self.shape.common.place.device)
        self.active = self.active[going]
        taken = [stacks.pop(0).take(index) for _ in range(len(stacks))]
        best = taken.pop() if self.shape.restore_best else None
        self._lay_out(taken[0], taken[1:], best)


def at_least_two(lineages: Sequence[Lineage]) -> list[Lineage]:
    """The same, or a lone one twice: one matrix takes another path through the library than two."""
    return [*lineages, *lineages] if len(lineages) == 1 else list(lineages)
