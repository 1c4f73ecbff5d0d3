"""The numbers in which members of a segment differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import inf

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from paribus.population.buffers import Place
from paribus.population.outcome import Lineage
from paribus.study.configuration import Configuration
from paribus.study.conventions import constants, couples_decay, first_squares, loss_shape

Column = NDArray[np.floating]
"""(member, 1)."""
Step = int | NDArray[np.int64]
"""A step, or all of an epoch; then what would be (member, 1) is (member, step)."""


@dataclass(frozen=True)
class Settings:
    """One number a member, each (member, 1). `new_...` is 1 minus what is kept: taken in float64, since
    1 − 0.999 has few right digits in float32.
    """

    momentum: Tensor
    rho: Tensor
    beta_1: Tensor
    beta_2: Tensor
    epsilon: Tensor
    new_rho: Tensor
    new_1: Tensor
    new_2: Tensor
    first_squares: Tensor
    coupled_decay: Tensor
    l1: Tensor
    twice_l2: Tensor
    clip_norm: Tensor
    clip_value: Tensor
    label_smoothing: Tensor
    loss_form: Tensor
    input_noise: Tensor

    @classmethod
    def of(cls, lineages: Sequence[Lineage], place: Place) -> Settings:
        """The settings of these members, in this order."""
        columns = np.array([_numbers(lineage.configuration) for lineage in lineages])
        return cls(*(place.tensor(column[:, None].copy()) for column in columns.T))

    def rows(self, members: slice) -> Settings:
        """Those of some neighbours."""
        return Settings(*(getattr(self, each.name)[members] for each in fields(self)))


def _numbers(configuration: Configuration) -> tuple[float, ...]:
    train = configuration.train
    each = constants(train)
    return (
        *each,
        *(1 - kept for kept in (each.rho, each.beta_1, each.beta_2)),
        first_squares(train),
        train.weight_decay if couples_decay(train) else 0.0,
        train.l1,
        2 * train.l2,
        train.clip_norm or inf,
        train.clip_value or inf,
        train.label_smoothing,
        loss_shape(train),
        configuration.network.input_noise,
    )


@dataclass(frozen=True)
class Exact:
    """Numbers from which a step's factors are reckoned in float64, each (member, 1)."""

    beta_1: Column
    beta_2: Column
    decay: Column
    """Of the weights themselves, times the learning rate."""

    @classmethod
    def of(cls, lineages: Sequence[Lineage]) -> Exact:
        """Those of these members, in this order."""
        rules = [lineage.configuration.train for lineage in lineages]
        columns = [
            [constants(rule).beta_1 for rule in rules],
            [constants(rule).beta_2 for rule in rules],
            [0.0 if couples_decay(rule) else rule.weight_decay for rule in rules],
        ]
        return cls(*(np.array(column)[:, None] for column in columns))


def dropout_rates(lineages: Sequence[Lineage], place: Place) -> Tensor:
    """The rate of each hidden layer, (member, layer)."""
    rates = [lineage.configuration.network.dropouts for lineage in lineages]
    return place.tensor(np.array(rates, dtype=np.float64))
