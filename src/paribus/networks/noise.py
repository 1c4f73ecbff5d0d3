"""The noise and the order of one epoch (from 1), by a named stream each: equal for equal seed and fold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.seeds import stream


def order(seed: int, fold: int, epoch: int, rows: int) -> NDArray[np.int64]:
    """The order of the training rows in one epoch: (row,)."""
    return stream(seed, "order", fold, epoch).permutation(rows)


def noise(seed: int, fold: int, epoch: int, rows: int, width: int, place: int) -> NDArray[np.float32]:
    """Dropout's uniform noise of one epoch for the `place`-th hidden layer of `width` units:
    (row, unit), in the epoch's order of rows. A unit is dropped where the noise is below the rate.
    """
    return stream(seed, "dropout", fold, epoch, width, place).random((rows, width), dtype=np.float32)


def input_noise(seed: int, fold: int, epoch: int, rows: int, features: int) -> NDArray[np.float32]:
    """Standard normal noise of one epoch for the features: (row, feature), in the epoch's order."""
    return stream(seed, "input noise", fold, epoch).standard_normal((rows, features), dtype=np.float32)
