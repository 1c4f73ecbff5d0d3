"""`given`: a column says which rows judge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from paribus.data.marks import VALIDATION
from paribus.data.split.pool import Held, Pool
from paribus.errors import DataError
from paribus.study.spec import Protocol


def given(pool: Pool, _: Protocol) -> Iterator[Held]:
    """One fold. Raises DataError where no row is for validation, or none for training."""
    assert pool.given is not None  # the study names data.split
    judging = np.flatnonzero(pool.given == VALIDATION)
    for name, count in (("validation", len(judging)), ("train", len(pool.rows) - len(judging))):
        if not count:
            raise DataError(
                f"protocol.validation = 'given', but no row of the column data.split says {name}:"
                ' mark some, or choose another, such as validation = "kfold:5"'
            )
    yield pool.held(judging)
