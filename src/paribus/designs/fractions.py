"""Fractions of two-level factorials, by pyDOE."""

from __future__ import annotations

Rows = tuple[tuple[bool, ...], ...]


def fraction(n_factors: int, resolution: int) -> Rows:
    """The rows of a regular fraction, (row, factor): whether a factor stands at its second level.

    At resolution 3 no two main effects look alike, at 4 no main effect and interaction of two, at 5 no
    two such interactions. Fewer factors than the resolution give the whole factorial. Box & Hunter 1961.
    """
    # pyDOE brings all of SciPy, and whoever reads a study would wait for it
    from pydoe import fracfact_by_res  # noqa: PLC0415

    if n_factors < 2:
        return ((False,), (True,))[: 2 * n_factors] or ((),)
    return tuple(tuple(bool(value > 0) for value in row) for row in fracfact_by_res(n_factors, resolution))
