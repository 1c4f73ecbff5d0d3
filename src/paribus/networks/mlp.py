"""A fully connected network: its arrays, initial weights and forward pass, for ONE network.

What a layer computes stands in docs/arithmetic.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Literal, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from paribus.study.conventions import negative_slope, norm_constants
from paribus.study.spec import Network

Weights = tuple[NDArray[np.float32], ...]
"""The arrays of a network, in the order of `blocks`."""


class Block(NamedTuple):
    """One array of a network.

    weights: (inputs + 1, outputs), the last row the bias; norm: (2, units), scales and shifts; moving:
    (2, units), the averages of means and variances, which aren't trained.
    """

    kind: Literal["weights", "norm", "moving"]
    layer: int
    shape: tuple[int, int]


def layer_shapes(network: Network, n_features: int, n_outputs: int) -> tuple[tuple[int, int], ...]:
    """(inputs, outputs) of each layer, the output layer last."""
    return tuple(pairwise((n_features, *network.hidden, n_outputs)))


def blocks(network: Network, n_features: int, n_outputs: int) -> tuple[Block, ...]:
    """Every array of the network: all weights, then what normalises, then its moving averages."""
    shapes = layer_shapes(network, n_features, n_outputs)
    found = [Block("weights", layer, (inputs + 1, outputs)) for layer, (inputs, outputs) in enumerate(shapes)]
    normed = list(enumerate(network.hidden)) if network.norm != "none" else []
    found += [Block("norm", layer, (2, units)) for layer, units in normed]
    if network.norm == "batch":
        found += [Block("moving", layer, (2, units)) for layer, units in normed]
    return tuple(found)


def n_parameters(network: Network, n_features: int, n_outputs: int) -> int:
    """The numbers in all arrays: weights and biases of every layer, the output layer included, and
    those of normalisation, trained or not.

    >>> n_parameters(Network(hidden=(16, 8)), 6, 1)
    257
    """
    return sum(prod(block.shape) for block in blocks(network, n_features, n_outputs))


def residual_layers(network: Network) -> tuple[bool, ...]:
    """For each hidden layer, whether the values of the one before are added to its own."""
    widths = network.hidden
    return tuple(
        network.residual and layer > 0 and widths[layer] == widths[layer - 1] for layer in range(len(widths))
    )


def activation(network: Network) -> nn.Module:
    """The network's activation as PyTorch's module."""
    modules: dict[str, nn.Module] = {
        "relu": nn.ReLU(),
        "leaky_relu": nn.LeakyReLU(negative_slope(network)),
        "elu": nn.ELU(),
        "selu": nn.SELU(),
        "gelu": nn.GELU(),
        "silu": nn.SiLU(),
        "tanh": nn.Tanh(),
        "sigmoid": nn.Sigmoid(),
        "softplus": nn.Softplus(),
        "mish": nn.Mish(),
        "linear": nn.Identity(),
    }
    return modules[network.activation]


class HiddenLayer(nn.Module):
    """Sums, normalisation, activation, dropout and what is added: (row, input) → (row, unit)."""

    def __init__(
        self, network: Network, inputs: int, units: int, rate: float, residual: bool, convention: str
    ) -> None:
        super().__init__()
        epsilon, momentum = norm_constants(network, convention)
        self.sums = nn.Linear(inputs, units)
        self.norm: nn.Module = nn.Identity()
        if network.norm == "batch":
            self.norm = nn.BatchNorm1d(units, eps=epsilon, momentum=1 - momentum)
        elif network.norm == "layer":
            self.norm = nn.LayerNorm(units, eps=epsilon)
        self.activation = activation(network)
        self.dropout = (nn.AlphaDropout if network.dropout_kind == "alpha" else nn.Dropout)(rate)
        self.residual = residual

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The layer's values."""
        found = self.after(self.sums(values))
        return found + values if self.residual else found

    def after(self, sums: torch.Tensor) -> torch.Tensor:
        """The layer's values from its sums, nothing added."""
        found: torch.Tensor = self.dropout(self.activation(self.norm(sums)))
        return found


class MLP(nn.Module):
    """One network as PyTorch's own modules. (row, feature) → logits (row, output)."""

    def __init__(self, network: Network, n_features: int, n_outputs: int, convention: str = "keras") -> None:
        super().__init__()
        self.blocks = blocks(network, n_features, n_outputs)
        shapes = layer_shapes(network, n_features, n_outputs)
        self.hidden = nn.Sequential(
            *(
                HiddenLayer(network, inputs, units, rate, residual, convention)
                for (inputs, units), rate, residual in zip(
                    shapes[:-1], network.dropouts, residual_layers(network), strict=True
                )
            )
        )
        self.output = nn.Linear(*shapes[-1])

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Logits of `rows`."""
        logits: torch.Tensor = self.output(self.hidden(rows))
        return logits

    def after(self, sums: torch.Tensor) -> torch.Tensor:
        """Logits from the first layer's sums, (row, unit): a way for sparse rows."""
        if not len(self.hidden):
            return sums
        first, *others = self.hidden
        values = cast(HiddenLayer, first).after(sums)
        logits: torch.Tensor = self.output(nn.Sequential(*others)(values))
        return logits

    def load(self, weights: Sequence[NDArray[np.floating]]) -> MLP:
        """This network with `weights` put in."""
        with torch.no_grad():
            for block, array in zip(self.blocks, weights, strict=True):
                for tensor, values in zip(self._places(block), _rows(block, array), strict=True):
                    tensor.copy_(torch.from_numpy(values.copy()))
        return self

    def arrays(self) -> Weights:
        """The weights, as `load` takes them."""
        found = []
        for block in self.blocks:
            first, second = (tensor.detach().numpy() for tensor in self._places(block))
            found.append(np.vstack([first.T if block.kind == "weights" else first[None], second[None]]))
        return tuple(found)

    def _places(self, block: Block) -> tuple[torch.Tensor, torch.Tensor]:
        """The two tensors that a block fills."""
        if block.layer == len(self.hidden):
            return self.output.weight, self.output.bias
        layer = cast(HiddenLayer, self.hidden[block.layer])
        if block.kind == "weights":
            return layer.sums.weight, layer.sums.bias
        names = ("weight", "bias") if block.kind == "norm" else ("running_mean", "running_var")
        first, second = (getattr(layer.norm, name) for name in names)
        return first, second


def _rows(block: Block, array: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    if block.kind == "weights":
        return array[:-1].T, array[-1]
    return array[0], array[1]
