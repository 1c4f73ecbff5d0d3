"""`loocv` and `leave_p_out:2`: single rows (or groups) judge."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np
from sklearn.model_selection import LeavePOut

from paribus.data.split.pool import Held, Pool, check_units
from paribus.errors import DataError
from paribus.study.options.protocols import MOST_FOLDS
from paribus.study.spec import Protocol


def leave_out(pool: Pool, protocol: Protocol) -> Iterator[Held]:
    """A fold for each choice of p units, in the order of the table. Raises DataError for too many."""
    p = int(protocol.folds.number or 1)
    check_units(pool, p + 1, protocol.validation, "Add rows, or choose another protocol.validation")
    units, codes = np.unique(pool.units, return_inverse=True)
    places = np.argsort(codes, kind="stable")
    members = np.split(places, np.cumsum(np.bincount(codes))[:-1])
    members.sort(key=lambda rows: int(rows[0]))
    n_folds = comb(len(units), p)
    if n_folds > MOST_FOLDS:
        raise DataError(
            f"protocol.validation = '{protocol.validation}' makes {n_folds:,} folds of these {len(units):,}"
            f" {'groups' if pool.has_groups else 'rows'}, and a study may have {MOST_FOLDS:,}:"
            ' use validation = "repeated_kfold:5x10" or "kfold:10"'
        )
    for _, chosen in LeavePOut(p).split(np.zeros(len(units))):
        yield pool.held(np.concatenate([members[unit] for unit in chosen]))
