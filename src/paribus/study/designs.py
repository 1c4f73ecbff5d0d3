"""Designs: how a stage draws its configurations. One function a design.

Each yields the levels that it gives to factors; a factor that isn't there keeps its level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from paribus.designs.fractions import fraction
from paribus.designs.points import POINTS
from paribus.study.sections.levels import Range
from paribus.study.spec import Stage

Drawn = Iterator[dict[str, Any]]


def grid(factors: Mapping[str, tuple[Any, ...]]) -> Drawn:
    """Every combination of the levels; the last factor moves fastest."""
    for combination in product(*factors.values()):
        yield dict(zip(factors, combination, strict=True))


def listed(factors: Mapping[str, tuple[Any, ...]]) -> Drawn:
    """The first levels of all factors together, then the second, and so on."""
    if not factors:
        yield {}
    for row in zip(*factors.values(), strict=True):
        yield dict(zip(factors, row, strict=True))


def ofat(factors: Mapping[str, tuple[Any, ...]]) -> Drawn:
    """The base, then every level of one factor, the others held, then of the next."""
    yield {}
    for path, levels in factors.items():
        for level in levels:
            yield {path: level}


def pairs(factors: Mapping[str, tuple[Any, ...]]) -> Drawn:
    """Every two factors crossed, the others held."""
    for two in combinations(factors, 2):
        yield from grid({path: factors[path] for path in two})


def sampled(stage: Stage) -> Drawn:
    """Points of the unit cube, each as a level of every factor, whatever order these are written in."""
    assert stage.configurations is not None
    assert stage.seed is not None  # `plan.stages` gives it the study's
    points = POINTS["random" if stage.is_adaptive else stage.design]
    for point in points(stage.configurations, len(stage.factors), stage.seed):
        yield levels_at(stage, point)


def levels_at(stage: Stage, point: Sequence[float]) -> dict[str, Any]:
    """The levels at a point of the unit cube, whatever order the factors are written in."""
    paths = sorted(stage.factors)
    return {path: _at(stage.factors[path], share) for path, share in zip(paths, point, strict=True)}


def choices(stage: Stage) -> list[int | None]:
    """The number of levels along each dimension of the cube; None for a range."""
    listed = (stage.factors[path] for path in sorted(stage.factors))
    return [None if isinstance(levels, Range) else len(levels) for levels in listed]


def _at(levels: tuple[Any, ...] | Range, share: float) -> Any:
    return levels.at(share) if isinstance(levels, Range) else levels[int(share * len(levels))]


def fractional(stage: Stage) -> Drawn:
    """A fraction of a factorial of two levels a factor."""
    assert stage.resolution is not None
    paths = sorted(stage.factors)
    for row in fraction(len(paths), stage.resolution):
        yield {path: stage.ends(path)[second] for path, second in zip(paths, row, strict=True)}


DESIGNS: dict[str, Callable[[Mapping[str, tuple[Any, ...]]], Drawn]] = {
    "grid": grid,
    "factorial": grid,
    "list": listed,
    "ofat": ofat,
    "pairs": pairs,
}
"""Those whose levels are all listed."""


def draw(stage: Stage) -> Drawn:
    """The levels that `stage` gives to its factors, one mapping a configuration.

    Of an adaptive one, which draws as it goes, as many drawn at random stand for them.
    """
    if stage.is_sampled:
        return sampled(stage)
    if stage.resolution is not None:
        return fractional(stage)
    return DESIGNS[stage.design]({path: stage.ends(path) for path in stage.factors})
