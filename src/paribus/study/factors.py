"""Factors: reading and setting what a dotted path names.

A factor is a key of `[prepare]`, `[network]` or `[train]`, named by its dotted path
(`train.learning_rate`). `network.layers` with `network.units` is shorthand for `network.hidden` of
equal widths.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from paribus.errors import StudyError, nearest
from paribus.study.configuration import Configuration
from paribus.study.problems import problems
from paribus.study.spec import EarlyStopping, Network, Prepare, Train

_SECTIONS: dict[str, type[BaseModel]] = {"prepare": Prepare, "network": Network, "train": Train}
_SHORTHAND = ("network.layers", "network.units")


@cache
def factor_paths() -> tuple[str, ...]:
    """Every dotted path that may be a factor."""
    keys = [f"{section}.{key}" for section, model in _SECTIONS.items() for key in model.model_fields]
    return (*keys, *(f"train.early_stopping.{key}" for key in EarlyStopping.model_fields), *_SHORTHAND)


def check_path(path: str, where: str) -> None:
    """Raise `StudyError` if no factor has this path; `where` says who asks."""
    if path not in factor_paths():
        tail = path.rpartition(".")[2]
        same = [known for known in factor_paths() if known.rpartition(".")[2] == tail]
        hint = f", did you mean '{same[0]}'?" if same else nearest(path, factor_paths())
        raise StudyError(f"{where}: '{path}' is no factor{hint} (allowed: {', '.join(factor_paths())})")


def with_levels(base: Configuration, levels: Mapping[str, Any], where: str) -> Configuration:
    """`base` with each path set to its level.

    Raises `StudyError` naming the factor, the level and what is allowed.
    """
    for path in levels:
        check_path(path, where)
    sections = {name: getattr(base, name).model_dump() for name in _SECTIONS}
    for path, level in _without_shorthand(base, levels, where).items():
        section, *keys = path.split(".")
        table = sections[section]
        for key in keys[:-1]:
            if table[key] is None:
                raise StudyError(f"{where}: '{path}' needs a [{section}] {key} to vary, and this study has none")
            table = table[key]
        table[keys[-1]] = level
    made = {}
    for name, model in _SECTIONS.items():
        try:
            made[name] = model.model_validate(sections[name])
        except ValidationError as error:
            said = "; ".join(problem.message for problem in problems(error, model))
            listed = ", ".join(f"{path} = {level!r}" for path, level in levels.items())
            raise StudyError(f"{where}: the level {listed} can't be used: {said}") from None
    return Configuration(**made)


def _without_shorthand(base: Configuration, levels: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Levels with `network.layers` and `network.units` written as `network.hidden`."""
    given = {path: level for path, level in levels.items() if path in _SHORTHAND}
    rest = {path: level for path, level in levels.items() if path not in _SHORTHAND}
    if not given:
        return rest
    hidden = rest.get("network.hidden", base.network.hidden)
    if "network.hidden" in rest:
        raise StudyError(f"{where}: 'network.hidden' and its shorthand {', '.join(given)} can't be given together")
    for path, level in given.items():
        if not isinstance(level, int) or isinstance(level, bool) or level < (path == "network.units"):
            raise StudyError(f"{where}: {path} = {level!r} must be a whole number of 1 or more")
    if "network.units" not in given and len(set(hidden)) > 1:
        raise StudyError(
            f"{where}: network.layers is shorthand for layers of equal width, and the study's"
            f" network.hidden is {list(hidden)}: say the width too, as in hold = {{ 'network.units' = {hidden[0]} }}"
        )
    layers = given.get("network.layers", len(hidden))
    units = given.get("network.units", hidden[0] if hidden else 0)
    if layers and not units:
        raise StudyError(f"{where}: network.layers = {layers} needs network.units")
    return {**rest, "network.hidden": [units] * layers}
