"""The one-standard-error rule: the simplest configuration that is about as good as the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class OneStandardError:
    """The places of the best configuration and of the chosen one, and the bound that it had to reach."""

    chosen: int
    best: int
    bound: float
    n: int
    method: str = "one_standard_error"
    assumes: str = "the best's standard error says how far its score may lie from the truth"


def one_standard_error(
    scores: ArrayLike, errors: ArrayLike, complexity: ArrayLike, larger_is_better: bool = True
) -> OneStandardError:
    """Of mean scores on validation, their standard errors and the complexity, each (configuration,).

    The simplest within one standard error of the best, of the best one; of equally simple ones the
    better. Without a known error (one trial) the best itself. Breiman et al. 1984. Raises ValueError
    where no score is finite.
    """
    value = np.asarray(scores, dtype=np.float64) * (1 if larger_is_better else -1)
    if not np.isfinite(value).any():
        raise ValueError("no configuration has a score to choose by")
    size = np.asarray(complexity, dtype=np.float64)
    value = np.where(np.isfinite(value), value, -np.inf)
    best = int(np.lexsort((size, -value))[0])
    error = float(np.asarray(errors, dtype=np.float64)[best])
    bound = value[best] - (error if np.isfinite(error) else 0.0)
    within = np.flatnonzero(value >= bound)
    chosen = int(within[np.lexsort((-value[within], size[within]))[0]])
    return OneStandardError(chosen, best, float(bound if larger_is_better else -bound), len(value))
