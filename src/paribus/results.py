"""A finished study as a Python value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from paribus.errors import StudyError
from paribus.store.folder import read_record
from paribus.store.record import Record
from paribus.store.tables import trials_frame


class Results:
    """What a run left in its folder.

    Raises `StudyError` if no study was run there.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        with Record.at(self.folder) as record:
            self.study = read_record(record)
            self._trials = trials_frame(record, self.study)

    def frame(self) -> pd.DataFrame:
        """One row a trial: the columns of `trials.csv`."""
        return self._trials.copy()

    def leaderboard(self) -> pd.DataFrame:
        """One row a configuration, the best first. Raises `StudyError` before the first run's end."""
        path = self.folder / "leaderboard.csv"
        if not path.is_file():
            raise StudyError(
                f"{path} isn't there: the run has not come to its end. Let it go on with the same"
                f" `paribus run`, or write what there is with `paribus report {self.folder}`"
            )
        return pd.read_csv(path)

    @property
    def summary(self) -> dict[str, Any]:
        """What `summary.json` says: the chosen configuration, its scores, what choosing cost."""
        found: dict[str, Any] = json.loads((self.folder / "summary.json").read_text())
        return found

    @property
    def report(self) -> Path:
        """The page to open in a browser."""
        return self.folder / "report.html"

    def __repr__(self) -> str:
        return f"Results({self.study.name!r}: {len(self._trials)} trials in {self.folder})"
