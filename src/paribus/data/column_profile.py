"""What one column holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ColumnProfile:
    """One feature before preparation. `low`, `high`: of numbers; `commonest`: levels with their rows."""

    name: str
    kind: str
    rows: int
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    commonest: tuple[tuple[str, int], ...] = ()
