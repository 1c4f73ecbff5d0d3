"""What one column holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageProfile:
    """What images hold. `shape`: (height, width, channel) as they are learned from; `modes`, and `sizes`,
    (height, width), as their files had them, with how often, the commonest first; `means` and `deviations`:
    of pixels, from 0 to 255, (channel,).

    `broken`: files that can't be used, with the reason; `equal`: how many have the pixels of an earlier one,
    and `equal_names` the first such pairs; `opposed`: how many of them under another target; `near`,
    `near_names`: pairs that are nearly the same.
    """

    shape: tuple[int, int, int]
    modes: tuple[tuple[str, int], ...]
    sizes: tuple[tuple[tuple[int, int], int], ...]
    n_sizes: int
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    broken: tuple[tuple[str, str], ...] = ()
    n_broken: int = 0
    equal: int = 0
    equal_names: tuple[tuple[str, str], ...] = ()
    opposed: int = 0
    near: int = 0
    near_names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ColumnProfile:
    """One feature before preparation. `low`, `high`: of numbers; `commonest`: levels, or a text's words, with
    how often they stand. Of a text also the `words` and `characters` of a row, from the least to the most by
    quartiles, and how many words differ: its `vocabulary`. `image`: what images hold.
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
    image: ImageProfile | None = None
