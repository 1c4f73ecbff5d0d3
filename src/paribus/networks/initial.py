"""Initial weights of one network. The rules and their papers: `paribus options init`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from paribus.networks.mlp import Block, blocks
from paribus.networks.network import Weights
from paribus.seeds import stream
from paribus.study.conventions import init_scale
from paribus.study.spec import Network

Draw = Callable[[Generator, int, int], NDArray[np.float64]]
"""(random, inputs, outputs) → (inputs, outputs)."""

_KIN_OF_RELU = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish")


def _normal(variance: Callable[[int, int], float]) -> Draw:
    return lambda random, inputs, outputs: (
        random.standard_normal((inputs, outputs)) * np.sqrt(variance(inputs, outputs))
    )


def _uniform(variance: Callable[[int, int], float]) -> Draw:
    return lambda random, inputs, outputs: (
        random.uniform(-1, 1, (inputs, outputs)) * np.sqrt(3 * variance(inputs, outputs))
    )


def _orthogonal(random: Generator, inputs: int, outputs: int) -> NDArray[np.float64]:
    tall = random.standard_normal((max(inputs, outputs), min(inputs, outputs)))
    q, r = np.linalg.qr(tall)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return q if inputs >= outputs else q.T


def _he(inputs: int, _: int) -> float:
    return 2 / inputs


def _glorot(inputs: int, outputs: int) -> float:
    return 2 / (inputs + outputs)


def _lecun(inputs: int, _: int) -> float:
    return 1 / inputs


RULES: dict[str, Draw] = {
    "he_normal": _normal(_he),
    "he_uniform": _uniform(_he),
    "glorot_normal": _normal(_glorot),
    "glorot_uniform": _uniform(_glorot),
    "lecun_normal": _normal(_lecun),
    "lecun_uniform": _uniform(_lecun),
    "normal": lambda random, inputs, outputs: random.standard_normal((inputs, outputs)),
    "uniform": lambda random, inputs, outputs: random.uniform(-1, 1, (inputs, outputs)),
    "orthogonal": _orthogonal,
    "zeros": lambda _, inputs, outputs: np.zeros((inputs, outputs)),
}


def rule_of(network: Network, layer: int) -> str:
    """The rule for a layer's weights."""
    if network.init != "auto":
        return network.init
    if layer == len(network.hidden):
        return "glorot_uniform"
    if network.activation in _KIN_OF_RELU:
        return "he_normal"
    return "lecun_normal" if network.activation == "selu" else "glorot_uniform"


def initial_weights(network: Network, n_features: int, n_outputs: int, seed: int, fold: int) -> Weights:
    """Fresh arrays in the order of `blocks`: weights by the network's rule, biases and shifts 0,
    scales 1, moving averages 0 and 1.

    Equal seed and fold give the same weights to every layer of equal shape and rule; a shape that
    stands twice in a network is drawn once for each place.
    """
    seen: Counter[tuple[str, int, int]] = Counter()
    return tuple(
        _weights(network, block, seed, fold, seen) if block.kind == "weights" else _untouched(block)
        for block in blocks(network, n_features, n_outputs)
    )


def filter_weights(
    network: Network, channels: int, filters: int, side: int, place: int, names: tuple[int, int]
) -> NDArray[np.float32]:
    """Fresh filters of a convolution, (filter, channel, side, side), by the network's rule for hidden layers.

    Each place of a kernel counts as an input, and for Glorot's rules as an output. `names`: (seed, fold);
    `place`: how many convolutions of this shape came before.
    """
    rule, area = rule_of(network, -1), side * side
    random = stream(names[0], "weights", names[1], rule, channels, filters, side, place)
    inputs, scale = channels * area, 1.0
    if rule in ("normal", "uniform"):
        scale = init_scale(network)
    elif rule.startswith("glorot"):
        scale = float(np.sqrt(_glorot(inputs, filters * area) / _glorot(inputs, filters)))
    drawn = RULES[rule](random, inputs, filters) * scale
    return np.ascontiguousarray(
        drawn.reshape(side, side, channels, filters).transpose(3, 2, 0, 1), dtype=np.float32
    )


def _weights(
    network: Network, block: Block, seed: int, fold: int, seen: Counter[tuple[str, int, int]]
) -> NDArray[np.float32]:
    rule, inputs, outputs = rule_of(network, block.layer), block.shape[0] - 1, block.shape[1]
    random = stream(seed, "weights", fold, rule, inputs, outputs, seen[rule, inputs, outputs])
    seen[rule, inputs, outputs] += 1
    layer = np.zeros(block.shape, dtype=np.float32)
    scale = init_scale(network) if rule in ("normal", "uniform") else 1.0
    layer[:-1] = RULES[rule](random, inputs, outputs) * scale
    return layer


def _untouched(block: Block) -> NDArray[np.float32]:
    first = 1.0 if block.kind == "norm" else 0.0
    return np.array([[first], [1 - first]], dtype=np.float32).repeat(block.shape[1], axis=1)
