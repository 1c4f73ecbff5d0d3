"""A finished study as a Python value."""

from __future__ import annotations

from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from paribus.errors import StudyError, nearest
from paribus.report.details import curves_frame, predictions_frame
from paribus.report.exports.notebook import as_chart, as_html
from paribus.report.facts import Facts, gather
from paribus.report.figures import Figure, figures
from paribus.report.question_files import question_table
from paribus.stats.answers.two import find_configuration
from paribus.store.record import Record
from paribus.store.recorded import read_record, read_summary
from paribus.store.tables import read_leaderboard, trials_frame


class Results:
    """What a run left in its folder. In a notebook it draws itself.

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
        return read_leaderboard(self.folder)

    def questions(self) -> pd.DataFrame:
        """One row a level of each question: the columns of `questions.csv`."""
        return question_table(self._facts.answers)

    def curves(self, config_id: str) -> pd.DataFrame:
        """How the trials of a configuration learned, one row an epoch: fold, seed, epoch, loss, val_loss ...

        `config_id` may be its first characters. Raises `StudyError` for an unknown one, with the nearest.
        """
        with Record.at(self.folder) as record:
            return curves_frame(record, find_configuration(record, config_id))

    def predictions(self, config_id: str, part: str = "val") -> pd.DataFrame:
        """What the trials of a configuration predicted, one row a row: fold, seed, row, truth, p_<class> ...

        `part` is `val`, or `test` for the sealed part. Raises `StudyError` as `curves` does, and where the
        sealed part wasn't opened for it.
        """
        with Record.at(self.folder) as record:
            return predictions_frame(record, find_configuration(record, config_id), part)

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the report's figures, for `figure`."""
        return tuple(self._figures)

    def figure(self, name: str) -> alt.TopLevelMixin:
        """A figure of the report as an Altair chart. Raises `StudyError` for an unknown name."""
        if name not in self._figures:
            raise StudyError(
                f"'{name}' is no figure of this study{nearest(name, self._figures)}:"
                f" they are {', '.join(self._figures)}"
            )
        return as_chart(self._figures[name])

    @property
    def summary(self) -> dict[str, Any]:
        """What `summary.json` says: the chosen configuration, its scores, what choosing cost."""
        return read_summary(self.folder)

    @property
    def report(self) -> Path:
        """The page to open in a browser."""
        return self.folder / "report.html"

    @cached_property
    def _facts(self) -> Facts:
        """What the report says; gathered on first use, for it takes a while where there are many trials."""
        with Record.at(self.folder) as record:
            return gather(record, self.study)

    @cached_property
    def _figures(self) -> dict[str, Figure]:
        return {figure.name: figure for figure in figures(self._facts)}

    def __repr__(self) -> str:
        return f"Results({self.study.name!r}: {len(self._trials)} trials in {self.folder})"

    def _repr_html_(self) -> str:
        return as_html(self._facts) if len(self._trials) else f"<p>{escape(repr(self))}</p>"
