"""`holdout:0.15`: one share of all rows judges."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.data.split.checks import check_validation_size
from paribus.data.split.cutting import cut
from paribus.data.split.pool import Held, Pool
from paribus.study.spec import Protocol


def holdout(pool: Pool, protocol: Protocol) -> Iterator[Held]:
    """One fold. Raises DataError for too few rows."""
    check_validation_size(pool, protocol)
    yield pool.held(cut(pool, pool.size(protocol.share), 1, "validation"))
