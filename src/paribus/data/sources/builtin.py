"""Data sets that come with scikit-learn, and those that are made by chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from sklearn import datasets

from paribus.data.sources.cache import cache_folder, fetching
from paribus.data.sources.rows import Rows, make_rows
from paribus.data.sources.synthetic import SYNTHETIC
from paribus.data.sources.tissue_rows import tissue_rows
from paribus.study.sources import parse_source


def _named(load: Callable[..., Any], target: str) -> Callable[[], pd.DataFrame]:
    """A classification set of scikit-learn, its classes by their names where it has them."""

    def made() -> pd.DataFrame:
        bunch = load(as_frame=True)
        frame: pd.DataFrame = bunch.data.rename(columns=_plain)
        codes = bunch.target.to_numpy()
        return frame.assign(**{target: pd.Series([str(bunch.target_names[code]) for code in codes])})

    return made


def _plain(name: object) -> str:
    return str(name).replace(" (cm)", "").replace(" ", "_").replace("/", "_")


def _diabetes() -> pd.DataFrame:
    bunch = datasets.load_diabetes(as_frame=True, scaled=False)
    frame: pd.DataFrame = bunch.data.assign(progression=bunch.target)
    return frame


def _california_housing() -> pd.DataFrame:
    with fetching("builtin:california_housing"):
        frame: pd.DataFrame = datasets.fetch_california_housing(
            as_frame=True, data_home=cache_folder(), n_retries=1, delay=0.1
        ).frame
    return frame


_LOADED: dict[str, Callable[[], pd.DataFrame]] = {
    "breast_cancer": _named(datasets.load_breast_cancer, "diagnosis"),
    "iris": _named(datasets.load_iris, "species"),
    "wine": _named(datasets.load_wine, "cultivar"),
    "digits": _named(datasets.load_digits, "digit"),
    "diabetes": _diabetes,
    "california_housing": _california_housing,
}


def read_builtin(source: str) -> Rows:
    """A data set by its `builtin:` name, which the study has checked."""
    named = parse_source(source)
    assert named is not None  # `source` starts with builtin:
    if named.name == "tissue":
        return tissue_rows(named, source)
    frame = SYNTHETIC[named.name](named) if named.name in SYNTHETIC else _LOADED[named.name]()
    return make_rows(frame, list(frame.columns), source, counted="position")
