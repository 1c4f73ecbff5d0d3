"""Scores by subgroup: of the rows of one level of a category each, and how far they lie from the others'.

Looking at many groups finds differences by chance: what is marked stands after Bonferroni's correction, and
still was not asked for beforehand. The difference of two independent scores has its interval by theirs: Zou
& Donner, Statistics in Medicine 27, 2008.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from paribus.population.metrics import scores
from paribus.stats.intervals import LEVEL, Interval, interval

MOST_LEVELS = 8
"""Levels of a category that is looked at; of more, each has few rows."""
MOST_COLUMNS = 12
FEWEST = 10
"""Rows from which on a group is scored."""
_Z = float(stats.norm.ppf((1 + LEVEL) / 2))
Array = NDArray[Any]


@dataclass(frozen=True)
class Group:
    """One level's rows by one metric. `value` None where it can't be told of so few rows, or of one class.

    `difference`: from the other rows' value, and its 95 % interval; `apart`: whether an interval widened for
    all comparisons that were made leaves 0 out.
    """

    column: str
    level: str
    metric: str
    rows: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    apart: bool = False


def subgroups(
    kind: str, metrics: Sequence[str], truth: Array, predictions: Array, columns: Mapping[str, Array]
) -> tuple[Group, ...]:
    """`predictions` as `intervals.interval` has them, (replicate, row[, class]); `columns`: each column's
    level of each row as a text, (row,), empty where missing. Columns of one level, or many, are left out.
    """
    looked_at = [(name, levels) for name, values in columns.items() if (levels := levels_in(values))]
    asked = [
        (name, level, metric)
        for name, levels in looked_at[:MOST_COLUMNS]
        for level in levels
        for metric in metrics
    ]
    return tuple(
        _group(kind, metric, truth, predictions, columns[name] == level, (name, level), len(asked))
        for name, level, metric in asked
    )


def levels_in(values: Array) -> list[str]:
    """The levels that are looked at, in order; none of a column that isn't."""
    found = sorted({str(value) for value in values if value})
    return found if 1 < len(found) <= MOST_LEVELS else []


def _group(
    kind: str,
    metric: str,
    truth: Array,
    predictions: Array,
    inside: NDArray[np.bool_],
    names: tuple[str, str],
    comparisons: int,
) -> Group:
    rows = int(inside.sum())
    own, others = (_scored(kind, metric, truth, predictions, some) for some in (inside, ~inside))
    if own is None:
        return Group(*names, metric, rows)
    value, bounds = own
    found = Group(*names, metric, rows, value, bounds.low, bounds.high, bounds.method)
    if others is None:
        return found
    difference, low, high = _difference(own, others)
    wide = float(stats.norm.ppf(1 - (1 - LEVEL) / 2 / comparisons)) / _Z
    apart = difference - wide * (difference - low) > 0 or difference + wide * (high - difference) < 0
    return Group(
        *(*names, metric, rows, value, bounds.low, bounds.high, bounds.method),
        *(difference, low, high, bool(apart)),
    )


def _scored(
    kind: str, metric: str, truth: Array, predictions: Array, some: NDArray[np.bool_]
) -> tuple[float, Interval] | None:
    if int(some.sum()) < FEWEST:
        return None
    inside = truth[some], predictions[:, some]
    value = float(np.mean(scores(kind, [metric], *inside)[metric]))
    if not np.isfinite(value):
        return None
    found = interval(kind, metric, *inside)
    return (value, found) if np.isfinite([found.low, found.high]).all() else None


def _difference(own: tuple[float, Interval], others: tuple[float, Interval]) -> tuple[float, float, float]:
    """The difference of two independent scores, and its interval from theirs."""
    (one, of_one), (other, of_other) = own, others
    difference = one - other
    below = np.hypot(one - of_one.low, of_other.high - other)
    above = np.hypot(of_one.high - one, other - of_other.low)
    return difference, difference - float(below), difference + float(above)
