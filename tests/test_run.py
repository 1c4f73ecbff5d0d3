"""A whole study, through the front door."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

import paribus
from paribus.study.spec import Study
from paribus.study.toml import parse_study
from tests.conftest import SMALL

ROOT = Path(__file__).parents[1]
TIMES = ["train_seconds"]


def table(results: paribus.Results) -> pd.DataFrame:
    """The trials, times aside."""
    return results.frame().drop(columns=TIMES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> paribus.Results:
    """The small study with all that a run leaves; copy its folder before changing it."""
    return paribus.run(parse_study(SMALL), tmp_path_factory.mktemp("whole") / "out", workers=1)


@pytest.fixture
def out(whole: paribus.Results, tmp_path: Path) -> Path:
    """A copy of its folder."""
    return Path(shutil.copytree(whole.folder, tmp_path / "out"))


def test_a_run_leaves_all_that_was_promised(whole: paribus.Results) -> None:
    """A user would miss a file, a column, or the answer."""
    results = whole
    frame = results.frame()
    assert len(frame) == 4 * 2 + 2 * 12 * 2 + 2 * 2
    assert set(frame["status"]) == {"done"}
    assert frame["trial_id"].is_unique
    assert {"prepare.scale", "network.hidden", "network.layers", "train.epochs"} <= set(frame.columns)
    summary = results.summary
    assert summary["n_trials"] == len(frame)
    best = summary["best"]
    for part in ("val", "test"):
        low, high = best[f"{part}_recall_interval"]
        assert low <= best[f"{part}_recall"] <= high
    opened = frame[frame["test_recall"].notna()]
    assert set(opened["config_id"]) == {best["config_id"]}
    board = results.leaderboard()
    assert board["config_id"].iloc[0] == best["config_id"]
    questions = pd.read_csv(whole.folder / "questions.csv")
    assert list(questions["level"]) == [2, 8]


def test_the_folder_keeps_the_contract(whole: paribus.Results) -> None:
    """Tools that read a run's folder would break."""
    checker = ROOT.parent / "shared" / "checks" / "contract.py"
    if not checker.is_file():
        pytest.skip("the contract's checker is not beside this checkout")
    done = subprocess.run(
        [sys.executable, str(checker), str(whole.folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.usefixtures("trials_alone")
def test_the_order_of_listing_changes_nothing(small: Study, whole: paribus.Results, tmp_path: Path) -> None:
    """A comparison would depend on how it was written down."""
    turned = {
        stage.name: {path: tuple(levels)[::-1] for path, levels in reversed(stage.factors.items())}
        for stage in small.stage
    }
    other = small.model_copy(
        update={"stage": tuple(s.model_copy(update={"factors": turned[s.name]}) for s in small.stage)}
    )
    one = table(whole)
    two = table(paribus.run(other, tmp_path / "two", workers=1))
    pd.testing.assert_frame_equal(one, two[list(one.columns)], check_exact=True)


@pytest.mark.usefixtures("undrawn")
def test_a_finished_study_is_not_trained_again(
    small: Study, whole: paribus.Results, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at a result would cost its training again, or open the sealed part until it pleased."""
    monkeypatch.setattr("paribus.execute.worker.train", lambda *_: pytest.fail("trained again"))
    again = paribus.run(small, out, workers=1)
    pd.testing.assert_frame_equal(whole.frame(), again.frame())
    assert again.summary["wall_seconds"] == whole.summary["wall_seconds"]
    opened = again.summary["sealed_part_opened_for"]
    assert opened == [again.summary["best"]["config_id"]] * 2  # two seeds


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_a_dataframe_is_a_source(tmp_path: Path) -> None:
    """A notebook's data would need a file."""
    bunch = load_breast_cancer(as_frame=True)
    frame = bunch.data.iloc[:, :6].assign(sick=np.where(bunch.target == 0, "yes", "no"))
    study = paribus.Study(
        name="frame",
        data=paribus.Data(source="my rows", target="sick", positive="yes"),
        train=paribus.Train(epochs=2),
    )
    results = paribus.run(study, tmp_path / "out", frame=frame, workers=1)
    assert results.summary["n_trials"] == 1


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize(
    ("target", "metrics"),
    [("kind", '["accuracy", "mcc"]'), ("value", '["rmse", "r2"]')],
    ids=["classes", "values"],
)
def test_other_tasks(tmp_path: Path, target: str, metrics: str) -> None:
    """Only two classes would work."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.standard_normal((150, 4)), columns=list("abcd"))
    frame["value"] = frame["a"] * 2 + frame["b"] + 0.1 * random.standard_normal(150)
    frame["kind"] = pd.cut(frame["value"], 3, labels=["low", "mid", "high"]).astype(str)
    frame.drop(columns="kind" if target == "value" else "value").to_csv(tmp_path / "rows.csv", index=False)
    text = f"""
    [study]
    name = "other"
    [data]
    source = "rows.csv"
    target = "{target}"
    [protocol]
    metrics = {metrics}
    seeds = 2
    [train]
    epochs = 4
    [[stage]]
    name = "one"
    factors."network.hidden" = [[], [8]]
    """
    results = paribus.run(parse_study(text), tmp_path / "out", folder=tmp_path, workers=1)
    assert set(results.frame()["status"]) == {"done"}
    assert results.summary["best"][f"test_{parse_study(text).protocol.metrics[0]}"] is not None


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_shuffled_labels_score_at_chance(tmp_path: Path) -> None:
    """A leak anywhere between file and score would show here as skill on noise."""
    bunch = load_breast_cancer(as_frame=True)
    random = np.random.default_rng(1)
    frame = bunch.data.assign(
        diagnosis=random.permutation(np.where(bunch.target == 0, "malignant", "benign"))
    )
    text = (
        SMALL.replace("seeds = 2", "seeds = 1")
        .split("[[question]]")[0]
        .replace('"kbest:6"', '"kbest:6", "sfs:3"')
    )
    study = parse_study(text.replace('["recall", "roc_auc", "accuracy"]', '["roc_auc", "accuracy"]'))
    best = paribus.run(study, tmp_path / "out", frame=frame, workers=1).summary["best"]
    low, high = best["test_roc_auc_interval"]
    assert low <= 0.5 <= high


def test_a_changed_study_is_never_mixed(small: Study, out: Path) -> None:
    """Results of two studies would stand in one table."""
    changed = small.model_copy(update={"train": small.train.model_copy(update={"learning_rate": 0.5})})
    with pytest.raises(paribus.StudyError, match=r"train\.learning_rate: 0\.01 → 0\.5"):
        paribus.run(changed, out, workers=1)


@pytest.mark.usefixtures("trials_alone")
def test_changed_data_are_never_mixed(tmp_path: Path) -> None:
    """As above, for the rows."""
    bunch = load_breast_cancer(as_frame=True)
    frame = bunch.data.assign(y=bunch.target)
    study = paribus.Study(
        name="x", data=paribus.Data(source="rows", target="y"), train=paribus.Train(epochs=1)
    )
    paribus.run(study, tmp_path / "out", frame=frame, workers=1)
    with pytest.raises(paribus.DataError, match="data changed"):
        paribus.run(study, tmp_path / "out", frame=frame.iloc[1:], workers=1)


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_without_a_sealed_part_the_run_says_so(small: Study, tmp_path: Path) -> None:
    """A validation score would pass for an honest one."""
    study = small.model_copy(update={"protocol": small.protocol.model_copy(update={"test": 0.0})})
    results = paribus.run(study, tmp_path / "out", workers=1)
    assert "test_recall" not in results.summary["best"]
    audit = {f["code"]: f["status"] for f in json.loads((tmp_path / "out" / "audit.json").read_text())}
    assert audit["PB001"] == "found"


def test_every_trial_diverging_ends_the_study_with_its_reason(small: Study, tmp_path: Path) -> None:
    """A study would go on from nothing."""
    wild = small.train.model_copy(update={"optimizer": "sgd", "learning_rate": 1e35, "early_stopping": None})
    with pytest.raises(paribus.FailedTrialsError, match="every trial diverged"):
        paribus.run(small.model_copy(update={"train": wild}), tmp_path / "out", workers=1)


def test_the_readme_can_be_followed(small_file: Path, tmp_path: Path) -> None:
    """The first lines that a new user types would fail: a path as text, and a study where one is due."""
    study = paribus.read_study(str(small_file))
    assert paribus.check(study, folder=tmp_path).trials == 4 * 2 + 24 * 2 + 2 * 2
    with pytest.raises(paribus.StudyError, match="read_study"):
        paribus.run(str(small_file), tmp_path / "out")  # type: ignore[arg-type]
    with pytest.raises(paribus.StudyError, match="1 or more"):
        paribus.run(study, tmp_path / "out", workers=0)
