"""What an optimizer is: a rule that turns a gradient into a step, element by element."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from paribus.population.buffers import Stack


class Optimizer(ABC):
    """One rule over the flat buffer of all members' parameters.

    `constants` are (momentum, rho, beta_1, beta_2, epsilon). A subclass gives the direction; the
    learning rate, a member's own, is applied by whoever holds the parameters.
    """

    n_states: ClassVar[int]

    def __init__(self, constants: tuple[float, ...], states: list[Stack], scratch: Stack) -> None:
        self.momentum, self.rho, self.beta_1, self.beta_2, self.epsilon = constants
        self.states = states
        self.scratch = scratch

    @abstractmethod
    def direction(self, gradient: Stack, step: int) -> tuple[Stack, float]:
        """What to subtract, times the learning rate: (stack, scale). `step` counts from 1."""
