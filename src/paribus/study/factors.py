"""Factors: reading and setting what a dotted path names.

A factor is a key of `[prepare]`, `[network]` or `[train]`, named by its dotted path
(`train.learning_rate`). `network.layers` with `network.units` is shorthand for `network.hidden` of
equal widths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import ValidationError

from paribus.errors import nearest
from paribus.study.configuration import Configuration
from paribus.study.problems import Path, Problem, RuleError, WrongStudyError, problems, shown
from paribus.study.spec import (
    MOST_LAYERS,
    MOST_UNITS,
    Augment,
    EarlyStopping,
    Network,
    Prepare,
    Schedule,
    Train,
)

_SECTIONS: dict[str, type[Any]] = {"prepare": Prepare, "network": Network, "train": Train}
_SHORTHAND = {"network.layers": (0, MOST_LAYERS), "network.units": (1, MOST_UNITS)}
"""The least and the most that each may be."""
_FOLLOWS = {
    "network.n_parameters": "follows from network.hidden and the data's features, and stands beside every"
    " trial as n_parameters: vary network.hidden, or 'network.layers' and 'network.units'"
}
"""What looks like a factor and can't be set."""


@cache
def factor_paths() -> tuple[str, ...]:
    """Every dotted path that may be a factor."""
    keys = [f"{section}.{key}" for section, model in _SECTIONS.items() for key in model.model_fields]
    for table, model in (("early_stopping", EarlyStopping), ("schedule", Schedule), ("augment", Augment)):
        keys += [f"train.{table}.{key}" for key in model.model_fields]
    return (*keys, *_SHORTHAND)


def check_factors(places: Mapping[str, Path]) -> None:
    """Raise `WrongStudyError` for paths that are no factors; `places` says where each one stands."""
    known = factor_paths()
    if unknown := [Problem(place, _unknown(path)) for path, place in places.items() if path not in known]:
        raise WrongStudyError(unknown)


def _unknown(path: str) -> str:
    if path in _FOLLOWS:
        return f"'{path}' {_FOLLOWS[path]}"
    tail = path.rpartition(".")[2]
    same = [known for known in factor_paths() if known.rpartition(".")[2] == tail]
    hint = f", did you mean '{same[0]}'?" if same else nearest(path, factor_paths())
    return f"'{path}' is no factor{hint} (allowed: {', '.join(factor_paths())})"


def with_levels(base: Configuration, levels: Mapping[str, Any], places: Mapping[str, Path]) -> Configuration:
    """`base` with each factor set to its level; `places` says where each level stands in the study.

    Raises `WrongStudyError` with problems at those places.
    """
    sections: dict[str, dict[str, Any]] = {}  # of those that move; the others are the base's own
    try:
        for path, level in _without_shorthand(base, levels).items():
            section, *keys = path.split(".")
            if section not in sections:
                sections[section] = getattr(base, section).model_dump()
            table = sections[section]
            for key in keys[:-1]:
                if table[key] is None:
                    raise RuleError(
                        f"needs {key} = {{ ... }} in [{section}], and there is none: add it", path
                    )
                table = table[key]
            table[keys[-1]] = level
    except RuleError as error:
        raise WrongStudyError([Problem(places[str(error.path[0])], str(error))]) from None
    made: dict[str, Any] = {}
    for name, model in _SECTIONS.items():
        try:
            if name in sections:
                made[name] = model.model_validate(sections[name])
        except ValidationError as error:
            found = [problem.under((name,)) for problem in problems(error, model)]
            raise WrongStudyError(_blamed(problem, levels, places) for problem in found) from None
    return replace(base, **made)


def _blamed(problem: Problem, levels: Mapping[str, Any], places: Mapping[str, Path]) -> Problem:
    """The problem told of the level of its own key, or else of one of the same section."""
    path = problem.path
    for end in range(len(path), 0, -1):
        if (name := ".".join(map(str, path[:end]))) in levels:
            sentence = problem.sentence
            if problem.only_with and places[name][:1] == ("factors",):
                sentence += _condition(name, *problem.only_with)
            return Problem((*places[name], *path[end:]), sentence)
    name = next(name for name in levels if name.startswith(f"{path[0]}."))
    return Problem(places[name], f"{shown(levels[name])} can't be used: {problem}")


def _condition(name: str, needed: str, values: tuple[str, ...]) -> str:
    return f', or vary it only there, as in when."{name}" = {{ "{needed}" = ["{values[0]}"] }}'


def _without_shorthand(base: Configuration, levels: Mapping[str, Any]) -> dict[str, Any]:
    """Levels with `network.layers` and `network.units` written as `network.hidden`. Raises RuleError."""
    given = {path: level for path, level in levels.items() if path in _SHORTHAND}
    rest = {path: level for path, level in levels.items() if path not in _SHORTHAND}
    if not given:
        return rest
    first, hidden = next(iter(given)), base.network.hidden
    if "network.hidden" in rest:
        raise RuleError("is shorthand for network.hidden, which is given too: remove one of them", first)
    for path, level in given.items():
        least, most = _SHORTHAND[path]
        if not isinstance(level, int) or isinstance(level, bool) or not least <= level <= most:
            raise RuleError(f"must be a whole number, {least} to {most:,}, received {shown(level)}", path)
    if "network.units" not in given and len(set(hidden)) > 1:
        raise RuleError(
            f"is shorthand for layers of equal width, and network.hidden is {list(hidden)}:"
            f" say the width too, as in 'network.units' = {hidden[0]}",
            first,
        )
    layers = given.get("network.layers", len(hidden))
    units = given.get("network.units", hidden[0] if hidden else 0)
    if layers and not units:
        raise RuleError("needs a width: give 'network.units' too", first)
    return {**rest, "network.hidden": [units] * layers}
