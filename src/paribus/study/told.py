"""What a design draws, told in a few lines: for `paribus check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from paribus.study.conditions import applicable
from paribus.study.configuration import Configuration
from paribus.study.designs import draw
from paribus.study.problems import shown
from paribus.study.sections.levels import Range
from paribus.study.spec import Question, Stage

FIRST = 3
"""Draws of a sampled design that are shown."""
_DRAWS = {
    "grid": "every combination",
    "factorial": "every combination",
    "list": "the first levels together, then the second",
    "ofat": "the base, then one factor at a time",
    "pairs": "two factors crossed at a time, the rest held",
}


def told_stage(stage: Stage, base: Configuration, distinct: int) -> Iterator[str]:
    """How `stage` draws, each factor's levels, and the first draws of one that draws by chance.

    `base` are the study's own settings, `distinct` the configurations that the stage makes of them.
    """
    drawn = sum(1 for _ in draw(stage))
    how = _DRAWS.get(stage.design, f"{stage.configurations} draws from seed {stage.seed}")
    if stage.resolution is not None:
        how = f"a fraction of resolution {stage.resolution}"
    if stage.is_adaptive:
        how += f", {stage.together} at a time, near those that did well"
    same = f", {distinct:,} of {drawn:,} distinct" if distinct < drawn and not stage.is_adaptive else ""
    yield f"{stage.name}: {stage.design}, {how}{same}"
    for path, levels in stage.factors.items():
        yield f"  {path}: {_levels(levels)}{_condition(stage.when.get(path, {}))}"
    if stage.is_sampled and not stage.is_adaptive:
        for first in islice(draw(stage), FIRST):
            yield f"  drawn: {_settings(applicable(stage, base, base, first))}"


def told_question(question: Question) -> str:
    """What a question varies, and what it holds."""
    held = f", {_settings(question.hold)}" if question.hold else ""
    return f"{question.name}: {question.vary} = {_levels(question.levels)}; all else held{held}"


def _levels(levels: tuple[Any, ...] | Range) -> str:
    if isinstance(levels, Range):
        return f"{levels.low} to {levels.high}{', evenly by powers of ten' if levels.log else ''}"
    return ", ".join(shown(list(level) if isinstance(level, tuple) else level) for level in levels)


def _condition(conditions: Mapping[str, tuple[Any, ...]]) -> str:
    if not conditions:
        return ""
    return " where " + " and ".join(f"{path} = {_levels(levels)}" for path, levels in conditions.items())


def _settings(levels: Mapping[str, Any]) -> str:
    return ", ".join(f"{path} = {shown(level)}" for path, level in levels.items())
