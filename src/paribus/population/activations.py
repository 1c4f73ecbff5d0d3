"""Activations of all members at once: the function, and the gradient through it.

Functions other than a single rounding run on whole padded buffers (`buffers.padded`), where every
element takes the vector path: so no bit depends on a member's place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from paribus.population.buffers import Padded

aten = torch.ops.aten


class Activation(NamedTuple):
    """`apply(z, out)` writes f(z) into `out` and may overwrite z; `through_(gradient, z)` then
    multiplies a gradient by f′ in place.
    """

    apply: Callable[[Padded, Tensor], None]
    through_: Callable[[Padded, Padded], None]


def _relu(z: Padded, out: Tensor) -> None:
    torch.clamp_min(z.view, 0, out=out)


def _through_relu(gradient: Padded, z: Padded) -> None:
    aten.threshold_backward.grad_input(gradient.flat, z.flat, 0, grad_input=gradient.flat)


def _tanh(z: Padded, out: Tensor) -> None:
    z.flat.tanh_()
    out.copy_(z.view)


def _through_tanh(gradient: Padded, z: Padded) -> None:
    aten.tanh_backward.grad_input(gradient.flat, z.flat, grad_input=gradient.flat)


def _sigmoid(z: Padded, out: Tensor) -> None:
    z.flat.sigmoid_()
    out.copy_(z.view)


def _through_sigmoid(gradient: Padded, z: Padded) -> None:
    aten.sigmoid_backward.grad_input(gradient.flat, z.flat, grad_input=gradient.flat)


def _linear(z: Padded, out: Tensor) -> None:
    out.copy_(z.view)


def _through_linear(gradient: Padded, z: Padded) -> None:
    """f′ is 1."""


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(_relu, _through_relu),
    "tanh": Activation(_tanh, _through_tanh),
    "sigmoid": Activation(_sigmoid, _through_sigmoid),
    "linear": Activation(_linear, _through_linear),
}
