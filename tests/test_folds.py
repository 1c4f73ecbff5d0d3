"""Whole studies on many folds, through the front door."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paribus
from paribus.data.load import load
from paribus.data.split import split
from paribus.population.metrics import scores
from paribus.store.record import Record
from paribus.study.plan import OUTER
from paribus.study.spec import Study
from paribus.study.toml import parse_study

TEXT = """
[study]
name = "folds"
seed = 5
[data]
source = "builtin:moons?rows=90&noise=0.3"
target = "label"
[protocol]
validation = "kfold:3"
metrics = ["roc_auc", "accuracy"]
seeds = 2
[network]
hidden = [4]
[train]
learning_rate = 0.05
epochs = 4
[[stage]]
name = "first"
factors."network.hidden" = [[2], [6]]
[[stage]]
name = "second"
factors."train.learning_rate" = [1e-4, 0.05]
[[question]]
name = "width"
vary = "network.units"
levels = [1, 8]
metric = "accuracy"
"""
pytestmark = pytest.mark.usefixtures("undelivered")
ALL = ("kfold:3", "repeated_kfold:2x2", "loocv", "nested:3x2", "time:2", "monte_carlo:2x0.3")


def study(validation: str = "kfold:3", **protocol: object) -> Study:
    asked = parse_study(TEXT)
    changed = asked.protocol.model_copy(update={"validation": validation, **protocol})
    fewer = {"source": asked.data.source.replace("rows=90", "rows=40")} if validation == "loocv" else {}
    return asked.model_copy(update={"protocol": changed, "data": asked.data.model_copy(update=fewer)})


def table(results: paribus.Results) -> pd.DataFrame:
    return results.frame().drop(columns="train_seconds")


@pytest.mark.parametrize("validation", ALL)
@pytest.mark.usefixtures("unrendered")
def test_every_protocol_runs_from_the_data_to_the_page(validation: str, tmp_path: Path) -> None:
    """A protocol would be listed, and end in a traceback or a page without an answer."""
    asked = study(validation, seeds=1) if validation == "loocv" else study(validation)
    results = paribus.run(asked, tmp_path, workers=1)
    plan = paribus.check(asked)
    frame, best = results.frame(), results.summary["best"]
    assert set(frame["status"]) == {"done"}
    # what the inner folds of one outer fold choose for the second stage can differ from the others' choice
    assert plan.trials <= len(frame) <= plan.trials * (2 if plan.outer else 1)
    for part in ("val", "test"):
        low, high = best[f"{part}_roc_auc_interval"]
        assert low <= best[f"{part}_roc_auc"] <= high
    assert f"{plan.folds} folds" in (tmp_path / "report.html").read_text()
    assert results.leaderboard()["val_roc_auc"].notna().all()
    assert results.summary["optimism"]["n_configurations"] == len(results.leaderboard())


@pytest.mark.usefixtures("undrawn")
def test_neither_workers_nor_an_interruption_change_a_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A study of folds could not be resumed, or would depend on the number of cores."""
    asked = study("nested:2x2")
    whole = paribus.run(asked, tmp_path / "whole", workers=2)
    put, calls = Record.put_outcomes, []

    def interrupted(self: Record, outcomes: object, measures: object) -> None:
        calls.append(outcomes)
        if len(calls) > 2:
            raise KeyboardInterrupt
        put(self, outcomes, measures)  # type: ignore[arg-type]

    monkeypatch.setattr(Record, "put_outcomes", interrupted)
    with pytest.raises(paribus.InterruptedStudyError):
        paribus.run(asked, tmp_path / "cut", workers=1)
    monkeypatch.setattr(Record, "put_outcomes", put)
    cut = paribus.run(asked, tmp_path / "cut", workers=1)
    pd.testing.assert_frame_equal(table(whole), table(cut), check_exact=True)
    assert whole.summary["nested"] == cut.summary["nested"]


@pytest.mark.usefixtures("undrawn")
def test_a_score_is_the_mean_over_folds_and_seeds(tmp_path: Path) -> None:
    """The leaderboard would rank by one fold."""
    results = paribus.run(study(), tmp_path, workers=1)
    best = results.leaderboard().iloc[0]
    rows = results.frame().drop_duplicates(["config_id", "fold", "seed"])
    own = rows[rows["config_id"] == best["config_id"]]
    assert len(own) == 6
    assert best["val_roc_auc"] == pytest.approx(own["val_roc_auc"].mean(), abs=1e-12)
    assert results.summary["best"]["val_roc_auc"] == pytest.approx(best["val_roc_auc"], abs=1e-12)


