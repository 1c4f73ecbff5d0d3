"""What an optimizer is: a rule that turns gradients into steps, element by element.

Each operation rounds once: so no bit depends on where a number stands, or on which members share the
call. What the rules compute stands in docs/arithmetic.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from torch import Tensor

from paribus.population.settings import Column, Exact, Settings, Step


class Piece(NamedTuple):
    """Some members' parameters and all that belongs to them, each (member, number)."""

    weights: Tensor
    gradient: Tensor
    """May be written over."""
    states: tuple[Tensor, ...]
    scratch: tuple[Tensor, Tensor]
    settings: Settings


class Optimizer(ABC):
    """One rule. `convention` tells Keras' form from PyTorch's."""

    n_states: ClassVar[int]

    def __init__(self, convention: str, momentum: bool, nesterov: bool, exact: Exact) -> None:
        self.torch = convention == "torch"
        self.momentum, self.nesterov = momentum, nesterov
        self.exact = exact

    def start(self, states: Sequence[Tensor], settings: Settings) -> None:  # noqa: B027 - most start at 0
        """Fill the states, which are 0, before the first step."""

    def factors(self, rate: Column, step: Step) -> tuple[Column, ...]:
        """What a step multiplies by, a number a member, from the learning rate. Steps count from 1."""
        return (rate,)

    @abstractmethod
    def move(self, piece: Piece, factors: Sequence[Tensor]) -> None:
        """One step of these parameters."""


def average_(state: Tensor, kept: Tensor, new: Tensor, value: Tensor) -> None:
    """state ← kept · state + new · value; `value` is written over."""
    state.mul_(kept).add_(value.mul_(new))
