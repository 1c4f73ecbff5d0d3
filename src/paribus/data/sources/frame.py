"""A pandas DataFrame handed in: rows by position from 0, the index is no column."""

from __future__ import annotations

import pandas as pd

from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import StudyError


def read_frame(frame: object, source: str) -> Rows:
    """The rows of `frame`, labelled by the study's source. Raises DataError, StudyError if it is no frame."""
    if not isinstance(frame, pd.DataFrame):
        raise StudyError(f"frame must be a pandas DataFrame, but a {type(frame).__name__} was given")
    return make_rows(
        frame.reset_index(drop=True), list(frame.columns), f"the DataFrame '{source}'", counted="position"
    )
