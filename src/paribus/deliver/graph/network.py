"""One trained network as operators: docs/arithmetic.md, in 32 bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from paribus.deliver.graph.builder import Builder, Value
from paribus.networks.mlp import blocks, residual_layers
from paribus.networks.network import Weights
from paribus.study.conventions import negative_slope, norm_constants
from paribus.study.spec import Network

_ALPHA, _SCALE = 1.6732632423543772, 1.0507009873554805
"""Of selu."""


def logits(b: Builder, network: Network, convention: str, weights: Weights, rows: Value) -> Value:
    """The output layer's sums, (row, output) float32, of prepared `rows`, (row, feature)."""
    return logits_after(b, network, convention, weights, sums_of(b, rows, weights[0]))


def logits_after(b: Builder, network: Network, convention: str, weights: Weights, first: Value) -> Value:
    """The same from the first layer's sums, (row, unit)."""
    n_features, n_outputs = weights[0].shape[0] - 1, weights[len(network.hidden)].shape[1]
    arrays = {
        (block.kind, block.layer): array
        for block, array in zip(blocks(network, n_features, n_outputs), weights, strict=True)
    }
    sums = values = first
    for layer, adds in enumerate(residual_layers(network)):
        if network.norm != "none":
            epsilon, _ = norm_constants(network, convention)
            moving = arrays.get(("moving", layer))
            sums = _normalised(b, sums, arrays["norm", layer], moving, epsilon)
        found = activated(b, network, sums)
        values = b.add("Add", found, values) if adds else found
        sums = sums_of(b, values, arrays["weights", layer + 1])
    return sums


def sums_of(b: Builder, values: Value, layer: np.typing.NDArray[np.float32]) -> Value:
    """A layer's sums, (row, unit); `layer` is (inputs + 1, units), the last row the bias."""
    return b.add("Gemm", values, b.constant(layer[:-1], np.float32), b.constant(layer[-1], np.float32))


def _normalised(
    b: Builder,
    sums: Value,
    norm: np.typing.NDArray[np.float32],
    moving: np.typing.NDArray[np.float32] | None,
    epsilon: float,
) -> Value:
    if moving is not None:
        mean = b.constant(moving[0], np.float32)
        spread = b.constant(np.sqrt(moving[1] + np.float32(epsilon)), np.float32)
    else:
        mean = b.add("ReduceMean", sums, b.constant([1], np.int64))
        apart = b.add("Sub", sums, mean)
        variance = b.add("ReduceMean", b.add("Mul", apart, apart), b.constant([1], np.int64))
        spread = b.add("Sqrt", b.chain(variance, ("Add", epsilon), kind=np.float32))
    scaled = b.add("Div", b.add("Sub", sums, mean), spread)
    return b.chain(scaled, ("Mul", norm[0]), ("Add", norm[1]), kind=np.float32)


def activated(b: Builder, network: Network, z: Value) -> Value:
    """The network's activation of sums."""
    made: dict[str, Callable[[], Value]] = {
        "relu": lambda: b.add("Relu", z),
        "leaky_relu": lambda: b.add("LeakyRelu", z, alpha=negative_slope(network)),
        "elu": lambda: b.add("Elu", z, alpha=1.0),
        "selu": lambda: b.add("Selu", z, alpha=_ALPHA, gamma=_SCALE),
        "gelu": lambda: _gelu(b, z),
        "silu": lambda: b.add("Mul", z, b.add("Sigmoid", z)),
        "tanh": lambda: b.add("Tanh", z),
        "sigmoid": lambda: b.add("Sigmoid", z),
        "softplus": lambda: b.add("Softplus", z),
        "mish": lambda: b.add("Mul", z, b.add("Tanh", b.add("Softplus", z))),
        "linear": lambda: z,
    }
    return made[network.activation]()


def _gelu(b: Builder, z: Value) -> Value:
    inner = b.add("Erf", b.chain(z, ("Div", np.sqrt(2.0)), kind=np.float32))
    return b.add("Mul", z, b.chain(inner, ("Add", 1.0), ("Mul", 0.5), kind=np.float32))
