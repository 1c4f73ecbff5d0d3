"""The public surface is frozen: what stands in this list is promised."""

from __future__ import annotations

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
