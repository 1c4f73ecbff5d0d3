"""What a study used and where it comes from: methods, designs, options, data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from paribus.report.facts import Facts
from paribus.stats.citations import cite
from paribus.stats.nested import REFERENCE as NESTED
from paribus.study.options import OPTIONS, names

_FAMILIES = {
    "prepare.impute": "imputer",
    "prepare.encode": "encoder",
    "prepare.represent": "representation",
    "prepare.scale": "scaler",
    "prepare.select": "selector",
    "prepare.resample": "sampler",
    "prepare.target": "target transform",
    "prepare.class_weight": "class_weight",
    "network.activation": "activation",
    "network.dropout_kind": "dropout",
    "network.norm": "norm",
    "network.init": "init",
    "train.optimizer": "optimizer",
    "train.loss": "loss",
    "train.schedule.name": "schedule",
}
"""The family of options that each setting names."""


def references(facts: Facts) -> Iterator[tuple[str, str]]:
    """What was used, and its source."""
    methods = [*interval_methods(facts), *(name for answer in facts.answers for name in answer.methods)]
    methods += facts.choices.methods if facts.choices else ()
    methods += facts.calls.methods if facts.calls else ()
    methods += [name for stage in facts.stages if stage.importance for name in stage.importance.methods]
    yield from cite([*methods, *(["optimism"] if facts.optimism else [])])
    if facts.nested:
        yield "nested validation", NESTED
    yield from _options("validation", "protocol.validation", [facts.study.protocol.folds.name])
    yield from _options("design", "stage.design", _designs(facts))
    idle = set(_idle(facts))
    for path, family in _FAMILIES.items():
        if path not in idle:
            yield from _options(family, path, map(_name, _levels(facts, path)))
    for key in names("augmentation"):
        if any(level not in (0, "none") for level in _levels(facts, f"train.augment.{key}")):
            yield from _options("augmentation", f"train.augment.{key}", [key])
    source = facts.study.data.source
    if source.startswith("builtin:"):
        yield from _options("builtin", "data.source", [source.split(":")[1]])


def interval_methods(facts: Facts) -> list[str]:
    """The methods of the leaderboard's intervals."""
    found = [score.interval for standing in facts.standings for score in standing.scores]
    found += facts.nested.intervals.values() if facts.nested else []
    return sorted({interval.method for interval in found})


def _options(family: str, path: str, chosen: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those of the chosen options that have a source."""
    used = set(chosen)
    for option in OPTIONS:
        if option.family == family and option.name in used and option.source:
            yield f"{option.name} ({path})", option.source


def _designs(facts: Facts) -> Iterator[str]:
    """The designs of the stages; a factorial of all combinations is no fraction of one."""
    for stage in facts.study.stage:
        if stage.design != "factorial" or stage.resolution is not None:
            yield stage.design


def _levels(facts: Facts, path: str) -> list[Any]:
    """The levels that a setting had in this study."""
    if path in facts.board:
        return list(facts.board[path].unique())
    return [standing.levels[path] for standing in facts.standings[:1] if path in standing.levels]


def _name(level: Any) -> str:
    """The option that a level names: `sfs` of `sfs:6`."""
    return str(level).partition(":")[0]


def _idle(facts: Facts) -> Iterator[str]:
    """Settings that nothing of this study used."""
    if not any(digit in str(rate) for rate in _levels(facts, "network.dropout") for digit in "123456789"):
        yield "network.dropout_kind"
    columns = facts.data.get("profile", {}).get("columns", ())
    if not any(column["kind"] == "category" for column in columns):
        yield "prepare.encode"
