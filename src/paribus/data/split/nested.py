"""`nested:5x3`: inner folds choose, outer folds judge the choice. Varma & Simon 2006."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from paribus.data.split.kfold import held_out
from paribus.data.split.pool import Held, Pool
from paribus.study.spec import Protocol


def nested(pool: Pool, protocol: Protocol) -> Iterator[Held]:
    """The inner folds of each outer fold, then the outer folds themselves."""
    n_outer, n_inner = (int(number) for number in protocol.folds.numbers)
    judging = []
    for outer, places in enumerate(held_out(pool, n_outer, protocol.validation)):
        judging.append(pool.held(places)._replace(outer=outer, judges=True))
        inside = np.ones(len(pool.rows), dtype=bool)
        inside[places] = False
        inner = pool.take(inside)
        for chosen in held_out(inner, n_inner, protocol.validation, outer):
            yield inner.held(chosen)._replace(outer=outer)
    yield from judging
