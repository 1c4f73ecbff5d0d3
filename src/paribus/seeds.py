"""One named random stream a purpose.

Every random number of a study comes from `stream(seed, purpose, ...)`. A stream is named by what it
is for, never by when it is drawn or by whom, so that two trials with the same seed and fold see the
same batches, the same initial weights and the same dropout noise, whatever stands beside them.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, purpose: str, *names: int | str) -> np.random.Generator:
    """The random stream of `purpose`, told apart from others of that purpose by `names`.

    >>> bool((stream(42, "split").random(3) == stream(42, "split").random(3)).all())
    True
    >>> bool((stream(42, "split").random(3) == stream(42, "order", 1).random(3)).any())
    False
    """
    key = "\x1f".join([purpose, *(f"{type(name).__name__}:{name}" for name in names)])
    digest = blake2b(f"{seed}\x1e{key}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
