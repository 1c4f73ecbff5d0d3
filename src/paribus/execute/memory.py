"""How much memory a population may take."""

from __future__ import annotations

import psutil

SHARE = 0.25
"""Of the memory that is free now, for all workers together."""
LARGEST = 512 * 2**20
"""More than this gains no speed: a population that large is bound by its arithmetic."""


def population_memory(workers: int) -> int:
    """Bytes for one population when `workers` processes train at once."""
    return int(min(LARGEST, SHARE * psutil.virtual_memory().available / workers))
