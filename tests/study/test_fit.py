"""Whether a study fits its data."""

from __future__ import annotations

from typing import Any

import pytest

from paribus.errors import StudyError
from paribus.study.fit import check_fit
from paribus.study.spec import Study


def fit(task: str = "binary", n_features: int = 5, n_targets: int = 1, **sections: Any) -> None:
    classes = ("no", "yes") if task == "binary" else ()
    study = Study(name="x", data={"source": "a", "target": "b"}, **sections)
    check_fit(study, task, n_features, classes, n_targets)


def test_a_fitting_study_passes() -> None:
    """Else nothing could be run."""
    fit(
        prepare={"select": "kbest:5"},
        train={"early_stopping": {"monitor": "val_f1"}},
        stage=[{"name": "s", "factors": {"prepare.select": ["none", "pca:2"]}}],
        question=[{"name": "q", "vary": "train.epochs", "levels": [1, 2], "metric": "recall"}],
    )


QUESTION = {"name": "q", "vary": "train.epochs", "levels": [1, 2], "metric": "rmse"}


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"protocol": {"metrics": ["f1", "rmse"]}}, "protocol.metrics[2]: 'rmse' can't judge a binary task"),
        ({"question": [QUESTION]}, "question[1].metric: 'rmse' can't judge"),
        (
            {"train": {"early_stopping": {"monitor": "val_r2"}}},
            "train.early_stopping.monitor: 'r2' can't judge a binary task",
        ),
        ({"prepare": {"select": "sfs:6"}}, "prepare.select: 'sfs:6' asks for more than the 5 features"),
        (
            {"stage": [{"name": "s", "factors": {"prepare.select": ["none", "pca:6"]}}]},
            "stage[1].factors.'prepare.select'[2]: 'pca:6' asks for more",
        ),
        (
            {"question": [{**QUESTION, "metric": "f1", "hold": {"prepare.select": "kbest:9"}}]},
            "question[1].hold.'prepare.select': 'kbest:9' asks for more",
        ),
    ],
)
def test_what_the_data_rule_out_is_refused_before_training(sections: dict[str, Any], told: str) -> None:
    """Else every trial of a stage would fail, one after the other."""
    with pytest.raises(StudyError) as caught:
        fit(**sections)
    assert told in str(caught.value)


def test_a_metric_of_classes_cannot_judge_values() -> None:
    """Else accuracy would be asked of a regression."""
    with pytest.raises(StudyError, match="'roc_auc' can't judge a regression task"):
        fit("regression")


@pytest.mark.parametrize(
    ("task", "prepare", "told"),
    [
        (
            "binary",
            {"class_weight": {"no": 1, "yse": 2}},
            "'yse' is no class of the target, did you mean 'yes'?",
        ),
        ("binary", {"class_weight": {"0": 1}}, "(its classes: 'no', 'yes')"),
        ("regression", {"class_weight": "balanced"}, "weighs classes, but the task is regression"),
        ("multilabel", {"class_weight": {"a": 2}}, "a table weighs the classes of one target"),
        ("regression", {"resample": "smote"}, "'smote' balances classes, but the task is regression"),
        ("multilabel", {"resample": "oversample"}, "but the task is multilabel"),
        ("binary", {"target": "log"}, "'log' transforms numbers, but the task is binary"),
        ("multilabel", {"select": "sfs:2"}, "needs one target, and data.target names several"),
        ("multilabel", {"encode": "target"}, "'target' needs one target"),
    ],
)
def test_a_preparation_that_the_task_rules_out_is_refused(
    task: str, prepare: dict[str, Any], told: str
) -> None:
    """Else a run would end in its first fold, after the data were read and split."""
    metric = {"regression": "rmse", "multilabel": "f1"}.get(task, "f1")
    with pytest.raises(StudyError) as caught:
        fit(task, n_targets=2 if task == "multilabel" else 1, prepare=prepare, protocol={"metrics": [metric]})
    assert f"prepare.{next(iter(prepare))}: " in str(caught.value)
    assert told in str(caught.value)


def test_a_preparation_that_the_task_has_passes() -> None:
    """Else a right study would be refused."""
    fit(prepare={"class_weight": {"no": 1, "yes": 2}, "resample": "smote"})
    fit(prepare={"encode": "hashing:50", "select": "kbest:40"})
    fit("regression", prepare={"target": "log"}, protocol={"metrics": ["rmse"]})
