"""Whether a study fits its data: what only the task, or the number of features, can rule out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paribus.study.configuration import Configuration
from paribus.study.options import METRICS
from paribus.study.problems import Path, Problem, WrongStudyError
from paribus.study.spec import Study
from paribus.study.values import parse_word


def check_fit(study: Study, task: str, n_features: int) -> None:
    """Raise `WrongStudyError` for metrics that can't judge `task` and for selecting more than there is."""
    asked: list[tuple[Path, str]] = [
        (("protocol", "metrics", place), name) for place, name in enumerate(study.protocol.metrics)
    ]
    asked += [(("question", place, "metric"), each.metric) for place, each in enumerate(study.question)]
    found = [Problem(path, sentence) for path, name in asked if (sentence := _metric(name, task))]
    for path, factor, level in _levels(study):
        sentence = ""
        if factor == "train.early_stopping.monitor" and level != "val_loss":
            sentence = _metric(level.removeprefix("val_"), task)
        if factor == "prepare.select" and (parse_word(level, "selector").number or 0) > n_features:
            sentence = f"'{level}' asks for more than the {n_features} features of the data: use fewer"
        if sentence:
            found.append(Problem(path, sentence))
    if found:
        raise WrongStudyError(found)


def _metric(name: str, task: str) -> str:
    allowed = [known for known, (tasks, _, _) in METRICS.items() if task in tasks]
    if name in allowed:
        return ""
    return (
        f"'{name}' can't judge a {task} task (allowed: {', '.join(allowed)}):"
        " choose another, or set data.task if another task was meant"
    )


def _levels(study: Study) -> Iterator[tuple[Path, str, Any]]:
    """Every setting, and every level that it may take: where it stands, its factor, its value."""
    for factor, level in Configuration.base(study).levels.items():
        yield tuple(factor.split(".")), factor, level
    for position, stage in enumerate(study.stage):
        for factor, levels in stage.factors.items():
            for place, level in enumerate(levels):
                yield ("stage", position, "factors", factor, place), factor, level
    for position, question in enumerate(study.question):
        for place, level in enumerate(question.levels):
            yield ("question", position, "levels", place), question.vary, level
        for factor, level in question.hold.items():
            yield ("question", position, "hold", factor), factor, level
