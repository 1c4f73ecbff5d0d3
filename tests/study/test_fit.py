"""Whether a study fits its data."""

from __future__ import annotations

from typing import Any

import pytest

from paribus.errors import StudyError
from paribus.study.fit import check_fit
from paribus.study.spec import Study


def fit(task: str = "binary", n_features: int = 5, **sections: Any) -> None:
    check_fit(Study(name="x", data={"source": "a", "target": "b"}, **sections), task, n_features)


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
