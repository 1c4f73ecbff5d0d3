"""A fully connected network: its arrays, initial weights and forward pass, for ONE network.

What a layer computes stands in docs/arithmetic.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any, Literal, NamedTuple, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn

from paribus.networks.dropout import Dropout
from paribus.networks.network import BuiltNetwork
from paribus.networks.noise import input_noise, noise
from paribus.networks.norm import BatchNorm
from paribus.study.conventions import negative_slope, norm_constants
from paribus.study.spec import Network


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
            self.norm = BatchNorm(units, epsilon, momentum, convention)
        elif network.norm == "layer":
            self.norm = nn.LayerNorm(units, eps=epsilon)
        self.activation = activation(network)
        self.dropout = Dropout(rate, network.dropout_kind)
        self.residual = residual

    def forward(self, values: Tensor) -> Tensor:
        """The layer's values."""
        found = self.after(self.sums(values))
        return found + values if self.residual else found

    def after(self, sums: Tensor) -> Tensor:
        """The layer's values from its sums, nothing added."""
        found: Tensor = self.dropout(self.activation(self.norm(sums)))
        return found


class MLP(BuiltNetwork):
    """One network as PyTorch's own modules. (row, feature) → logits (row, output).

    Its noise in training is the population's; before `begin` it is PyTorch's own.
    """

    def __init__(self, network: Network, n_features: int, n_outputs: int, convention: str = "keras") -> None:
        super().__init__()
        self.settings = network
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
        self.uniform: list[Tensor] = []
        """Dropout's noise of the epoch, (row, unit), of each hidden layer; empty where none drops."""
        self.normal: Tensor | None = None
        """What is added to the epoch's features, (row, feature)."""
        self.now = slice(None)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits of `rows`; images are read pixel by pixel."""
        rows = rows.flatten(1)
        if self.training and self.settings.input_noise:
            added = torch.randn_like(rows) if self.normal is None else self.normal[self.now]
            rows = rows + self.settings.input_noise * added
        logits: Tensor = self.output(self.hidden(rows))
        return logits

    def begin(self, seed: int, fold: int, epoch: int, rows: int) -> None:
        """See `BuiltNetwork.begin`."""
        widths, some = self.settings.hidden, self.output.weight
        self.uniform = [
            torch.from_numpy(noise(seed, fold, epoch, rows, width, widths[:layer].count(width))).to(
                some.device
            )
            if rate
            else torch.empty(0)
            for layer, (width, rate) in enumerate(zip(widths, self.settings.dropouts, strict=True))
        ]
        if self.settings.input_noise:
            features = self.blocks[0].shape[0] - 1
            self.normal = torch.from_numpy(input_noise(seed, fold, epoch, rows, features)).to(some)

    def take(self, some: slice) -> None:
        """See `BuiltNetwork.take`."""
        self.now = some
        for layer, uniform in zip(self.hidden, self.uniform, strict=True):
            cast(HiddenLayer, layer).dropout.noise = uniform[some]

    def penalised(self) -> list[Tensor]:
        """See `BuiltNetwork.penalised`."""
        return [*(cast(HiddenLayer, layer).sums.weight for layer in self.hidden), self.output.weight]

    def logits(self, rows: NDArray[Any] | csr_array) -> NDArray[Any]:
        """See `BuiltNetwork.logits`. Sparse rows meet the first layer as they are."""
        if not isinstance(rows, csr_array):
            return super().logits(rows)
        self.eval()
        first = self.arrays()[0]
        sums = torch.from_numpy(rows @ first[:-1] + first[-1]).to(self.output.weight)
        with torch.inference_mode():
            return self.after(sums).numpy(force=True)

    def after(self, sums: Tensor) -> Tensor:
        """Logits from the first layer's sums, (row, unit): a way for sparse rows."""
        if not len(self.hidden):
            return sums
        first, *others = self.hidden
        values = cast(HiddenLayer, first).after(sums)
        logits: Tensor = self.output(nn.Sequential(*others)(values))
        return logits

    def load(self, weights: Sequence[NDArray[Any]]) -> Self:
        """This network with `weights` put in."""
        with torch.no_grad():
            for block, array in zip(self.blocks, weights, strict=True):
                for tensor, values in zip(self._places(block), _rows(block, array), strict=True):
                    tensor.copy_(torch.from_numpy(values.copy()))
        return self

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Copies of the weights in the order of `blocks`."""
        found = []
        for block in self.blocks:
            first, second = (tensor.numpy(force=True) for tensor in self._places(block))
            found.append(np.vstack([first.T if block.kind == "weights" else first[None], second[None]]))
        return tuple(found)

    def _places(self, block: Block) -> tuple[Tensor, Tensor]:
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
