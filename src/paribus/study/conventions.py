"""What a setting of `[train]` or `[network]` means where the study doesn't give it.

Keras and PyTorch agree on the optimizers' names and differ in their constants; `train.convention`
says whose are meant. Keras 3, PyTorch 2.
"""

from __future__ import annotations

from typing import NamedTuple

from paribus.study.spec import Network, Schedule, Train

_RHO = {"keras": {"rmsprop": 0.9, "adadelta": 0.95}, "torch": {"rmsprop": 0.99, "adadelta": 0.9}}
_BETA_2 = {"lion": 0.99}
_EPSILON = {
    "keras": {},
    "torch": {"adagrad": 1e-10, "adadelta": 1e-6},
}
_USUAL_EPSILON = {"keras": 1e-7, "torch": 1e-8}
_NORM = {"keras": (1e-3, 0.99), "torch": (1e-5, 0.9)}


class Constants(NamedTuple):
    """An optimizer's numbers; one that it doesn't use is 0."""

    momentum: float
    rho: float
    beta_1: float
    beta_2: float
    epsilon: float


def constants(train: Train) -> Constants:
    """The optimizer's numbers: those given, and the convention's."""
    name, convention = train.optimizer, train.convention

    def given(value: float | None, usual: float) -> float:
        return usual if value is None else value

    return Constants(
        momentum=train.momentum,
        rho=given(train.rho, _RHO[convention].get(name, 0.0)),
        beta_1=given(train.beta_1, 0.9),
        beta_2=given(train.beta_2, _BETA_2.get(name, 0.999)),
        epsilon=given(train.epsilon, _EPSILON[convention].get(name, _USUAL_EPSILON[convention])),
    )


def first_squares(train: Train) -> float:
    """Where Adagrad's sum of squares starts."""
    return 0.1 if train.convention == "keras" else 0.0


def couples_decay(train: Train) -> bool:
    """Whether weight_decay is added to the gradient instead of being taken off the weights."""
    return train.convention == "torch" and train.optimizer not in ("adamw", "lion")


def norm_constants(network: Network, convention: str) -> tuple[float, float]:
    """Of a normalisation: (epsilon, momentum of the moving averages)."""
    epsilon, momentum = _NORM[convention]
    return (
        epsilon if network.norm_epsilon is None else network.norm_epsilon,
        momentum if network.norm_momentum is None else network.norm_momentum,
    )


def negative_slope(network: Network) -> float:
    """Of leaky_relu."""
    return 0.01 if network.negative_slope is None else network.negative_slope


def init_scale(network: Network) -> float:
    """Of the initialisers normal and uniform."""
    return 0.05 if network.init_scale is None else network.init_scale


def loss_shape(train: Train) -> float:
    """huber's delta or focal's gamma; 0 for a loss that has neither."""
    if train.loss == "huber":
        return 1.0 if train.huber_delta is None else train.huber_delta
    if train.loss == "focal":
        return 2.0 if train.focal_gamma is None else train.focal_gamma
    return 0.0


class Slowing(NamedTuple):
    """A schedule's numbers, all given."""

    every: int
    factor: float
    floor: float
    peak: float
    start: float
    monitor: str
    patience: int
    min_delta: float


def slowing(schedule: Schedule) -> Slowing:
    """The schedule's numbers: those given, and the usual ones."""
    factors = {"exponential": 0.95}
    usual = Slowing(
        every=10,
        factor=factors.get(schedule.name, 0.1),
        floor=4e-6 if schedule.name == "one_cycle" else 0.0,
        peak=0.3,
        start=0.04,
        monitor="val_loss",
        patience=10,
        min_delta=1e-4,
    )
    given = {key: getattr(schedule, key) for key in Slowing._fields}
    return usual._replace(**{key: value for key, value in given.items() if value is not None})
