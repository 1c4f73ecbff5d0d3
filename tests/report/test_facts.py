"""What the page says of predictions, levels, pairs and failures, held to the plain definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score, roc_auc_score

from paribus.report.facts import Classified, Estimated, Facts, gather
from paribus.report.facts.failures import failures
from paribus.report.facts.scatter import scatter
from paribus.report.facts.spreads import interactions
from paribus.store.record import Record
from paribus.study.spec import Data, Study
from tests.report.records import ROWS, record, study


def _facts(folder: Path, asked: Study, kind: str = "binary", **how: Any) -> Facts:
    with record(folder, asked, kind, **how) as found:
        return gather(found, asked)


def test_calls_are_those_of_the_stored_predictions(tmp_path: Path) -> None:
    """Else: the matrix in the paper is of another network, or of other rows."""
    facts = _facts(tmp_path, study())
    validation, sealed = facts.predicted
    assert isinstance(validation, Classified)
    assert (validation.part, sealed.part) == ("val", "test")
    with Record.at(tmp_path) as found:
        predictions = found.predictions(facts.best.config_id)[0, facts.study.seed]
    truth = np.arange(ROWS) % 2
    called = (predictions > 0.5).astype(int)
    assert validation.confusion["rows"].to_list() == confusion_matrix(truth, called).ravel().tolist()
    assert validation.report["recall"].iloc[1] == pytest.approx(recall_score(truth, called))
    assert validation.areas["yes"] == pytest.approx(roc_auc_score(truth, predictions))
    right = validation.confusion.query("truth == called")["rows"].sum()
    assert right / ROWS == pytest.approx(accuracy_score(truth, called))
    assert validation.scores.groupby("class")["share"].sum().to_list() == pytest.approx([1, 1])


def test_several_classes_have_a_curve_each(tmp_path: Path) -> None:
    """Else: who has three classes is shown one."""
    facts = _facts(tmp_path, study(question=(), protocol={"metrics": ("accuracy",)}), "multiclass")
    found = facts.predicted[0]
    assert isinstance(found, Classified)
    assert set(found.roc["class"]) == set(found.areas) == {"a", "b", "c"}
    assert len(found.confusion) == 9


def test_residuals_are_true_minus_predicted(tmp_path: Path) -> None:
    """Else: a network that predicts too much is said to predict too little."""
    facts = _facts(tmp_path, study(question=(), protocol={"metrics": ("rmse",)}), "regression")
    found = facts.predicted[0]
    assert isinstance(found, Estimated)
    assert found.sample["residual"].to_list() == (found.sample["truth"] - found.sample["predicted"]).to_list()
    assert found.residuals["rows"].sum() == found.rows == ROWS


def test_quartiles_surround_the_median_of_each_level(tmp_path: Path) -> None:
    """Else: the thick line lies beside its dot."""
    stage = _facts(tmp_path, study()).stages[0]
    spread = stage.spreads["train.learning_rate"].query("metric == 'accuracy'")
    medians = stage.effects["train.learning_rate"]["val_accuracy_median"]
    assert spread["median"].to_list() == medians.to_list()
    assert (spread[["low", "lower", "median", "upper", "high"]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_two_factors_are_crossed_at_their_own_levels() -> None:
    """Else: a cell of the heat map shows the median of other trials."""
    frame = pd.DataFrame(
        [(one, other, "done", 10 * one + other) for one in (1, 2) for other in (3, 4, 5)],
        columns=["a", "b", "status", "val_score"],
    )
    (found,) = interactions(frame, ["a", "b"], "score", [])
    assert (found.factor, found.other) == ("a", "b")
    expected = 10 * found.table["level"] + found.table["other_level"]
    assert found.table["median"].to_list() == expected.to_list()


def test_a_pair_of_factors_has_a_curve_for_each_combination(tmp_path: Path) -> None:
    """Else: study E's question, which combination learns at all, has no answer."""
    (found,) = _facts(tmp_path, study(protocol={"seeds": 2})).stages[0].combinations
    assert (found.factor, found.other) == ("network.hidden", "train.learning_rate")
    assert len(found.table[["level", "other_level"]].drop_duplicates()) == 4
    assert set(found.table["n_trials"]) == {2}
    assert found.table["epoch"].min() == 1


def test_endings_are_told_by_their_reason() -> None:
    """Else: a hundred trials that fail alike are a hundred lines, or none."""
    trials = pd.DataFrame(
        {
            "stage": "broad",
            "status": ["done", "diverged", "diverged", "failed"],
            "reason": ["", "loss is NaN at epoch 3", "loss is NaN at epoch 17", "no memory"],
            "config_id": ["a", "b", "c", "d"],
        }
    )
    table = failures(trials)
    assert table["reason"].to_list() == ["loss is NaN at epoch …", "no memory"]
    assert table["trials"].to_list() == [2, 1]


@pytest.mark.parametrize(
    ("source", "target", "axes"),
    [
        ("builtin:circles", "label", ("x1", "x2")),
        ("builtin:iris", "species", ("first component", "second component")),
    ],
)
def test_rows_that_everyone_has_are_drawn(source: str, target: str, axes: tuple[str, str]) -> None:
    """Else: the picture of the data, the first thing a reader looks for, is missing."""
    features = (
        ["x1", "x2"] if target == "label" else ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    )
    asked = study(data=Data(source=source, target=target))
    found = scatter(asked, {"features": features, "classes": ["a"]})
    assert found is not None
    assert found.axes == axes
    assert len(found.table) <= found.rows


def test_rows_of_the_reader_s_own_stay_out_of_the_page() -> None:
    """Else: a report that is passed on carries patients with it."""
    assert scatter(study(), {"features": ["x1", "x2"], "classes": ["a"]}) is None
