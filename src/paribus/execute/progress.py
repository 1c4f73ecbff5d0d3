"""What a run tells while it goes. The command line draws it; a library call keeps quiet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from paribus.population.outcome import Outcome


class Progress(Protocol):
    """Told of each step of a run; all calls come from the process that called `run`."""

    def decoded(self, done: int, of: int) -> None:
        """So many of the study's images are decoded; not told where all stand in the cache."""
        ...

    def judged_by(self, metric: str) -> None:
        """The data are read: this metric ranks."""
        ...

    def stage(self, name: str, position: int, of: int, trials: int, done: int) -> None:
        """A stage begins: so many trials, of which so many stand in the record already."""
        ...

    def prepared(self, done: int, of: int) -> None:
        """So many of the folds that a stage needs are prepared; also told when the first begins."""
        ...

    def trained(self, outcomes: Sequence[Outcome]) -> None:
        """A population was trained and recorded."""
        ...

    def ranked(self, name: str, board: pd.DataFrame) -> None:
        """A stage ended; `board` is its leaderboard."""
        ...

    def note(self, text: str) -> None:
        """Something that the user should read."""
        ...


class Quiet(Progress):
    """Says nothing."""

    def decoded(self, done: int, of: int) -> None:
        """See `Progress.decoded`."""

    def judged_by(self, metric: str) -> None:
        """See `Progress.judged_by`."""

    def stage(self, name: str, position: int, of: int, trials: int, done: int) -> None:
        """See `Progress.stage`."""

    def prepared(self, done: int, of: int) -> None:
        """See `Progress.prepared`."""

    def trained(self, outcomes: Sequence[Outcome]) -> None:
        """See `Progress.trained`."""

    def ranked(self, name: str, board: pd.DataFrame) -> None:
        """See `Progress.ranked`."""

    def note(self, text: str) -> None:
        """See `Progress.note`."""