@pytest.mark.usefixtures("undrawn")
def test_leave_one_out_is_scored_on_all_rows_together(tmp_path: Path) -> None:
    """The ROC curve of one row is undefined: every configuration would be equal, and chance would choose."""
    asked = study("loocv", seeds=1)
    results = paribus.run(asked, tmp_path, workers=1)
    parts = split(load(asked.data, folder=Path()), asked.protocol, asked.seed)
    truth = np.array([fold.validation.target[0] for fold in parts.folds])
    board = results.leaderboard()
    with Record.at(tmp_path) as record:
        for row in board.to_dict("records"):
            found = record.predictions(row["config_id"])
            predicted = np.array([found[fold, 5][0] for fold in range(len(truth))])
            expected = scores("binary", ["roc_auc"], truth, predicted[None])["roc_auc"][0]
            assert row["val_roc_auc"] == pytest.approx(expected, abs=1e-9)
    assert board["val_roc_auc"].is_monotonic_decreasing


@pytest.mark.usefixtures("undrawn")
def test_the_sealed_part_is_judged_by_the_mean_of_the_folds_networks(tmp_path: Path) -> None:
    """One fold's network would stand for all, or its luck for the configuration's worth."""
    asked = study(seeds=1)
    results = paribus.run(asked, tmp_path, workers=1)
    best = results.summary["best"]
    with Record.at(tmp_path) as record:
        truth = record.truths("test")[0].truth
        opened = record.predictions(best["config_id"], opened=True)
    assert set(opened) == {(0, 5), (1, 5), (2, 5)}
    mean = np.mean(list(opened.values()), axis=0)
    expected = scores("binary", ["roc_auc"], truth, mean[None])["roc_auc"][0]
    assert best["test_roc_auc"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("undrawn")
def test_nested_validation_judges_what_the_inner_folds_alone_chose(tmp_path: Path) -> None:
    """The estimate would be of a choice that saw its judges."""
    asked = study("nested:3x2", seeds=1)
    results = paribus.run(asked, tmp_path, workers=1)
    frame = results.frame()
    parts = split(load(asked.data, folder=Path()), asked.protocol, asked.seed)
    told = {fold["fold"]: fold for fold in results.summary["nested"]["folds"]}
    judged = frame[frame["stage"] == OUTER]
    assert len(judged) == 3
    for place, inner in parts.outer.values():
        inside = frame[frame["fold"].isin(inner) & frame["stage"].isin(["first", "second"])]
        first = inside[inside["stage"] == "first"].groupby("config_id")["val_roc_auc"].mean()
        width = inside.loc[inside["config_id"] == first.idxmax(), "network.hidden"].iloc[0]
        own = inside[(inside["stage"] == "first") | (inside["network.hidden"] == width)]
        means = own.groupby("config_id")["val_roc_auc"].mean()
        chosen = told[place]["config_id"]
        assert means[chosen] == pytest.approx(means.max(), abs=1e-12)
        trial = judged[judged["fold"] == place].iloc[0]
        assert trial["config_id"] == chosen
        assert told[place]["scores"]["roc_auc"] == pytest.approx(trial["val_roc_auc"], abs=1e-12)
    estimate = results.summary["nested"]["roc_auc"]
    assert estimate == pytest.approx(judged["val_roc_auc"].mean(), abs=1e-12)
    low, high = results.summary["nested"]["roc_auc_interval"]
    assert low <= estimate <= high


@pytest.mark.usefixtures("trials_alone")
def test_the_rows_of_outer_folds_change_nothing_in_what_their_inner_folds_choose(tmp_path: Path) -> None:
    """A leak from the judges into the choice would be invisible in any single run."""
    asked = study("nested:3x2", seeds=1, test=0.0)
    frame = load(asked.data, folder=Path())
    rows = pd.DataFrame(frame.features.numbers(), columns=["x1", "x2"]).assign(label=frame.target)
    parts = split(load(asked.data, folder=Path(), frame=rows), asked.protocol, asked.seed)
    place, inner = parts.outer[0]
    changed = rows.copy()
    changed.loc[parts.folds[place].validation.rows, ["x1", "x2"]] *= -3
    one = paribus.run(asked, tmp_path / "one", frame=rows, workers=1).frame()
    two = paribus.run(asked, tmp_path / "two", frame=changed, workers=1).frame()
    keys = ["stage", "config_id", "fold", "seed"]
    both = one[one["fold"].isin(inner)].merge(two[two["fold"].isin(inner)], on=keys)
    assert (both["val_roc_auc_x"] == both["val_roc_auc_y"]).all()
    chosen = [
        each.loc[(each["stage"] == OUTER) & (each["fold"] == place), "config_id"].item()
        for each in (one, two)
    ]
    assert chosen[0] == chosen[1]


def test_nested_validation_never_watches_its_judges() -> None:
    """Early stopping would pick the epoch on the rows that judge it."""
    with pytest.raises(
        paribus.StudyError, match=r"protocol\.validation: 'nested:3x2' .* protocol\.stopping = 0\.15"
    ):
        parse_study(
            TEXT.replace('"kfold:3"', '"nested:3x2"').replace("epochs = 4", "epochs = 4\nearly_stopping = {}")
        )


@pytest.mark.usefixtures("undrawn")
def test_random_labels_score_at_chance_in_nested_validation(tmp_path: Path) -> None:
    """The best of many on noise would be reported as skill."""
    random = np.random.default_rng(3)
    rows = pd.DataFrame(random.normal(size=(120, 5)), columns=list("abcde"))
    rows["label"] = random.permutation(np.repeat([0, 1], 60))
    asked = study("nested:4x3", test=0.0, seeds=1)
    low, high = paribus.run(asked, tmp_path, frame=rows, workers=1).summary["nested"]["roc_auc_interval"]
    assert low <= 0.5 <= high


@pytest.mark.usefixtures("trials_alone")
def test_early_stopping_watches_its_own_rows(tmp_path: Path) -> None:
    """The validation part would choose the epoch that it then judges."""
    stopping = parse_study(
        TEXT.replace("seeds = 2", "stopping = 0.2").replace(
            "epochs = 4", 'epochs = 40\nearly_stopping = { monitor = "val_loss", patience = 1 }'
        )
    )
    frame = load(stopping.data, folder=Path())
    rows = pd.DataFrame(frame.features.numbers(), columns=["x1", "x2"]).assign(label=frame.target)
    parts = split(load(stopping.data, folder=Path(), frame=rows), stopping.protocol, stopping.seed)
    changed = rows.copy()
    changed.loc[parts.folds[0].validation.rows, ["x1", "x2"]] *= -3
    one = paribus.run(stopping, tmp_path / "one", frame=rows, workers=1).frame()
    two = paribus.run(stopping, tmp_path / "two", frame=changed, workers=1).frame()
    first = [each[(each["fold"] == 0) & (each["stage"] == "first")] for each in (one, two)]
    assert list(first[0]["epochs_run"]) == list(first[1]["epochs_run"])
    assert list(first[0]["best_epoch"]) == list(first[1]["best_epoch"])
    assert list(first[0]["val_accuracy"]) != list(first[1]["val_accuracy"])


def test_the_plan_tells_the_folds_and_their_sizes() -> None:
    """A study of a thousand trainings would look like one of a hundred."""
    plan = paribus.check(study("nested:3x2"))
    assert (plan.folds, plan.outer) == (6, 3)
    assert plan.trials == (2 + 2 + 2) * 6 * 2 + 3 * 2
    assert "3 outer folds" in plan.split
    watching = study("kfold:3", stopping=0.2)
    train = watching.train.model_copy(update={"early_stopping": paribus.EarlyStopping()})
    told = paribus.check(watching.model_copy(update={"train": train})).split
    assert told.startswith(
        "training 40 to 41, stopping 10, validation 25 to 26 in each of 3 folds; test 14 sealed"
    )


@pytest.mark.usefixtures("unrendered")
def test_the_page_of_many_trials_shows_mean_curves(tmp_path: Path) -> None:
    """Seventy lines in a panel would show nothing."""
    paribus.run(study("repeated_kfold:3x3"), tmp_path, workers=1)
    page = (tmp_path / "report.html").read_text()
    assert "Each line is the mean of 18 trials" in page
    assert json.loads((tmp_path / "audit.json").read_text())[1]["status"] == "passed"
