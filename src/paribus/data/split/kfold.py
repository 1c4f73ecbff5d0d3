"""`kfold:10`, `repeated_kfold:5x10`, `group_kfold:5`: every row judges once in a repeat."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from paribus.data.split.pool import Held, Places, Pool, check_units
from paribus.seeds import stream
from paribus.study.spec import Protocol


def kfold(pool: Pool, protocol: Protocol) -> Iterator[Held]:
    """The folds of each repeat; the first repeat is what `kfold` of as many folds gives."""
    *repeats, folds = (int(number) for number in protocol.folds.numbers)
    for repeat in range(repeats[0] if repeats else 1):
        for places in held_out(pool, folds, protocol.validation, repeat):
            yield pool.held(places, repeat)


def held_out(pool: Pool, folds: int, validation: str, *names: int) -> Iterator[Places]:
    """Positions in the pool that each of `folds` folds holds out, by scikit-learn's splitters.

    Stratified where there are classes; groups and equal rows stay whole. Raises DataError for too few.
    """
    remedy = "Use fewer folds, or add rows"
    check_units(
        pool, folds, validation, f"{remedy}, or merge or remove the class" if pool.classes else remedy
    )
    state = int(stream(pool.seed, "folds", *names).integers(2**32))
    if pool.has_groups:
        kind = StratifiedGroupKFold if pool.classes else GroupKFold
        splitter = kind(folds, shuffle=True, random_state=state)
        for _, places in splitter.split(pool.rows, pool.codes, pool.units):
            yield np.asarray(places, dtype=np.int64)
        return
    _, first, units = np.unique(pool.units, return_index=True, return_inverse=True)
    shuffled = (StratifiedKFold if pool.classes else KFold)(folds, shuffle=True, random_state=state)
    for _, places in shuffled.split(first, pool.codes[first]):
        chosen = np.zeros(len(first), dtype=bool)
        chosen[places] = True
        yield np.flatnonzero(chosen[units])
