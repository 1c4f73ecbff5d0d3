"""n-grams of symbols: which are the commonest, and where they stand; by arrays, one n after another.

A symbol is a word's place among the words of a table, or a character's number. An n-gram is known by the
number of what it begins with, one symbol shorter, and its last symbol.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sequences:
    """Symbols in a row. `symbols`: (symbol,), from 0 to below `n_symbols`; `starts`: (sequence + 1,)."""

    symbols: NDArray[np.int32]
    starts: Whole
    n_symbols: int

    @property
    def owners(self) -> Whole:
        """The sequence of each symbol: (symbol,)."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True, eq=False)
class Grams:
    """n-grams of one n. `symbols`: (n-gram, n); `places`: (n-gram,) the feature that each is."""

    symbols: NDArray[np.int32]
    places: Whole

    @property
    def n(self) -> int:
        """How many symbols each has."""
        return int(self.symbols.shape[1])


def commonest(sequences: Sequences, size: int, low: int, high: int, weight: Whole) -> tuple[Grams, ...]:
    """The `size` commonest n-grams with n from `low` to `high`, or as many as there are.

    `weight`: (sequence,), how often each sequence stands. The commonest has place 0; of equals the shorter
    comes first, and of these the one whose symbols are lower.
    """
    found = [counted for counted in _counted(sequences, high, weight) if counted.n >= low]
    every = np.concatenate([each.counts for each in found])
    kept = min(size, len(every))
    least = np.partition(every, len(every) - kept)[len(every) - kept] if kept else np.inf
    symbols, counts = [], []
    for each in found:
        candidates = np.flatnonzero(each.counts >= least)
        spelled = _spelled(each.levels, candidates, sequences.n_symbols)
        order = np.lexsort(spelled.T[::-1])
        symbols.append(spelled[order])
        counts.append(each.counts[candidates][order])
    order = np.argsort(-np.concatenate(counts), kind="stable")[:kept]
    place = np.full(sum(map(len, counts)), -1)
    place[order] = np.arange(kept)
    parts = np.split(place, np.cumsum([len(each) for each in counts])[:-1])
    return tuple(
        Grams(spelled[places >= 0], places[places >= 0])
        for spelled, places in zip(symbols, parts, strict=True)
    )


@dataclass(frozen=True, eq=False)
class _Counted:
    """The n-grams of one n: `counts`, (n-gram,). `levels`: for this n and each lesser one the n-grams, as
    (number of what it begins with) · symbols + last symbol.
    """

    n: int
    levels: Sequence[Whole]
    counts: NDArray[np.number[Any]]


def _counted(sequences: Sequences, high: int, weight: Whole) -> Iterator[_Counted]:
    """For each n up to `high` the distinct n-grams, and how often each stands."""
    owners = sequences.owners
    ends = sequences.starts[1:][owners]
    times = np.bincount(sequences.symbols, weights=weight[owners], minlength=sequences.n_symbols)
    levels: list[Whole] = [np.flatnonzero(times)]
    yield _Counted(1, tuple(levels), times[levels[0]])
    number = np.full(sequences.n_symbols, -1)
    number[levels[0]] = np.arange(len(levels[0]))
    at, numbers = np.arange(len(owners)), number[sequences.symbols]
    for n in range(2, high + 1):
        inside = at + n <= ends[at]
        at, numbers = at[inside], numbers[inside]
        numbers = numbers * sequences.n_symbols + sequences.symbols[at + n - 1]
        distinct, numbers = np.unique(numbers, return_inverse=True)
        levels.append(distinct)
        counts = np.bincount(numbers, weights=weight[owners[at]], minlength=len(distinct))
        yield _Counted(n, tuple(levels), counts)


def _spelled(levels: Sequence[Whole], wanted: Whole, n_symbols: int) -> NDArray[np.int32]:
    """The symbols of the n-grams of these numbers: (n-gram, n)."""
    columns, numbers = [], wanted
    for distinct in reversed(levels[1:]):
        numbers, last = np.divmod(distinct[numbers], n_symbols)
        columns.append(last)
    columns.append(levels[0][numbers])
    return np.stack(columns[::-1], axis=1).astype(np.int32)


def occurrences(grams: Sequence[Grams], sequences: Sequences) -> Iterator[tuple[Whole, Whole]]:
    """Where n-grams stand, one n after another: the sequence and the place of each occurrence."""
    owners = sequences.owners
    ends = sequences.starts[1:][owners]
    at, numbers = np.arange(len(owners)), np.zeros(len(owners), dtype=np.int64)
    for n, (heads, places) in enumerate(_heads(grams, sequences.n_symbols), start=1):
        inside = at + n <= ends[at]
        at, numbers = at[inside], numbers[inside]
        numbers = numbers * sequences.n_symbols + sequences.symbols[at + n - 1]
        number = _find(heads, numbers, sequences.n_symbols if n == 1 else 0)
        at, numbers = at[number >= 0], number[number >= 0]
        found = places[numbers]
        yield owners[at[found >= 0]], found[found >= 0]


def _heads(grams: Sequence[Grams], n_symbols: int) -> Iterator[tuple[Whole, Whole]]:
    """For each n what n-grams begin with, n symbols, sorted; and its place, -1 where it is none itself."""
    numbers = [np.zeros(len(each.symbols), dtype=np.int64) for each in grams]
    for n in range(1, max((each.n for each in grams if len(each.symbols)), default=0) + 1):
        longer = [place for place, each in enumerate(grams) if each.n >= n]
        for place in longer:
            numbers[place] = numbers[place] * n_symbols + grams[place].symbols[:, n - 1]
        heads = np.unique(np.concatenate([numbers[place] for place in longer]))
        places = np.full(len(heads), -1)
        for place in longer:
            numbers[place] = np.searchsorted(heads, numbers[place])
            if grams[place].n == n:
                places[numbers[place]] = grams[place].places
        yield heads, places


def _find(heads: Whole, numbers: Whole, most: int) -> Whole:
    """The place of each number among the sorted heads, -1 for none; by a table where `most` bounds them."""
    if most:
        table = np.full(most, -1)
        table[heads] = np.arange(len(heads))
        return table[numbers]
    place = np.minimum(np.searchsorted(heads, numbers), len(heads) - 1)
    return np.where(heads[place] == numbers, place, -1)
