"""Data sets of openml.org by number or name, through scikit-learn."""

from __future__ import annotations

from sklearn.datasets import fetch_openml
from sklearn.datasets._openml import OpenMLError

from paribus.data.sources.cache import cache_folder, fetching
from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import DataError
from paribus.study.sources import parse_source


def read_openml(source: str) -> Rows:
    """The rows of `openml:31` or `openml:name?version=1`, fetched once. Raises DataError."""
    named = parse_source(source)
    assert named is not None  # `source` starts with openml:
    if named.name.isdecimal():
        which: dict[str, object] = {"data_id": int(named.name)}
    else:
        which = {"name": named.name, "version": named.count("version", 1)}
    try:
        with fetching(source):
            bunch = fetch_openml(**which, as_frame=True, data_home=cache_folder(), n_retries=1, parser="auto")
    except (OpenMLError, ValueError) as error:
        raise DataError(f"{source} can't be read from openml.org: {error}") from None
    return make_rows(bunch.frame, list(bunch.frame.columns), source, counted="position")
