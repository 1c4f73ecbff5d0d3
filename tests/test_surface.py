"""The public surface is frozen: what stands in this list is promised."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("first", ["paribus.check", "paribus.run", "paribus.cli.run"])
def test_a_module_never_hides_the_function_of_its_name(first: str) -> None:
    """Else `paribus.run(study)` would fail after `paribus.check(study)`: a module can't be called."""
    told = "print(callable(paribus.run), callable(paribus.check))"
    code = f"import importlib, paribus; importlib.import_module('{first}'); {told}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
