"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from paribus.stats.answers import Answer
from paribus.study.spec import Study

Status = Literal["found", "passed", "not applicable"]
Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True)
class Evidence:
    """A study, its data's profile, and, once it has run, its trials, its leaderboard and its answers."""

    study: Study
    data: dict[str, Any]
    trials: pd.DataFrame | None = None
    board: pd.DataFrame | None = None
    n_configurations: int = 0
    answers: tuple[Answer, ...] = ()

    @property
    def folds(self) -> int:
        """The splits that compare configurations."""
        return sum(not fold["judges"] for fold in self.data["folds"])


@dataclass(frozen=True)
class Finding:
    """One check's verdict: what was looked for, whether it was found, and the remedy."""

    code: str
    title: str
    severity: Severity
    status: Status
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Blank:
    """A check's name, before its verdict."""

    code: str
    title: str
    severity: Severity

    def found(self, message: str, remedy: str) -> Finding:
        """The study has this fault."""
        return Finding(self.code, self.title, self.severity, "found", message, remedy)

    def passed(self, message: str) -> Finding:
        """The study was looked at and has it not."""
        return Finding(self.code, self.title, self.severity, "passed", message)

    def not_applicable(self, message: str) -> Finding:
        """There is nothing to look at."""
        return Finding(self.code, self.title, self.severity, "not applicable", message)


Check = Callable[[Evidence], Finding]
