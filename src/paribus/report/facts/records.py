"""What a report says, as typed records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.audit import Finding
from paribus.explain.facts import StudyWords
from paribus.report.facts.combinations import Combinations
from paribus.report.facts.dead import DeadStarts
from paribus.report.facts.predictions import Predicted
from paribus.report.facts.scatter import Scatter
from paribus.report.facts.spreads import Interaction
from paribus.report.facts.uses import Used
from paribus.stats.answers import Answer
from paribus.stats.answers.calls import Calls
from paribus.stats.answers.choices import Choices
from paribus.stats.answers.importance import StageImportance
from paribus.stats.intervals import Interval
from paribus.stats.nested import Nested
from paribus.stats.optimism import Optimism
from paribus.stats.robustness import Finalist
from paribus.store.boundary import Boundary
from paribus.store.mistakes import Mistake
from paribus.study.spec import Study


@dataclass(frozen=True)
class Score:
    """One metric on one part, with its interval."""

    part: str
    metric: str
    value: float
    interval: Interval


@dataclass(frozen=True)
class Standing:
    """One configuration's place: what it is and what it is worth."""

    rank: int
    config_id: str
    stage: str
    levels: dict[str, Any]
    n_parameters: int | None
    n_trials: int
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class StageFacts:
    """One stage as it was run; `effects` maps a factor to its table by level, `spreads` to its quartiles."""

    name: str
    design: str
    factors: dict[str, tuple[Any, ...]]
    n_configurations: int
    n_trials: int
    kept: tuple[str, ...]
    effects: dict[str, pd.DataFrame]
    spreads: dict[str, pd.DataFrame]
    interactions: tuple[Interaction, ...]
    combinations: tuple[Combinations, ...]
    importance: StageImportance | None
    dead: DeadStarts | None


@dataclass(frozen=True)
class Curve:
    """The learning curves of one trial, or the mean of `trials`: each value by epoch, from 1.

    `deviations` are the standard deviations over the trials; empty for one.
    """

    config_id: str
    fold: int
    seed: int
    best_epoch: int
    values: dict[str, NDArray[np.generic]]
    trials: int = 1
    deviations: dict[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """Everything that a report says."""

    study: Study
    data: dict[str, Any]
    trials: pd.DataFrame
    board: pd.DataFrame
    standings: tuple[Standing, ...]
    stages: tuple[StageFacts, ...]
    answers: tuple[Answer, ...]
    choices: Choices | None
    calls: Calls | None
    optimism: Optimism | None
    nested: Nested | None
    robustness: tuple[Finalist, ...]
    split: str
    curves: tuple[Curve, ...]
    predicted: tuple[Predicted, ...]
    words: StudyWords | None
    boundary: Boundary | None
    failures: pd.DataFrame
    scatter: Scatter | None
    findings: tuple[Finding, ...]
    openings: tuple[dict[str, Any], ...]
    sessions: tuple[dict[str, Any], ...]
    used: Used
    versions: dict[str, str]
    study_hash: str
    fingerprint: str
    samples: dict[str, list[str]] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()

    @property
    def best(self) -> Standing:
        """The chosen configuration."""
        return self.standings[0]

    @property
    def wall_seconds(self) -> float:
        """Time that all sessions took together."""
        return float(sum(session["seconds"] or 0 for session in self.sessions))
