"""The steps of one epoch, by PyTorch's calls: what `native` does in one call where it was built."""

from __future__ import annotations

from torch import Tensor

from paribus.population.buffers import Stack
from paribus.population.dropout import Dropout, Noise
from paribus.population.grouping import Shape
from paribus.population.losses import output_gradient_, predict_
from paribus.population.optimizers import OPTIMIZERS
from paribus.population.rows import Rows
from paribus.population.stacked import TrainedMLP


class Steps:
    """Epochs of the members of `weights`, which are updated together with `states`."""

    def __init__(
        self, shape: Shape, weights: Stack, states: list[Stack], rates: Tensor, dropout: Tensor
    ) -> None:
        """`rates` and `dropout` are (member,)."""
        self.shape, self.weights = shape, weights
        self.gradients = Stack(shape.layers, weights.members)
        scratch = Stack(shape.layers, weights.members)
        self.optimizer = OPTIMIZERS[shape.optimizer](shape.constants, states, scratch)
        self.rates = -rates[:, None, None]
        self.batches = [
            slice(start, min(start + shape.batch_size, shape.train_rows))
            for start in range(0, shape.train_rows, shape.batch_size)
        ]
        sizes = {rows.stop - rows.start for rows in self.batches}
        self.networks = {size: TrainedMLP(shape, weights, size, self.gradients) for size in sizes}
        self.dropout = {size: Dropout(shape, dropout, size) for size in sizes}

    def run(self, rows: Rows, noise: Noise, steps: int, logits: Tensor) -> None:
        """One epoch over the shuffled `rows`, after `steps` steps. Writes the logits (member, row,
        output) as they were met.
        """
        spread = [rows.spread(layer) if layer is not None else None for layer in noise]
        for step, batch in enumerate(self.batches, steps + 1):
            self._step(rows, batch, spread, step, logits[:, batch])

    def _step(self, rows: Rows, batch: slice, noise: Noise, step: int, met: Tensor) -> None:
        size, kind = batch.stop - batch.start, self.shape.kind
        seen, network = rows.batch(batch), self.networks[size]
        masks = self.dropout[size].draw(noise, batch) if any(layer is not None for layer in noise) else ()
        logits = network.forward(seen.rows, masks)
        met.copy_(logits.view)
        by_logits = output_gradient_(predict_(logits, kind), seen.truth, self.shape.loss, kind)
        network.backward(seen.columns, by_logits, masks)
        direction, scale = self.optimizer.direction(self.gradients, step)
        rates = self.rates * scale
        for matrix, move in zip(self.weights.layers, direction.layers, strict=True):
            matrix.addcmul_(move, rates)
