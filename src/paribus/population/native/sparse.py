"""Sparse rows as the native code sees them."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


class _Sparse(ctypes.Structure):
    """The struct `Sparse` of layout.h, field by field."""

    _fields_ = tuple(
        (name, ctypes.c_void_p)
        for name in (
            *("order", "starts", "columns", "values"),
            *("step_starts", "touched", "touch_starts", "rows", "turned"),
        )
    )


class SparseAddress:
    """The rows of a part, in their own order or, for training, in an epoch's. Arrays are kept here."""

    def __init__(self, rows: csr_array) -> None:
        self.struct, self.kept = _Sparse(), dict[str, NDArray[Any]]()
        self.entries, (self.n_rows, self.features) = len(rows.indices), rows.shape
        self._point(
            starts=rows.indptr.astype(np.int64),
            columns=np.ascontiguousarray(rows.indices, dtype=np.int32),
            values=np.ascontiguousarray(rows.data, dtype=np.float32),
        )

    @property
    def address(self) -> int:
        """Where the struct stands."""
        return ctypes.addressof(self.struct)

    def turn(self, library: ctypes.CDLL, order: NDArray[np.int64], batch: int) -> None:
        """Take an epoch's order, and lay the entries of its batches out by feature.

        The buffers of the epoch before are written over. Raises MemoryError.
        """
        if "turned" not in self.kept:
            steps = -(-self.n_rows // batch)
            touched = min(self.entries, steps * self.features)
            self._point(
                step_starts=np.zeros(steps + 1, dtype=np.int64),
                touched=np.empty(touched, dtype=np.int32),
                touch_starts=np.zeros(touched + 1, dtype=np.int64),
                rows=np.empty(self.entries, dtype=np.int32),
                turned=np.empty(self.entries, dtype=np.float32),
            )
        self._point(order=order)
        if library.turn(ctypes.byref(self.struct), self.n_rows, batch, self.features):
            raise MemoryError("no memory for the native code's buffers")

    def _point(self, **arrays: NDArray[Any]) -> None:
        for name, array in arrays.items():
            self.kept[name] = array
            setattr(self.struct, name, array.ctypes.data)
