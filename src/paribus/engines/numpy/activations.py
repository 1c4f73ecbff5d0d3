"""Activations: each with its derivative. Their papers: `paribus options activation`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, ndtr

from paribus.engines.numpy.matrix import Matrix
from paribus.study.conventions import negative_slope
from paribus.study.spec import Network

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


class Activation(NamedTuple):
    """f(z), and its derivative by z; where they bend at 0, the derivative at 0 is that from below."""

    value: Callable[[Matrix], Matrix]
    slope: Callable[[Matrix], Matrix]


def sigmoid(z: Matrix) -> Matrix:
    """1 / (1 + e^-z)."""
    return expit(z)


def softplus(z: Matrix) -> Matrix:
    """log(1 + e^z)."""
    return np.logaddexp(0, z)


def _leaky(below: float) -> Activation:
    return Activation(lambda z: np.where(z > 0, z, below * z), lambda z: np.where(z > 0, 1.0, below))


def _exponential(scale: float, alpha: float) -> Activation:
    """scale · (z above 0, alpha (e^z − 1) below)."""
    # Both sides of `where` are computed: the minimum keeps the unused one from overflowing.
    return Activation(
        lambda z: scale * np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
        lambda z: scale * np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0))),
    )


def _normal_density(z: Matrix) -> Matrix:
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def _mish_slope(z: Matrix) -> Matrix:
    bent = np.tanh(softplus(z))
    return bent + z * (1 - bent**2) * sigmoid(z)


ACTIVATIONS: dict[str, Activation] = {
    "relu": _leaky(0.0),
    "elu": _exponential(1.0, 1.0),
    "selu": _exponential(SELU_SCALE, SELU_ALPHA),
    "gelu": Activation(lambda z: z * ndtr(z), lambda z: ndtr(z) + z * _normal_density(z)),
    "silu": Activation(lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "mish": Activation(lambda z: z * np.tanh(softplus(z)), _mish_slope),
    "softplus": Activation(softplus, sigmoid),
    "tanh": Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": Activation(sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "linear": Activation(lambda z: z, np.ones_like),
}


def activation(network: Network) -> Activation:
    """The network's activation."""
    if network.activation == "leaky_relu":
        return _leaky(negative_slope(network))
    return ACTIVATIONS[network.activation]
