"""Memory that is kept for the next step, of trainings whose arrays are large.

Without this the C library hands large arrays back to the system and asks for them again at each step, and the
system clears every page first: a third of the time of a convolutional network (benchmarks/README.md).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
"""What `mallopt(3)` sets."""
_KEPT = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 2**28}
_USUAL = {_MMAP_MAX: 2**16, _TRIM_THRESHOLD: 2**17, _TOP_PAD: 2**17}


@contextmanager
def kept_memory() -> Iterator[None]:
    """Freed memory stays with this process inside the block; without glibc nothing changes."""
    try:
        library = ctypes.CDLL(None)
        mallopt, trim = library.mallopt, library.malloc_trim
    except (OSError, AttributeError, TypeError):  # another system, another C library
        yield
        return
    for setting, value in _KEPT.items():
        mallopt(setting, value)
    try:
        yield
    finally:
        for setting, value in _USUAL.items():
            mallopt(setting, value)
        trim(0)
