"""The steps of one epoch, by PyTorch's calls: what `native` does in one call for what it knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from paribus.population.buffers import Padded, Stack, by_array
from paribus.population.dropout import Dropout, Noise
from paribus.population.grouping import Shape
from paribus.population.losses import LOSSES
from paribus.population.outcome import Lineage
from paribus.population.rows import Rows
from paribus.population.schedules import Factors
from paribus.population.settings import Exact, Settings, dropout_rates
from paribus.population.stacked import Masks, TrainedMLP
from paribus.population.update import Update


class Steps:
    """Epochs of the members of `weights`, which are updated together with `states`."""

    def __init__(
        self, shape: Shape, weights: Stack, states: Sequence[Stack], lineages: Sequence[Lineage]
    ) -> None:
        self.shape, self.weights = shape, weights
        self.settings = Settings.of(lineages, weights.place)
        self.loss = LOSSES[shape.common.loss](shape.common.kind)
        self.form = self.settings.loss_form[..., None]
        trained = [block.shape for block in shape.blocks if block.kind != "moving"]
        scratch = weights.table.new_zeros(weights.members * sum(first * second for first, second in trained))
        self.gradients = by_array(scratch, trained, weights.members)
        self.update = Update(shape, weights, states, self.gradients, self.settings, Exact.of(lineages))
        train = shape.common.size.train
        self.batches = [
            slice(start, min(start + shape.batch_size, train)) for start in range(0, train, shape.batch_size)
        ]
        sizes = {rows.stop - rows.start for rows in self.batches}
        self.networks = {size: TrainedMLP(shape, weights, size, self.gradients) for size in sizes}
        rates = dropout_rates(lineages, weights.place)
        self.dropout = {size: Dropout(shape, rates, size) for size in sizes}

    def start(self, states: Sequence[Stack]) -> None:
        """Fill the optimizer's states before the first step."""
        self.update.start(states)

    def run(
        self,
        rows: Rows,
        noise: Noise,
        rates: Factors,
        steps: int,
        logits: Tensor,
        trains: NDArray[np.bool_],
    ) -> None:
        """One epoch over the shuffled `rows` at `rates` (member, step), after `steps` steps. Writes
        the logits (member, row, output) as they were met. A member of which `trains` (member,) is
        False may train on or stay: nobody looks at it.
        """
        spread = [rows.spread(layer) if layer is not None else None for layer in noise]
        drops = any(layer is not None for layer in noise)
        for place, batch in enumerate(self.batches):
            size = batch.stop - batch.start
            masks = self.dropout[size].draw(spread, batch) if drops else ()
            self._gradients(rows, batch, masks, logits[:, batch])
            self.update.apply(rates[:, place, None], steps + place + 1)

    def _gradients(self, rows: Rows, batch: slice, masks: Masks, met: Tensor) -> None:
        seen, network = rows.batch(batch), self.networks[batch.stop - batch.start]
        logits = network.forward(seen.rows, masks, trains=True)
        met.copy_(logits.view)
        network.backward(seen.rows, self._by_logits(logits, seen.truth, seen.weights), masks)

    def _by_logits(self, logits: Padded, truth: Tensor, weights: Tensor | None) -> Tensor:
        """The gradient of the batch's mean loss by the logits."""
        if not self.shape.plain and "crossentropy" in self.shape.common.loss:
            share = self.settings.label_smoothing[..., None]
            truth = truth * (1 - share) + share / max(2, truth.shape[-1] * (self.loss.kind == "multiclass"))
        by_logits = self.loss.gradient(logits, truth, self.form)
        return by_logits if weights is None else by_logits.mul_(weights)
