"""`time:5`: each fold is trained on the past and judged on what follows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.model_selection import TimeSeriesSplit

from paribus.data.split.cutting import times
from paribus.data.split.pool import Held, Pool
from paribus.errors import DataError
from paribus.study.spec import Protocol


def time(pool: Pool, protocol: Protocol) -> Iterator[Held]:
    """A fold a step in time, rows of equal time together. Raises DataError for too few times."""
    folds = int(protocol.folds.number or 1)
    moments = times(pool)
    found = np.unique(moments)
    if len(found) <= folds:
        word = "rows" if pool.moments is None else "different times"
        raise DataError(
            f"protocol.validation = '{protocol.validation}' needs {folds + 1} {word} outside the sealed part,"
            f" and there are {len(found)}: use fewer folds, or add rows"
        )
    for past, following in TimeSeriesSplit(folds).split(found):
        yield Held(pool.rows[np.isin(moments, found[past])], pool.rows[np.isin(moments, found[following])])
