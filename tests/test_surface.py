"""The public surface is frozen: what stands in this list is promised."""

from __future__ import annotations

import subprocess
import sys

import paribus

SURFACE = [
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


def test_nothing_is_added_or_removed_unnoticed() -> None:
    """Else a name that somebody imports would vanish with an update."""
    assert paribus.__all__ == SURFACE


def test_every_name_is_there() -> None:
    """Else `from paribus import ...` of a promised name would fail."""
    for name in SURFACE:
        assert getattr(paribus, name) is not None
        assert name in dir(paribus)


FIRST = """
import importlib, sys
for first in ("paribus.check", "paribus.run", "paribus.cli.run"):
    for name in [name for name in sys.modules if name.partition(".")[0] == "paribus"]:
        del sys.modules[name]
    import paribus
    importlib.import_module(first)
    print(callable(paribus.run), callable(paribus.check))
"""
"""The package anew for each module that may be its first."""


def test_a_module_never_hides_the_function_of_its_name() -> None:
    """Else `paribus.run(study)` would fail after `paribus.check(study)`: a module can't be called."""
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"] * 3
