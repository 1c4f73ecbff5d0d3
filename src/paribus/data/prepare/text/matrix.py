"""Sparse matrices of counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


def matrix(found: Iterable[tuple[NDArray[Any], NDArray[Any]]], n_rows: int, n_columns: int) -> csr_array:
    """How often each (row, column) is found: int32, in canonical form, with 32-bit indices.

    `found`: rows, rising, and columns of occurrences, (occurrence,) each, in several goes.
    """
    made = empty(n_rows, n_columns, np.int32)
    for rows, columns in found:
        starts = np.append(0, np.cumsum(np.bincount(rows, minlength=n_rows)))
        made = csr_array(made + summed(np.ones(len(columns), dtype=np.int32), columns, starts, n_columns))
    return made


def empty(n_rows: int, n_columns: int, kind: type[np.generic]) -> csr_array:
    """Nothing in (row, column)."""
    return summed(np.zeros(0, dtype=kind), np.zeros(0), np.zeros(n_rows + 1, dtype=np.int64), n_columns)


def summed(
    values: NDArray[Any], columns: NDArray[Any], starts: NDArray[np.int64], n_columns: int
) -> csr_array:
    """Rows of (value, column), equal columns added up, in canonical form. `starts`: (row + 1,)."""
    index = np.int32 if len(columns) < 2**31 else np.int64
    parts = values, columns.astype(index), starts.astype(index)
    made = csr_array(parts, shape=(len(starts) - 1, n_columns))
    made.sum_duplicates()
    return made
