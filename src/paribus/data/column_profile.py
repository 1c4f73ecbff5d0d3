"""What one column holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ColumnProfile:
    """One feature before preparation. `low`, `high`: of numbers; `commonest`: levels, or a text's words, with
    how often they stand. Of a text also the `words` and `characters` of a row, from the least to the most by
    quartiles, and how many words differ: its `vocabulary`.
    """

    name: str
    kind: str
    rows: int
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    commonest: tuple[tuple[str, int], ...] = ()
    words: tuple[float, ...] = ()
    characters: tuple[float, ...] = ()
    vocabulary: int = 0
