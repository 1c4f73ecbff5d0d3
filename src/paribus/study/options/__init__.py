"""The named options that a study can choose from: what each means, its arguments, its source.

The one list behind validation, `paribus options` and the documentation. What stands here can be run.
"""

from __future__ import annotations

from functools import cache

from paribus.study.options.augmentation import AUGMENTATIONS
from paribus.study.options.builtins import BUILTINS
from paribus.study.options.metrics import METRIC_OPTIONS, METRICS, larger_is_better
from paribus.study.options.networks import NETWORKS
from paribus.study.options.option import Option
from paribus.study.options.preparation import PREPARATION
from paribus.study.options.protocols import PROTOCOLS
from paribus.study.options.text import REPRESENTATIONS
from paribus.study.options.training import TRAINING

__all__ = ["METRICS", "OPTIONS", "Option", "larger_is_better", "names"]

OPTIONS: tuple[Option, ...] = (
    *(*REPRESENTATIONS, *PREPARATION, *NETWORKS, *TRAINING, *AUGMENTATIONS),
    *(*PROTOCOLS, *BUILTINS, *METRIC_OPTIONS),
)


@cache
def names(family: str) -> tuple[str, ...]:
    """The names of one family, in their listed order."""
    return tuple(option.name for option in OPTIONS if option.family == family)
