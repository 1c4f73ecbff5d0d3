"""paribus: neural-network hyperparameter studies that can be defended.

    study = paribus.read_study("study.toml")
    results = paribus.run(study)
    results.leaderboard()

This list is the whole public surface. It is filled on first use, so that `paribus --help` and
`import paribus` answer at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from paribus._version import __version__

if TYPE_CHECKING:
    from paribus.check import check
    from paribus.deliver.model import load
    from paribus.errors import (
        DataError,
        FailedTrialsError,
        InternalError,
        InterruptedStudyError,
        ParibusError,
        StudyError,
        UserError,
    )
    from paribus.results import Results
    from paribus.run import run
    from paribus.study.spec import (
        Data,
        EarlyStopping,
        Network,
        Prepare,
        Protocol,
        Question,
        Stage,
        Study,
        Train,
    )
    from paribus.study.toml import format_study, read_study

_HOMES = {
    "paribus.check": ("check",),
    "paribus.deliver.model": ("load",),
    "paribus.errors": (
        "DataError",
        "FailedTrialsError",
        "InternalError",
        "InterruptedStudyError",
        "ParibusError",
        "StudyError",
        "UserError",
    ),
    "paribus.results": ("Results",),
    "paribus.run": ("run",),
    "paribus.study.spec": (
        "Data",
        "EarlyStopping",
        "Network",
        "Prepare",
        "Protocol",
        "Question",
        "Stage",
        "Study",
        "Train",
    ),
    "paribus.study.toml": ("format_study", "read_study"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Data",
    "DataError",
    "EarlyStopping",
    "FailedTrialsError",
    "InternalError",
    "InterruptedStudyError",
    "Network",
    "ParibusError",
    "Prepare",
    "Protocol",
    "Question",
    "Results",
    "Stage",
    "Study",
    "StudyError",
    "Train",
    "UserError",
    "__version__",
    "check",
    "format_study",
    "load",
    "read_study",
    "run",
]


class _Front(ModuleType):
    """This package. `run` and `check` are functions here and modules too: importing the module must
    not put it in the function's place.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Front


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'paribus' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
