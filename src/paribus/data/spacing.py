"""Some of many, evenly from the first to the last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spaced(n: int, most: int) -> NDArray[np.int64]:
    """At most `most` places of 0 … n − 1, evenly, the first and the last among them: (place,)."""
    if n <= most:
        return np.arange(n, dtype=np.int64)
    return np.unique(np.linspace(0, n - 1, most).round().astype(np.int64))
