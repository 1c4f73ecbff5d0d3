"""`monte_carlo:20x0.2`: a share of all rows judges, drawn anew in each repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paribus.data.split.checks import check_validation_size
from paribus.data.split.cutting import cut
from paribus.data.split.pool import Held, Pool
from paribus.seeds import stream
from paribus.study.spec import Protocol


def monte_carlo(pool: Pool, protocol: Protocol) -> Iterator[Held]:
    """A fold a repeat. Raises DataError for too few rows."""
    check_validation_size(pool, protocol)
    for repeat in range(int(protocol.folds.numbers[0])):
        order = stream(pool.seed, "monte carlo", repeat).permutation(len(pool.rows))
        drawn = cut(replace(pool, order=order), pool.size(protocol.share), 1, "monte carlo", repeat)
        yield pool.held(drawn, repeat)
