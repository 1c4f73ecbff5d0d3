"""Every error that a user of paribus can meet.

    ParibusError
    ├── UserError                 something that you gave can't be used: read the message, mend it, run again
    │   ├── StudyError            the study, or an argument, is wrong                       exit code 2
    │   └── DataError             the data are wrong                                        exit code 3
    ├── InterruptedStudyError     stopped before the end; the same command goes on          exit code 4
    ├── FailedTrialsError         no trial of a stage ended well: nothing to go on from      exit code 5
    └── InternalError             a fault of ours: please report it                         exit code 1

A message states the rule, the name, the value received and the remedy. What fails inside a
population is no exception at all: it is a recorded outcome (`status = "diverged"` at an epoch).
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ParibusError(Exception):
    """The root of all errors of paribus."""

    exit_code = 1


class UserError(ParibusError):
    """Something that the user gave can't be used."""


class StudyError(UserError):
    """The study file, a value of the study, or an argument is wrong."""

    exit_code = 2


class DataError(UserError):
    """The data can't be used for this study."""

    exit_code = 3


class InterruptedStudyError(ParibusError):
    """The study stopped before its end. What was finished is kept and the same command resumes."""

    exit_code = 4


class FailedTrialsError(ParibusError):
    """Every trial of a stage diverged or failed, so that nothing can be chosen from it."""

    exit_code = 5


class InternalError(ParibusError):
    """A state that no input should lead to: our fault."""

    exit_code = 1


def nearest(name: str, allowed: Iterable[str]) -> str:
    """`", did you mean 'x'?"` for the allowed name nearest to `name`, or an empty string."""
    by_small_letters = {each.lower(): each for each in allowed}
    found = get_close_matches(name.lower(), by_small_letters, n=1, cutoff=0.6)
    return f", did you mean '{by_small_letters[found[0]]}'?" if found else ""
