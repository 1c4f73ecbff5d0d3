"""A fully connected network: its layers' shapes, initial weights and forward pass, for ONE network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from paribus.seeds import stream
from paribus.study.spec import Network

Weights = tuple[NDArray[np.float32], ...]
"""One array a layer, (inputs + 1, outputs): the last row is the bias."""

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
}


def layer_shapes(network: Network, n_features: int, n_outputs: int) -> tuple[tuple[int, int], ...]:
    """(inputs, outputs) of each layer, the output layer last."""
    widths = (n_features, *network.hidden, n_outputs)
    return tuple(pairwise(widths))


def n_parameters(network: Network, n_features: int, n_outputs: int) -> int:
    """Weights and biases of every layer, the output layer included.

    >>> n_parameters(Network(hidden=(16, 8)), 6, 1)
    257
    """
    return sum((inputs + 1) * outputs for inputs, outputs in layer_shapes(network, n_features, n_outputs))


def dropout_layers(network: Network) -> tuple[bool, ...]:
    """For each hidden layer, whether dropout follows it."""
    depth = len(network.hidden)
    return tuple(network.dropout_at == "every" or layer == depth - 1 for layer in range(depth))


def initial_weights(network: Network, n_features: int, n_outputs: int, seed: int, fold: int) -> Weights:
    """Fresh weights: He normal for ReLU, Glorot uniform otherwise, biases 0.

    Equal seed and fold give the same weights to every layer of equal shape; a shape that stands
    twice in a network is drawn once for each place. He et al., ICCV 2015; Glorot & Bengio,
    AISTATS 2010.
    """
    seen: Counter[tuple[int, int]] = Counter()
    weights = []
    shapes = layer_shapes(network, n_features, n_outputs)
    for place, (inputs, outputs) in enumerate(shapes):
        before_relu = network.activation == "relu" and place < len(shapes) - 1
        rule = "he_normal" if before_relu else "glorot_uniform"
        random = stream(seed, "weights", fold, rule, inputs, outputs, seen[inputs, outputs])
        seen[inputs, outputs] += 1
        layer = np.zeros((inputs + 1, outputs), dtype=np.float32)
        if before_relu:
            layer[:-1] = random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)
        else:
            layer[:-1] = random.uniform(-1, 1, (inputs, outputs)) * np.sqrt(6 / (inputs + outputs))
        weights.append(layer)
    return tuple(weights)


class MLP(nn.Module):
    """One network as PyTorch's own modules. (row, feature) → logits (row, output)."""

    def __init__(self, network: Network, n_features: int, n_outputs: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        shapes = layer_shapes(network, n_features, n_outputs)
        for (inputs, outputs), dropped in zip(shapes[:-1], dropout_layers(network), strict=True):
            layers += [nn.Linear(inputs, outputs), _ACTIVATIONS[network.activation]()]
            if dropped and network.dropout:
                layers.append(nn.Dropout(network.dropout))
        self.layers = nn.Sequential(*layers, nn.Linear(*shapes[-1]))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Logits of `rows`."""
        logits: torch.Tensor = self.layers(rows)
        return logits

    def load(self, weights: Sequence[NDArray[np.floating]]) -> MLP:
        """This network with `weights` put in."""
        linear = [layer for layer in self.layers if isinstance(layer, nn.Linear)]
        with torch.no_grad():
            for layer, matrix in zip(linear, weights, strict=True):
                layer.weight.copy_(torch.from_numpy(matrix[:-1].T.copy()))
                layer.bias.copy_(torch.from_numpy(matrix[-1].copy()))
        return self
