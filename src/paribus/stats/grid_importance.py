"""Importance of a grid's factors: the exact decomposition of its variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isnan, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_NEEDS = "the exact decomposition needs a full grid, equally many finite values a cell"


@dataclass(frozen=True)
class Effect:
    """The share of all variance that is due to one factor, or to two together beyond each alone."""

    factors: tuple[str, ...]
    share: float
    sum_of_squares: float
    degrees: int


@dataclass(frozen=True)
class GridImportance:
    """Main effects and two-factor interactions, the largest first; the shares with `higher` and
    `replicates` add up to 1.

    `higher` is what three factors or more do together, `replicates` what folds and seeds do.
    """

    effects: tuple[Effect, ...]
    higher: float
    replicates: float
    n: int
    method: str = "grid_importance"
    assumes: str = "every combination of the levels, each as often as any other"


def grid_importance(levels: Mapping[str, Sequence[Any]], values: ArrayLike) -> GridImportance:
    """Of a long table: the levels of each factor and the values, each (row,), a row a trial.

    Exact: on a full grid the effects are orthogonal. Fisher 1935; Sobol' 1993. Raises ValueError where
    the rows are no full grid of equally many finite values a cell.
    """
    names, table = tuple(levels), _cells(levels, np.asarray(values, dtype=np.float64))
    cells: Floats = table.mean(axis=-1)
    deviations = cells - cells.mean()
    total = float(np.square(table - cells.mean()).sum())
    per_cell = table.shape[-1]
    components: dict[tuple[int, ...], Floats] = {
        (axis,): _marginal(deviations, (axis,)) for axis in range(len(names))
    }
    for a, b in combinations(range(len(names)), 2):
        components[a, b] = _marginal(deviations, (a, b)) - components[(a,)] - components[(b,)]
    effects = []
    for axes, component in components.items():
        squares = float(np.square(np.broadcast_to(component, cells.shape)).sum()) * per_cell
        degrees = int(np.prod([cells.shape[axis] - 1 for axis in axes]))
        named = tuple(names[axis] for axis in axes)
        effects.append(Effect(named, squares / total if total else 0.0, squares, degrees))
    within = float(np.square(table - cells[..., None]).sum()) / total if total else 0.0
    explained = sum(effect.share for effect in effects) + within
    return GridImportance(
        effects=tuple(sorted(effects, key=lambda effect: -effect.share)),
        higher=max(0.0, 1 - explained) if total and len(names) > 2 else 0.0,
        replicates=within,
        n=table.size,
    )


def _marginal(deviations: Floats, axes: tuple[int, ...]) -> Floats:
    others = tuple(axis for axis in range(deviations.ndim) if axis not in axes)
    found: Floats = deviations.mean(axis=others, keepdims=True) if others else deviations
    return found


def _cells(levels: Mapping[str, Sequence[Any]], values: Floats) -> Floats:
    """The values by (level of each factor, replicate)."""
    codes = np.stack([encode(column) for column in levels.values()])
    shape = tuple(int(column.max()) + 1 for column in codes)
    cells = prod(shape)
    if cells > len(values):  # a sampled design may have more cells than can be counted
        raise ValueError(f"{_NEEDS}: {len(values):,} values are fewer than {cells:,} cells")
    place = np.ravel_multi_index(tuple(codes), shape)
    counts = np.bincount(place, minlength=cells)
    if counts.min() != counts.max() or not np.isfinite(values).all():
        raise ValueError(
            f"{_NEEDS}: of {cells:,} cells {int((counts == 0).sum()):,} are empty, the fullest has"
            f" {counts.max()}, and {int((~np.isfinite(values)).sum()):,} values aren't finite"
        )
    return values[np.argsort(place, kind="stable")].reshape((*shape, int(counts[0])))


def encode(column: Sequence[Any]) -> NDArray[np.int64]:
    """Levels as whole numbers from 0, (row,): numbers by size, others in the order in which they come."""
    distinct = list(dict.fromkeys(map(_key, column)))
    if all(isinstance(each, int | float) and not isinstance(each, bool) for each in distinct):
        distinct.sort()
    codes = {level: code for code, level in enumerate(distinct)}
    return np.array([codes[_key(level)] for level in column], dtype=np.int64)


def _key(level: Any) -> Any:
    """What tells levels apart: 1 and true are two, a list and a tuple of the same are one."""
    if isinstance(level, list | tuple):
        return repr(list(level))
    if isinstance(level, dict | bool) or (isinstance(level, float) and isnan(level)):
        return repr(level)
    return level
