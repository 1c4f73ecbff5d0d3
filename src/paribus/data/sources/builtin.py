"""Data sets that come with the installed libraries."""

from __future__ import annotations

import pandas as pd
from sklearn.datasets import load_breast_cancer

from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import DataError, nearest


def _breast_cancer() -> pd.DataFrame:
    """569 rows, 30 features of cell nuclei. Street, Wolberg & Mangasarian, SPIE 1905, 1993."""
    bunch = load_breast_cancer(as_frame=True)
    frame: pd.DataFrame = bunch.data.rename(columns=lambda name: name.replace(" ", "_"))
    return frame.assign(diagnosis=bunch.target.map({0: "malignant", 1: "benign"}))


BUILTIN = {"builtin:breast_cancer": _breast_cancer}


def read_builtin(source: str) -> Rows:
    """A data set by its `builtin:` name. Raises DataError naming the nearest."""
    if source not in BUILTIN:
        raise DataError(
            f"data.source = '{source}' is no builtin data set{nearest(source, BUILTIN)} (allowed:"
            f" {', '.join(BUILTIN)})"
        )
    frame = BUILTIN[source]()
    return make_rows(frame, list(frame.columns), source, counted="position")
