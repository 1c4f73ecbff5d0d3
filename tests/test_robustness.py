"""Finalists trained again from other seeds: after the choice, beside it, and never part of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paribus
from paribus.study.plan import ROBUSTNESS
from paribus.study.spec import Study
from paribus.study.toml import parse_study

TEXT = """
[study]
name = "again"
seed = 5
[data]
source = "builtin:moons?rows=90&noise=0.3"
target = "label"
[protocol]
validation = "kfold:3"
metrics = ["roc_auc", "accuracy"]
seeds = 2
[train]
learning_rate = 0.05
epochs = 4
[[stage]]
name = "width"
factors."network.hidden" = [[2], [4], [6]]
"""
AGAIN = "robustness = { top = 2, seeds = 3 }"


pytestmark = pytest.mark.usefixtures("undelivered", "undrawn")


def study(validation: str = "kfold:3", again: bool = True) -> Study:
    text = TEXT.replace("kfold:3", validation)
    if validation.startswith("leave"):
        text = text.replace("rows=90", "rows=30")
    return parse_study(text.replace("[train]", f"{AGAIN}\n[train]") if again else text)


@pytest.mark.parametrize("validation", ["kfold:3", "leave_p_out:1", "nested:3x2"])
def test_finalists_are_trained_again_and_change_nothing_else(validation: str, tmp_path: Path) -> None:
    """More seeds for the winners would move the board that made them winners."""
    with_ = paribus.run(study(validation), tmp_path / "with", workers=1)
    without = paribus.run(study(validation, again=False), tmp_path / "without", workers=1)
    pd.testing.assert_frame_equal(
        with_.leaderboard().drop(columns="train_seconds"),
        without.leaderboard().drop(columns="train_seconds"),
        check_exact=True,
    )
    for name in ("optimism", "nested", "sealed_part_opened_for"):
        assert with_.summary[name] == without.summary[name]
    assert with_.summary["best"] == without.summary["best"]
    again = with_.frame()[with_.frame()["stage"] == ROBUSTNESS]
    assert set(again["seed"]) == {7, 8, 9}
    assert list(dict.fromkeys(again["config_id"])) == sorted(with_.leaderboard()["config_id"].head(2))
    assert again["test_roc_auc"].isna().all()
    assert paribus.check(study(validation)).trials == len(with_.frame())
    resumed = paribus.run(study(validation), tmp_path / "with", workers=1)
    pd.testing.assert_frame_equal(resumed.frame(), with_.frame(), check_exact=True)


def test_a_finalist_is_told_with_mean_and_deviation_over_the_new_seeds(tmp_path: Path) -> None:
    """A spread over folds would pass for one over seeds."""
    results = paribus.run(study(), tmp_path, workers=1)
    frame, told = results.frame(), results.summary["robustness"]
    assert [finalist["rank"] for finalist in told] == [1, 2]
    for finalist in told:
        own = frame[(frame["stage"] == ROBUSTNESS) & (frame["config_id"] == finalist["config_id"])]
        by_seed = own.groupby("seed")["val_roc_auc"].mean().to_numpy()
        spread = finalist["scores"]["roc_auc"]
        assert spread["mean"] == pytest.approx(by_seed.mean(), abs=1e-12)
        assert spread["deviation"] == pytest.approx(by_seed.std(ddof=1), abs=1e-12)
        assert (finalist["seeds"], finalist["done"], finalist["trials"]) == (3, 9, 9)
    board = results.leaderboard()
    assert [f["scores"]["roc_auc"]["chosen"] for f in told] == pytest.approx(
        list(board["val_roc_auc"].head(2))
    )
    assert "Finalists, trained again" in (tmp_path / "report.html").read_text()


def test_every_trial_is_measured_by_its_curves(tmp_path: Path) -> None:
    """Overfitting would have to be read off a picture."""
    frame = paribus.run(study(again=False), tmp_path, workers=1).frame()
    assert frame["convergence_epoch"].between(1, 4).all()
    assert np.isfinite(frame[["overfitting_gap", "stability"]].to_numpy()).all()
    assert (frame["stability"] >= 0).all()
