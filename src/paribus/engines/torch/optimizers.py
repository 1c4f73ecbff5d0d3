"""The optimizer that a configuration asks for: PyTorch's own in its convention, else in Keras' forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor, optim

from paribus.engines.torch.keras_forms import FORMS
from paribus.study.conventions import Constants, constants
from paribus.study.spec import Train


def _moments(numbers: Constants) -> dict[str, Any]:
    return {"betas": (numbers.beta_1, numbers.beta_2), "eps": numbers.epsilon}


OWN: dict[str, Callable[[Constants], dict[str, Any]]] = {
    "sgd": lambda numbers: {"momentum": numbers.momentum},
    "rmsprop": lambda numbers: {"alpha": numbers.rho, "momentum": numbers.momentum, "eps": numbers.epsilon},
    "adam": _moments,
    "adamw": _moments,
    "nadam": _moments,
    "adamax": _moments,
    "adagrad": lambda numbers: {"eps": numbers.epsilon},
    "adadelta": lambda numbers: {"rho": numbers.rho, "eps": numbers.epsilon},
}
"""The arguments of PyTorch's optimizers."""
CLASSES: dict[str, Callable[..., optim.Optimizer]] = {
    "sgd": optim.SGD,
    "rmsprop": optim.RMSprop,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "nadam": optim.NAdam,
    "adamax": optim.Adamax,
    "adagrad": optim.Adagrad,
    "adadelta": optim.Adadelta,
}


def optimizer(train: Train, parameters: Iterable[Tensor]) -> optim.Optimizer:
    """The optimizer of `parameters`."""
    numbers, rate, decay = constants(train), train.learning_rate, train.weight_decay
    if train.convention == "keras" or train.optimizer not in CLASSES:
        return FORMS[train.optimizer](parameters, rate, numbers, train.nesterov, decay)
    more = {"nesterov": True} if train.nesterov else {}
    given = {**OWN[train.optimizer](numbers), **more}
    return CLASSES[train.optimizer](list(parameters), lr=rate, weight_decay=decay, **given)
