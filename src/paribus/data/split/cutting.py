"""Cutting a share of rows off a pool, each class in proportion to its size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.data.split.pool import Places, Pool
from paribus.seeds import stream

DRAWS, LOOKED_AT = 100, 2_000_000
"""Random draws of groups that are compared, at most, and the groups looked at in all of them."""


def cut(pool: Pool, size: int, leave: int, purpose: str, *names: int) -> Places:
    """Positions in the pool of about `size` rows, rising; of every class at least one, and `leave` stay.

    Exact where every row is a unit of its own. Equal rows are taken as they fit; of groups, the draw
    whose size and classes come nearest is taken. `purpose` and `names` say which chance it is.
    """
    if pool.has_groups:
        return _nearest_groups(pool, size, stream(pool.seed, "split groups", purpose, *names))
    counts = pool.class_counts
    wanted = apportion(pool.shares * size, size, counts - leave)
    in_order = np.argsort(pool.order, kind="stable")
    sizes = np.bincount(np.unique(pool.units, return_inverse=True)[1])
    single = bool((sizes == 1).all())
    taken = [
        of_class[:number] if single else _as_they_fit(pool, of_class, int(number))
        for code, number in enumerate(wanted)
        for of_class in [in_order[pool.codes[in_order] == code]]
    ]
    if single:
        return np.sort(np.concatenate(taken))
    units = np.unique(np.concatenate([pool.units[places] for places in taken]))
    return np.flatnonzero(np.isin(pool.units, units))


def _as_they_fit(pool: Pool, places: Places, number: int) -> Places:
    """The first row of each unit taken, in order, until `number` rows of the class are reached."""
    _, first, sizes = np.unique(pool.units[places], return_index=True, return_counts=True)
    taken, left = [], number
    for at in np.argsort(first):
        if sizes[at] <= left:
            taken.append(places[first[at]])
            left -= sizes[at]
        if not left:
            break
    return np.array(taken, dtype=np.int64)


def _nearest_groups(pool: Pool, size: int, random: np.random.Generator) -> Places:
    units, codes = np.unique(pool.units, return_inverse=True)
    table = np.zeros((len(units), len(pool.shares)))
    np.add.at(table, (codes, pool.codes), 1)
    quota, best, least = pool.shares * size, np.zeros(0, dtype=np.int64), np.inf
    for _ in range(max(1, min(DRAWS, LOOKED_AT // len(units)))):
        drawn = random.permutation(len(units))[: len(units) - 1]
        sums = table[drawn].cumsum(axis=0)
        distance = np.abs(sums - quota).sum(axis=1)
        end = int(np.argmin(distance)) if len(distance) else 0
        if len(distance) and distance[end] < least:
            best, least = drawn[: end + 1], float(distance[end])
    return np.flatnonzero(np.isin(codes, best))


def apportion(quota: NDArray[np.float64], size: int, most: Places) -> Places:
    """Whole counts near `quota` that add up to `size`, each between 1 and `most`, by largest remainder."""
    counts = np.clip(np.floor(quota).astype(np.int64), 1, most)
    while (missing := size - int(counts.sum())) != 0:
        step = 1 if missing > 0 else -1
        free = counts < most if missing > 0 else counts > 1
        counts[np.argmax(np.where(free, step * (quota - counts), -np.inf))] += step
    return counts


def latest(pool: Pool, size: int) -> Places:
    """Positions in the pool of the latest rows, about `size`, rows of equal time together."""
    moments = times(pool)
    found, counts = np.unique(moments, return_counts=True)
    later = counts[::-1].cumsum()[:-1]
    if not len(later):
        return np.zeros(0, dtype=np.int64)
    first = found[::-1][int(np.argmin(np.abs(later - size)))]
    return np.flatnonzero(moments >= first)


def times(pool: Pool) -> Places:
    """Each row's time; its position where the study names no column."""
    return pool.rows if pool.moments is None else pool.moments
