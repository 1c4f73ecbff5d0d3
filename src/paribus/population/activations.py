"""Activations of all members at once: the function, and the gradient through it.

Both work on whole padded buffers (`buffers.padded`), where every element takes the vector path: so no
bit depends on a member's place.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

aten = torch.ops.aten

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
_STRAIGHT = 40.0
"""Above this softplus is the straight line, to the last bit of float64 or the one before."""


class Activation(NamedTuple):
    """`apply(sums, values)` writes f(sums) into `values`; `through_(gradient, known)` multiplies a
    gradient by f′. `by_value`: f′ is known from the value, so that values may overwrite sums; else
    `known` are the sums.
    """

    by_value: bool
    apply: Callable[[Tensor, Tensor], Any]
    through_: Callable[[Tensor, Tensor], Any]


def _through(backward: Callable[..., Any], *numbers: Any) -> Callable[[Tensor, Tensor], Any]:
    """A library's backward function, writing over the gradient."""
    return lambda gradient, known: backward(gradient, known, *numbers, grad_input=gradient)


def _into(forward: Callable[..., Any], *numbers: Any) -> Callable[[Tensor, Tensor], Any]:
    return lambda sums, values: forward(sums, *numbers, out=values)


def _mish_through(gradient: Tensor, sums: Tensor) -> None:
    gradient.copy_(aten.mish_backward(gradient, sums))


def _elu_through(scale: float, alpha: float, gradient: Tensor, values: Tensor) -> None:
    aten.elu_backward.grad_input(gradient, alpha, scale, 1.0, True, values, grad_input=gradient)


def _nothing(*_: Tensor) -> None:
    """The function and its slope of 1."""


def activation(name: str, slope: float) -> Activation:
    """The activation of this name; `slope` is that of leaky_relu below 0."""
    return {
        "relu": Activation(
            True, _into(aten.clamp_min.out, 0.0), _through(aten.threshold_backward.grad_input, 0.0)
        ),
        "leaky_relu": Activation(
            True,
            _into(aten.leaky_relu.out, slope),
            _through(aten.leaky_relu_backward.grad_input, slope, True),
        ),
        "elu": Activation(True, _into(aten.elu.out, 1.0, 1.0, 1.0), partial(_elu_through, 1.0, 1.0)),
        "selu": Activation(
            True,
            _into(aten.elu.out, SELU_ALPHA, SELU_SCALE, 1.0),
            partial(_elu_through, SELU_SCALE, SELU_ALPHA),
        ),
        "gelu": Activation(False, _into(aten.gelu.out), _through(aten.gelu_backward.grad_input)),
        "silu": Activation(False, _into(aten.silu.out), _through(aten.silu_backward.grad_input)),
        "tanh": Activation(True, _into(aten.tanh.out), _through(aten.tanh_backward.grad_input)),
        "sigmoid": Activation(True, _into(aten.sigmoid.out), _through(aten.sigmoid_backward.grad_input)),
        "softplus": Activation(
            False,
            _into(aten.softplus.out, 1.0, _STRAIGHT),
            _through(aten.softplus_backward.grad_input, 1.0, _STRAIGHT),
        ),
        "mish": Activation(False, _into(aten.mish.out), _mish_through),
        "linear": Activation(True, _nothing, _nothing),
    }[name]
