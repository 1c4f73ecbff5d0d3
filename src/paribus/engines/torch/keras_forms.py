"""Optimizers in the forms of Keras, where PyTorch's differ; and Lion, which PyTorch hasn't.

Letters as in docs/arithmetic.md: g the gradient, m and v its running moments, s its running squares, t the
step from 1. Their papers: `paribus options optimizer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim import Optimizer

from paribus.study.conventions import Constants


class KerasForm(Optimizer):
    """Moves each parameter by `move`; λ of it is taken off first, times the learning rate."""

    memory: ClassVar[tuple[str, ...]] = ()
    """What it remembers of a parameter, each of the parameter's shape, 0 at first."""
    counts: ClassVar[tuple[str, ...]] = ("t",)
    """What it remembers of its steps."""

    def __init__(
        self, parameters: Iterable[Tensor], lr: float, numbers: Constants, nesterov: bool, decay: float
    ) -> None:
        super().__init__(list(parameters), {"lr": lr})
        self.momentum, self.rho, self.beta_1, self.beta_2, self.epsilon = numbers
        self.nesterov, self.decay, self.t = nesterov, decay, 0

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient."""
        self.t += 1
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is None:
                        continue
                    state = self.state[parameter] or self._start(parameter)
                    move = self.move(parameter.grad, group["lr"], state)
                    parameter.mul_(1 - group["lr"] * self.decay).sub_(move)

    def state_dict(self) -> dict[str, Any]:
        """All that it remembers."""
        return {**super().state_dict(), "counts": {name: getattr(self, name) for name in self.counts}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Remember that again."""
        super().load_state_dict(state_dict)
        for name, value in state_dict["counts"].items():
            setattr(self, name, value)

    def _start(self, parameter: Tensor) -> dict[str, Any]:
        state: dict[str, Any] = {name: torch.zeros_like(parameter) for name in self.memory}
        self.state[parameter] = state
        return state

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """What to subtract from the parameter."""
        raise NotImplementedError


class SGD(KerasForm):
    """The velocity holds the learning rate."""

    memory = ("velocity",)

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        velocity: Tensor = state["velocity"].mul_(self.momentum).add_(g, alpha=rate)
        return self.momentum * velocity + rate * g if self.nesterov else velocity


class RMSprop(KerasForm):
    """ε under the root; the velocity holds the learning rate."""

    memory = ("s", "velocity")

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        s = state["s"].mul_(self.rho).add_((1 - self.rho) * g.square())
        found: Tensor = state["velocity"].mul_(self.momentum).add_(rate * g / (s + self.epsilon).sqrt())
        return found


class Adam(KerasForm):
    """ε beside the uncorrected root."""

    memory = ("m", "v")

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        m, v = self.moments(g, state)
        rate = rate * sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        return rate * m / (v.sqrt() + self.epsilon)

    def moments(self, g: Tensor, state: dict[str, Any]) -> tuple[Tensor, Tensor]:
        """m and v with a gradient taken in."""
        m: Tensor = state["m"].mul_(self.beta_1).add_((1 - self.beta_1) * g)
        v: Tensor = state["v"].mul_(self.beta_2).add_((1 - self.beta_2) * g.square())
        return m, v


class Nadam(Adam):
    """Momentum that rises with 0.96ᵗ."""

    counts = ("t", "product", "reached")
    product = 1.0
    """Of all momenta before the step `reached`, and with it."""
    reached = 0

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        m, v = self.moments(g, state)
        now, after = self.rising(self.t), self.rising(self.t + 1)
        if self.reached < self.t:
            self.product, self.reached = self.product * now, self.t
        first = after / (1 - self.product * after) * m + (1 - now) / (1 - self.product) * g
        return rate * first / ((v / (1 - self.beta_2**self.t)).sqrt() + self.epsilon)

    def rising(self, t: int) -> float:
        """The momentum of step t."""
        return self.beta_1 * (1 - 0.96**t / 2)


class Adamax(KerasForm):
    """ε beside the maximum."""

    memory = ("m", "u")

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        m = state["m"].mul_(self.beta_1).add_((1 - self.beta_1) * g)
        u = torch.maximum(state["u"].mul_(self.beta_2), g.abs(), out=state["u"])
        found: Tensor = rate / (1 - self.beta_1**self.t) * m / (u + self.epsilon)
        return found


class Adagrad(KerasForm):
    """Squares from 0.1; ε under the root."""

    memory = ("s",)

    def _start(self, parameter: Tensor) -> dict[str, Any]:
        state = super()._start(parameter)
        state["s"] += 0.1
        return state

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        s: Tensor = state["s"].add_(g.square())
        return rate * g / (s + self.epsilon).sqrt()


class Adadelta(KerasForm):
    """By running means of squared gradients and of squared steps."""

    memory = ("s", "steps")

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        s: Tensor = state["s"].mul_(self.rho).add_((1 - self.rho) * g.square())
        d: Tensor = g * (state["steps"] + self.epsilon).sqrt() / (s + self.epsilon).sqrt()
        state["steps"].mul_(self.rho).add_((1 - self.rho) * d.square())
        return rate * d


class Lion(KerasForm):
    """By the sign of a running moment."""

    memory = ("m",)

    def move(self, g: Tensor, rate: float, state: dict[str, Any]) -> Tensor:
        """See `KerasForm.move`."""
        step = torch.sign(self.beta_1 * state["m"] + (1 - self.beta_1) * g)
        state["m"].mul_(self.beta_2).add_((1 - self.beta_2) * g)
        return rate * step


FORMS: dict[str, type[KerasForm]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": Adam,
    "nadam": Nadam,
    "adamax": Adamax,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "lion": Lion,
}
