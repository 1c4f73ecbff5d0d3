"""Activations of all members at once: the function, and the gradient through it.

Both work in place on whole padded buffers (`buffers.padded`), where every element takes the vector
path: so no bit depends on a member's place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

aten = torch.ops.aten


class Activation(NamedTuple):
    """`apply_(sums)` turns sums into values f(sums); `through_(gradient, values)` multiplies a
    gradient by f′, which each of these functions knows from its own value.
    """

    apply_: Callable[[Tensor], Any]
    through_: Callable[[Tensor, Tensor], Any]


def _through_relu(gradient: Tensor, values: Tensor) -> None:
    aten.threshold_backward.grad_input(gradient, values, 0, grad_input=gradient)


def _through_tanh(gradient: Tensor, values: Tensor) -> None:
    aten.tanh_backward.grad_input(gradient, values, grad_input=gradient)


def _through_sigmoid(gradient: Tensor, values: Tensor) -> None:
    aten.sigmoid_backward.grad_input(gradient, values, grad_input=gradient)


def _nothing(*_: Tensor) -> None:
    """The function and its slope of 1."""


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(Tensor.relu_, _through_relu),
    "tanh": Activation(Tensor.tanh_, _through_tanh),
    "sigmoid": Activation(Tensor.sigmoid_, _through_sigmoid),
    "linear": Activation(_nothing, _nothing),
}
