"""The Pareto front: configurations that none beats in one criterion without losing in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pareto_front(
    criteria: Mapping[str, ArrayLike], smaller_is_better: Sequence[str] = ()
) -> NDArray[np.bool_]:
    """Whether each configuration is on the front, (configuration,), by criteria of that shape.

    Equal configurations are on it together; one with a missing criterion (NaN) never is. Kung, Luccio
    & Preparata 1975: sorted by the first criterion, a configuration can only be beaten by one before.
    """
    cost = np.stack(
        [
            np.asarray(values, dtype=np.float64) * (1 if name in smaller_is_better else -1)
            for name, values in criteria.items()
        ],
        axis=1,
    )
    order = np.lexsort(cost.T[::-1])
    on_front = np.zeros(len(cost), dtype=np.bool_)
    front = np.empty((0, cost.shape[1]))
    for place in order:
        row = cost[place]
        if np.isnan(row).any():
            continue
        no_worse = (front <= row).all(axis=1)
        if not (no_worse & (front < row).any(axis=1)).any():
            on_front[place] = True
            if not no_worse.any():  # an equal one is there already
                front = np.vstack([front, row])
    return on_front
