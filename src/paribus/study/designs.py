"""Designs: how a stage draws its configurations. One function a design."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from paribus.study.spec import Stage


def grid(factors: dict[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Every combination of the levels; the last factor moves fastest."""
    for combination in product(*factors.values()):
        yield dict(zip(factors, combination, strict=True))


def listed(factors: dict[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """The first levels of all factors together, then the second, and so on."""
    if not factors:
        yield {}
    for row in zip(*factors.values(), strict=True):
        yield dict(zip(factors, row, strict=True))


DESIGNS = {"grid": grid, "list": listed}


def draw(stage: Stage) -> Iterator[dict[str, Any]]:
    """The levels that `stage` gives to its factors, one mapping a configuration."""
    return DESIGNS[stage.design](stage.factors)
