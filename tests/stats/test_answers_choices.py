"""What a record says besides its questions: importance, other choices, thresholds, calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paribus.errors import StudyError
from paribus.report.facts import Facts, gather
from paribus.stats.answers.balance import like_with_like
from paribus.stats.answers.importance import stage_importance
from paribus.stats.citations import cite
from paribus.study.spec import Protocol, Stage
from tests.report.records import STAGE, record, study

FACTORS: dict[str, Any] = {"network.dropout": (0.0, 0.1, 0.2), "train.l2": (0.0, 1e-3)}


def table(stage: Stage, scores: list[float], **columns: Any) -> pd.DataFrame:
    """Trials of a stage with two factors, crossed."""
    rows = [(a, b) for a in FACTORS["network.dropout"] for b in FACTORS["train.l2"]]
    frame = pd.DataFrame(rows, columns=list(FACTORS))
    named = {"stage": stage.name, "config_id": [f"c{n}" for n in range(len(rows))], "status": "done"}
    return frame.assign(**named, val_accuracy=scores, **columns)


def test_a_grid_is_decomposed_exactly() -> None:
    """The factor that did nothing would be called important."""
    stage = Stage(name="grid", factors=FACTORS)
    found = stage_importance(stage, table(stage, [0.5, 0.5, 0.6, 0.6, 0.7, 0.7]), "accuracy")
    assert found is not None
    assert found.method == "grid_importance"
    assert found.effects[0].factors == ("network.dropout",)
    assert found.effects[0].share == pytest.approx(1)
    total = sum(effect.share for effect in found.effects) + found.higher + found.replicates
    assert total == pytest.approx(1)


@pytest.mark.parametrize("installed", [True, False])
def test_what_is_no_full_grid_is_not_decomposed(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost trials would bend the shares; ten configurations are the fewest that a forest can learn. Without
    the extra `adaptive` there would be no importance at all, or a report that ends in an error.
    """
    monkeypatch.setattr("paribus.stats.answers.importance.is_installed", lambda: installed)
    stage = Stage(name="grid", factors=FACTORS)
    lost = table(stage, [0.5, 0.5, 0.6, 0.6, 0.7, float("nan")])
    assert stage_importance(stage, lost, "accuracy") is None
    many = pd.concat([lost.assign(**{"network.dropout": lost["network.dropout"] + n}) for n in range(4)])
    many["config_id"] = [f"c{n}" for n in range(len(many))]
    found = stage_importance(stage, many, "accuracy")
    assert found is not None
    shuffled = found.beside if installed else found
    assert shuffled is not None
    assert shuffled.method == "permutation_importance"
    assert np.isfinite(shuffled.fit)
    if installed:
        assert found.methods == ("fanova", "permutation_importance")
        assert {each.factors for each in found.effects} == {each.factors for each in shuffled.effects}
        assert all(0 <= each.share <= 1 for each in found.effects)


def test_one_factor_is_compared_with_itself_alone() -> None:
    """The base's row would hold the runs of all other factors: the published depth table with an MSE row."""
    stage = Stage(name="one at a time", design="ofat", factors=FACTORS)
    rows = [(0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.0, 1e-3)]
    frame = pd.DataFrame(rows, columns=list(FACTORS))
    kept = like_with_like(frame, stage, "network.dropout")
    assert kept["train.l2"].tolist() == [0.0, 0.0, 0.0]
    assert like_with_like(frame, Stage(name="grid", factors=FACTORS), "network.dropout") is frame


def facts(folder: Path, kind: str = "binary", **protocol: Any) -> Facts:
    asked = study(stage=(STAGE,), question=(), protocol=protocol)
    folder.mkdir(exist_ok=True)
    with record(folder, asked, kind) as found:
        return gather(found, asked)


def test_the_simplest_within_an_error_is_shown(tmp_path: Path) -> None:
    """The largest network would be taken for a difference within its own noise."""
    found = facts(tmp_path, seeds=3)
    assert found.choices is not None
    assert found.choices.simplest is not None
    simplest = found.choices.simplest
    assert simplest.best.config_id == found.best.config_id
    assert simplest.bound <= simplest.chosen.score <= simplest.best.score
    assert found.best.config_id in {each.config_id for each in found.choices.front}
    assert found.choices.weighed == ()


def test_a_composite_is_ranked_by_the_weights_given(tmp_path: Path) -> None:
    """Weights in the text and in the code would differ once more."""
    weights = {"accuracy": 0.7, "n_parameters": 0.3}
    found = facts(tmp_path, seeds=2, composite={"weights": weights})
    assert found.choices is not None
    first = found.choices.weighed[0]
    assert first.score == pytest.approx(sum(weights[name] * part for name, part in first.parts.items()))
    scores = [each.score for each in found.choices.weighed]
    assert scores == sorted(scores, reverse=True)
    assert found.choices.weights == weights


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"accuracy": 0.5, "roc_auc": 0.4}, "add up to 0.9"),
        ({"acuracy": 1.0}, "did you mean 'accuracy'"),
        ({"f1": 1.0}, "isn't measured"),
    ],
)
def test_wrong_weights_are_refused(weights: dict[str, float], said: str) -> None:
    """A composite of weights that don't add up would be published."""
    with pytest.raises((StudyError, ValueError), match=said):
        Protocol.model_validate({"metrics": ("accuracy", "roc_auc"), "composite": {"weights": weights}})


def test_thresholds_are_tuned_on_validation(tmp_path: Path) -> None:
    """A threshold would be tuned on the rows that judge it, and its value believed."""
    found = facts(tmp_path, thresholds={"recall": 0.9, "false_positive": 1.0, "false_negative": 5.0})
    assert found.calls is not None
    names = [goal.name for goal in found.calls.thresholds]
    assert names[2:] == [
        "specificity at recall 0.9 or more",
        "least cost (false positive 1, false negative 5)",
    ]
    for goal in found.calls.thresholds:
        assert goal.tuned.value >= goal.tuned.value_at_half
    assert found.calls.rows == found.data["parts"]["val"]
    told = found.calls.calibration
    parts = told.reliability - told.resolution + told.uncertainty + told.within
    assert told.brier == pytest.approx(parts)
    assert len(cite(found.calls.methods)) >= 8


def test_recalibration_is_never_worse(tmp_path: Path) -> None:
    """Probabilities would be mended for the worse."""
    found = facts(tmp_path)
    assert found.calls is not None
    assert found.calls.recalibration is not None
    mended = found.calls.recalibration
    assert mended.log_loss_after <= mended.log_loss_before
    assert mended.cross_fitted[mended.method] == min(mended.cross_fitted.values())


def test_several_classes_have_calibration_alone(tmp_path: Path) -> None:
    """A report of three classes would crash, or tune a threshold that means nothing."""
    found = facts(tmp_path, "multiclass")
    assert found.calls is not None
    assert found.calls.thresholds == ()
    numbers = facts(tmp_path / "numbers", "regression", metrics=("rmse", "r2"))
    assert numbers.calls is None
