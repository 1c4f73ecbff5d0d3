"""How fast this machine is right now: matrix products and memory, on one thread of one process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import NamedTuple

import torch

LARGE = 2048
"""Rows and columns of the large product."""
FAR, NEAR = 2**29, 2**18
"""Bytes that a copy reads: from main memory, and from the core's own cache."""


class Product(NamedTuple):
    """One matrix product, (rows, inner) · (inner, columns)."""

    rows: int
    inner: int
    columns: int

    @property
    def operations(self) -> int:
        """A multiplication and an addition for each of its terms."""
        return 2 * self.rows * self.inner * self.columns


class Rates(NamedTuple):
    """Operations a second of a large product, bytes a second from memory and from the cache, and the
    seconds of each batched product of `members` networks.
    """

    product: float
    far: float
    near: float
    batched: dict[Product, float]


def seconds_of(call: Callable[[], object], at_least: float) -> float:
    """The mean seconds of a call, the best of three rounds of `at_least` seconds in all."""
    call()
    started = perf_counter()
    call()
    calls = max(1, int(at_least / 3 / max(perf_counter() - started, 1e-7)))
    rounds = []
    for _ in range(3):
        started = perf_counter()
        for _ in range(calls):
            call()
        rounds.append((perf_counter() - started) / calls)
    return min(rounds)


def measure(products: Sequence[Product], members: int) -> Rates:
    """Everything that the floor needs, measured in this process on one thread."""
    torch.set_num_threads(1)
    return Rates(
        product=_large_product(),
        far=_copy(FAR, 0.3),
        near=_copy(NEAR, 0.1),
        batched={product: _batched(product, members) for product in products},
    )


def _large_product() -> float:
    left, right = torch.randn(LARGE, LARGE), torch.randn(LARGE, LARGE)
    out = torch.empty(LARGE, LARGE)
    seconds = seconds_of(lambda: torch.mm(left, right, out=out), 0.5)
    return Product(LARGE, LARGE, LARGE).operations / seconds


def _copy(size: int, at_least: float) -> float:
    """Bytes a second, read and written, of a copy."""
    source = torch.ones(size // 4)
    target = torch.empty_like(source)
    return 2 * size / seconds_of(lambda: target.copy_(source), at_least)


def _batched(product: Product, members: int) -> float:
    left = torch.randn(members, product.rows, product.inner)
    right = torch.randn(members, product.inner, product.columns)
    out = torch.empty(members, product.rows, product.columns)
    return seconds_of(lambda: torch.bmm(left, right, out=out), 0.02)


def together(each: Sequence[Rates]) -> Rates:
    """The rates of processes that ran side by side: speeds add up, a call's seconds are their mean."""
    return Rates(
        product=sum(rates.product for rates in each),
        far=sum(rates.far for rates in each),
        near=sum(rates.near for rates in each),
        batched={
            product: sum(rates.batched[product] for rates in each) / len(each) for product in each[0].batched
        },
    )
