"""Conditions between factors: momentum is varied for SGD alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from paribus.study.configuration import Configuration
from paribus.study.spec import Stage


def level_of(configuration: Configuration, path: str) -> Any:
    """The level of a factor, `network.layers` and `network.units` too; None where there is none."""
    hidden = configuration.network.hidden
    if path == "network.layers":
        return len(hidden)
    if path == "network.units":
        return hidden[0] if len(set(hidden)) == 1 else None
    return configuration.levels.get(path)


def applicable(
    stage: Stage, base: Configuration, own: Configuration, levels: Mapping[str, Any]
) -> dict[str, Any]:
    """`levels` with each factor whose condition doesn't hold at the study's `own` level.

    A condition looks at the levels drawn, elsewhere at those of `base`; a factor that falls away may
    take others with it.
    """
    kept = holding(stage, base, own, levels)
    for path in levels.keys() - kept.keys():
        if (level := level_of(own, path)) != level_of(base, path):
            kept[path] = level
    return kept


def holding(
    stage: Stage, base: Configuration, own: Configuration, levels: Mapping[str, Any]
) -> dict[str, Any]:
    """Those of `levels` whose condition holds."""
    kept = dict(levels)

    def now(path: str) -> Any:
        return kept[path] if path in kept else level_of(own if path in levels else base, path)

    while fallen := [path for path in kept if path in stage.when and not _holds(stage.when[path], now)]:
        for path in fallen:
            del kept[path]
    return kept


def _holds(conditions: Mapping[str, tuple[Any, ...]], now: Callable[[str], Any]) -> bool:
    return all(_plain(now(path)) in map(_plain, levels) for path, levels in conditions.items())


def _plain(level: Any) -> Any:
    """A list and a tuple are the same level; 1 and true are not."""
    return (isinstance(level, bool), list(level) if isinstance(level, tuple) else level)
