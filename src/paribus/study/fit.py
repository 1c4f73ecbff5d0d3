"""Whether a study fits its data: what only the task, or the number of features, can rule out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from paribus.errors import nearest
from paribus.study.configuration import Configuration
from paribus.study.images import image_problem
from paribus.study.options import METRICS
from paribus.study.problems import Path, Problem, WrongStudyError, shown
from paribus.study.representation import Representation, parse_representation
from paribus.study.spec import Study
from paribus.study.text import text_problem
from paribus.study.values import parse_word

USUAL: Mapping[str, Mapping[str, Any]] = {
    "protocol": {"metrics": ("rmse", "r2")},
    "prepare": {"target": "standard"},
}
"""A regression's settings where a study doesn't name them; the sections' own defaults are for classes."""


def with_usual_settings(study: Study, task: str) -> Study:
    """The study with what is usual for its task, where it doesn't say it itself.

    A network's first predictions lie around 0 and its steps are small: a target in the hundred thousands,
    as it is, would take longer to reach than most studies train.
    """
    if task != "regression":
        return study
    update = {}
    for name, usual in USUAL.items():
        section = getattr(study, name)
        left_open = {key: value for key, value in usual.items() if key not in section.model_fields_set}
        update[name] = section.model_copy(update=left_open)
    return study.model_copy(update=update)


def check_fit(
    study: Study, task: str, n_features: int, classes: Sequence[str] = (), n_targets: int = 1
) -> None:
    """Raise `WrongStudyError` for what can't be asked of a task with these classes, features and targets.

    `n_features`: the most that any preparation gives, but for hashing and for texts.
    """
    asked: list[tuple[Path, str]] = [
        (("protocol", "metrics", place), name) for place, name in enumerate(study.protocol.metrics)
    ]
    asked += [(("question", place, "metric"), each.metric) for place, each in enumerate(study.question)]
    found = [Problem(path, sentence) for path, name in asked if (sentence := _metric(name, task))]
    for path, factor, level in _levels(study):
        sentence = ""
        if factor == "train.early_stopping.monitor" and level != "val_loss":
            sentence = _metric(level.removeprefix("val_"), task)
        if factor.startswith("prepare."):
            sentence = _prepare(factor, level, task, n_targets) or _selected(study, factor, level, n_features)
            sentence = text_problem(study, factor, level, n_features) or sentence
            sentence = image_problem(study, factor, level) or sentence
        if factor == "prepare.class_weight":
            sentence = _class_weight(level, task, classes)
        if sentence:
            found.append(Problem(path, sentence))
    if found:
        raise WrongStudyError(found)


def check_representations(study: Study) -> None:
    """Raise `WrongStudyError` for what can't represent the study's texts, whatever they hold: before they are
    encoded, which may take long.
    """
    found = [
        Problem(path, sentence)
        for path, factor, level in _levels(study)
        if factor == "prepare.represent" and (sentence := text_problem(study, factor, level, 0))
    ]
    if found:
        raise WrongStudyError(found)


def represented(study: Study) -> tuple[Representation, ...]:
    """Every way in which the study represents its texts."""
    levels = [str(level) for _, factor, level in _levels(study) if factor == "prepare.represent"]
    return tuple(parse_representation(text) for text in dict.fromkeys(levels))


def _prepare(factor: str, level: Any, task: str, n_targets: int) -> str:
    """Why a way of preparing can't be used for the task, or nothing."""
    name = str(level).partition(":")[0]
    if factor == "prepare.resample" and name != "none" and task not in ("binary", "multiclass"):
        return f"'{level}' balances classes, but the task is {task}: use 'none'"
    if factor == "prepare.target" and name != "none" and task != "regression":
        return f"'{level}' transforms numbers, but the task is {task}: use 'none'"
    if factor == "prepare.encode" and name == "target" and n_targets > 1:
        return "'target' needs one target, and data.target names several: choose another encoder"
    if factor == "prepare.select" and name in ("sfs", "sbs", "rfe", "l1") and n_targets > 1:
        return (
            f"'{level}' needs one target, and data.target names several:"
            " choose mutual_info, kbest, variance or pca"
        )
    return ""


def _selected(study: Study, factor: str, level: Any, n_features: int) -> str:
    if factor != "prepare.select":
        return ""
    if study.data.text:
        n_features += max(each.size for each in represented(study))
    word = parse_word(level, "selector")
    hashed = [str(other) for _, path, other in _levels(study) if path == "prepare.encode"]
    if word.name == "variance" or (word.number or 0) <= n_features or any("hashing" in h for h in hashed):
        return ""
    return f"'{level}' asks for more than the {n_features} features of the data: use fewer"


def _class_weight(level: Any, task: str, classes: Sequence[str]) -> str:
    """Why classes can't be weighed so, or nothing."""
    if level == "none":
        return ""
    if task == "regression":
        return f"{shown(level)} weighs classes, but the task is regression: use 'none', or data.weight"
    if not isinstance(level, Mapping):
        return ""
    if task == "multilabel":
        return (
            "a table weighs the classes of one target, but the task is multilabel: use 'balanced' or 'none'"
        )
    unknown = [label for label in level if label not in classes]
    if not unknown:
        return ""
    told = ", ".join(f"'{name}'" for name in classes[:12])
    return f"'{unknown[0]}' is no class of the target{nearest(unknown[0], classes)} (its classes: {told})"


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
        for factor in stage.factors:
            for place, level in enumerate(stage.ends(factor)):
                yield ("stage", position, "factors", factor, place), factor, level
    for position, question in enumerate(study.question):
        for place, level in enumerate(question.levels):
            yield ("question", position, "levels", place), question.vary, level
        for factor, level in question.hold.items():
            yield ("question", position, "hold", factor), factor, level
