"""What is compared on some folds, and what the next stage starts from there."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from paribus.study.configuration import Configuration
from paribus.study.plan import OUTER, ROBUSTNESS, Trial, configurations, trials
from paribus.study.spec import Stage, Study


class Choice:
    """What is compared on some folds, and from which configurations the next stage starts there."""

    def __init__(self, own: Configuration, folds: Collection[int]) -> None:
        """`own`: the study's own settings, from which the first stage starts."""
        self.own, self.bases, self.folds = own, [own], folds
        self.compared: tuple[Configuration, ...] = ()
        self.seen: set[str] = set()

    def draw(self, stage: Stage) -> None:
        """Compare what `stage` draws from the bases."""
        self.compare(configurations(stage, self.bases, self.own))

    def compare(self, compared: tuple[Configuration, ...]) -> None:
        """Compare these."""
        self.compared = compared
        self.seen |= {configuration.config_id for configuration in compared}

    def add(self, more: Iterable[Configuration]) -> None:
        """Compare these too; equal ones stand once."""
        every = {each.config_id: each for each in (*self.compared, *more)}
        self.compare(tuple(every.values()))

    def trials(self, name: str, study: Study) -> tuple[Trial, ...]:
        """What is compared now, on all folds and seeds."""
        return trials(name, self.compared, self.folds, study)

    def of(self, frame: pd.DataFrame, stage: str | None = None) -> pd.DataFrame:
        """The trials of what was compared, on its folds: of one stage, or of all."""
        inside = frame["fold"].isin(self.folds) & frame["config_id"].isin(self.seen)
        after = frame["stage"].isin([OUTER, ROBUSTNESS])
        return frame[inside & ((frame["stage"] == stage) if stage else ~after)]
