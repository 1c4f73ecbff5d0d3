"""One fully connected network: forwards, and backwards by the chain rule.

Rumelhart, Hinton & Williams, Nature 323, 1986.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.engines.numpy import normalisation
from paribus.engines.numpy.activations import activation
from paribus.engines.numpy.dropout import drop
from paribus.engines.numpy.matrix import Matrix, Rows
from paribus.engines.numpy.noise import Noise
from paribus.engines.numpy.normalisation import AXIS, Standard
from paribus.networks.mlp import residual_layers
from paribus.study.conventions import norm_constants
from paribus.study.spec import Network as Settings


class Trace(NamedTuple):
    """What a hidden layer leaves of one batch for the way back: its inputs (row, input), its sums
    standardised, what the activation took (row, unit), dropout's derivatives (row, unit).
    """

    inputs: Rows
    standard: Standard | None
    taken: Matrix
    kept: Matrix


class Forward(NamedTuple):
    """A batch's way through the network: each hidden layer's trace, the values of the last one
    (row, unit), the logits (row, output).
    """

    traces: list[Trace]
    values: Rows
    logits: Matrix


class Network:
    """A network in float64. `arrays` are those of `blocks`, in that order, changed in place."""

    def __init__(self, settings: Settings, convention: str, arrays: Iterable[NDArray[Any]]) -> None:
        self.settings, self.convention = settings, convention
        self.arrays = [array.astype(np.float64) for array in arrays]
        self.activation = activation(settings)
        self.residual = residual_layers(settings)
        self.epsilon, self.keep = norm_constants(settings, convention)
        hidden = len(settings.hidden)
        self.weights = self.arrays[: hidden + 1]
        self.norms = self.arrays[hidden + 1 : 2 * hidden + 1]
        self.moving = self.arrays[2 * hidden + 1 :]

    @property
    def trained(self) -> list[Matrix]:
        """The arrays that the optimizer moves: all but the moving averages."""
        return self.weights + self.norms

    def logits(self, rows: Rows) -> Matrix:
        """(row, output) outside of training: moving averages, no noise."""
        values = rows
        for layer in range(len(self.settings.hidden)):
            sums, before = self._sums(layer, values), values
            standard = self._standardised(layer, sums, training=False)
            values = self.activation.value(self._taken(layer, sums, standard))
            if self.residual[layer]:
                values = values + before
        return self._sums(-1, values)

    def forward(self, rows: Rows, noise: Noise) -> Forward:
        """A batch's way in training."""
        values: Rows = rows if noise.features is None else noise.features + rows
        traces = []
        for layer in range(len(self.settings.hidden)):
            values, trace = self._hidden(layer, values, noise.units[layer])
            traces.append(trace)
        return Forward(traces, values, self._sums(-1, values))

    def backward(self, way: Forward, delta: Matrix) -> list[Matrix]:
        """The gradients of what is `trained`, from the gradient by the logits (row, output)."""
        weights, norms = [_by_weights(way.values, delta)], []
        delta = delta @ self.weights[-1][:-1].T
        for layer, trace in reversed(list(enumerate(way.traces))):
            through = delta * trace.kept * self.activation.slope(trace.taken)
            if trace.standard is not None:
                norms.append(normalisation.by_norm(through, trace.standard))
                axis = AXIS[self.settings.norm]
                through = normalisation.by_sums(through, trace.standard, self.norms[layer], axis)
            weights.append(_by_weights(trace.inputs, through))
            added = delta if self.residual[layer] else 0.0
            delta = through @ self.weights[layer][:-1].T + added
        return weights[::-1] + norms[::-1]

    def move_averages(self, way: Forward) -> None:
        """Let the moving averages take in a batch."""
        for layer, moving in enumerate(self.moving):
            sums = self._sums(layer, way.traces[layer].inputs)
            moving[:] = normalisation.moved(moving, sums, self.keep, self.convention)

    def _hidden(self, layer: int, inputs: Rows, noise: NDArray[np.float32] | None) -> tuple[Matrix, Trace]:
        sums = self._sums(layer, inputs)
        standard = self._standardised(layer, sums, training=True)
        taken = self._taken(layer, sums, standard)
        values, kept = self.activation.value(taken), np.ones_like(taken)
        if noise is not None:
            values, kept = drop(values, noise, self.settings.dropouts[layer], self.settings.dropout_kind)
        if self.residual[layer]:
            values = values + inputs
        return values, Trace(inputs, standard, taken, kept)

    def _sums(self, layer: int, values: Rows) -> Matrix:
        found: Matrix = values @ self.weights[layer][:-1] + self.weights[layer][-1]
        return found

    def _standardised(self, layer: int, sums: Matrix, training: bool) -> Standard | None:
        if self.settings.norm == "none":
            return None
        if self.settings.norm == "batch" and not training:
            mean, variance = self.moving[layer]
            return normalisation.standardise(sums, mean, variance, self.epsilon)
        return normalisation.standardise_by_own(sums, AXIS[self.settings.norm], self.epsilon)

    def _taken(self, layer: int, sums: Matrix, standard: Standard | None) -> Matrix:
        return sums if standard is None else normalisation.scaled(standard, self.norms[layer])


def _by_weights(inputs: Rows, delta: Matrix) -> Matrix:
    """The gradient by a layer's weights and biases (input + 1, unit), from that by its sums."""
    return np.vstack([inputs.T @ delta, delta.sum(axis=0)])
