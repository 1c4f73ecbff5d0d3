"""A share of the data: of whole groups where there are groups, else of the rows of each class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.sources.rows import Rows
from paribus.data.target import read_target
from paribus.seeds import stream
from paribus.study.spec import Data


def share_of(rows: Rows, data: Data, seed: int, n_test: int = 0) -> NDArray[np.int64]:
    """The rows that are used, positions that rise; a smaller share of the same seed is among a larger one.

    The last `n_test` rows came from data.test: the same share is taken of them. Raises DataError for a target
    that can't be read.
    """
    if data.share == 1:
        return np.arange(len(rows))
    if data.group and data.group in rows.names:
        groups, found = pd.factorize(rows.column(data.group), use_na_sentinel=False)
        return np.flatnonzero(_drawn(len(found), data.share, seed, "groups")[groups])
    kept = np.zeros(len(rows), dtype=bool)
    test = np.arange(len(rows)) >= len(rows) - n_test
    strata = pd.factorize(pd.Series(zip(_classes(rows, data), test, strict=True)))[0]
    for code in range(strata.max() + 1):
        places = np.flatnonzero(strata == code)
        kept[places] = _drawn(len(places), data.share, seed, code)
    return np.flatnonzero(kept)


def _classes(rows: Rows, data: Data) -> list[Any]:
    """What each row's class is known by: (row,); nothing where the target has none."""
    target = read_target(rows, data)
    if target.task == "regression":
        return [0] * len(rows)
    return target.values.tolist() if target.values.ndim == 1 else list(map(tuple, target.values.tolist()))


def _drawn(count: int, share: float, seed: int, name: int | str) -> NDArray[np.bool_]:
    """Which of `count` are used, at least one: (count,)."""
    drawn = np.zeros(count, dtype=bool)
    order = stream(seed, "share", name).permutation(count)
    drawn[order[: max(1, round(share * count))]] = True
    return drawn
