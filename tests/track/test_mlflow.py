"""A real MLflow store, read back through MLflow's own client. Needs the extra mlflow (`make test-mlflow`)."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from paribus.errors import StudyError
from paribus.run import run
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.study.spec import Study
from paribus.study.toml import parse_study
from paribus.track import sqlite
from paribus.track.client import FOLDER, KEY
from paribus.track.sending import send

mlflow = pytest.importorskip("mlflow", reason="the extra mlflow isn't installed")

pytestmark = [
    pytest.mark.mlflow,
    # MLflow's own and its parts'
    *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "FutureWarning")),
    *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("UserWarning", "ResourceWarning")),
]

STUDY = """
[study]
name = "tracked"
[data]
source = "builtin:breast_cancer"
target = "diagnosis"
[protocol]
metrics = ["roc_auc", "recall"]
seeds = {seeds}
[train]
batch_size = 128
epochs = 3
[[stage]]
name = "width"
factors."network.hidden" = [[2], [3], [4]]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of three configurations."""
    out = tmp_path_factory.mktemp("tracked") / "run"
    run(parse_study(STUDY.format(seeds=1)), out, workers=1)
    return out


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with two seeds."""
    out = tmp_path_factory.mktemp("nested") / "run"
    run(parse_study(STUDY.format(seeds=2)), out, workers=1)
    return out


def _client(address: str) -> Any:
    return mlflow.MlflowClient(tracking_uri=address, registry_uri=address)


def _runs(address: str, asked: str) -> list[Any]:
    client = _client(address)
    experiment = client.get_experiment_by_name("tracked")
    return list(client.search_runs([experiment.experiment_id], asked, order_by=["metrics.val_roc_auc DESC"]))


@pytest.fixture(params=[True, False], ids=["in bulk", "by the client"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new local store; filled in bulk, or, as any other would be, through the client."""
    monkeypatch.setattr(sqlite, "fits", lambda path: bool(request.param))
    monkeypatch.chdir(tmp_path)
    return f"sqlite:///{tmp_path}/store.db"


def test_the_client_reads_what_the_record_says(folder: Path, address: str) -> None:
    """Else a team would decide by other numbers than the study's."""
    sent = send(folder, address)
    assert sent.runs == 4
    runs = _runs(address, "tags.stage = 'width'")
    trials = pd.read_csv(folder / "trials.csv").set_index("config_id")
    assert len(runs) == len(trials) == 3
    values = [each.data.metrics["val_roc_auc"] for each in runs]
    assert values == sorted(values, reverse=True)
    for each in runs:
        row = trials.loc[each.data.tags["config_id"]]
        for name in ("val_roc_auc", "val_recall", "train_roc_auc"):
            assert each.data.metrics[name] == pytest.approx(row[name], abs=1e-12)
        assert each.data.params["network.hidden"] == row["network.hidden"]
        assert each.data.tags["engine"] == "population"
        history = _client(address).get_metric_history(each.info.run_id, "epoch_val_loss")
        assert [number.step for number in history] == [1, 2, 3]


def test_nothing_is_told_twice(folder: Path, address: str) -> None:
    """Else every resumed study would double its runs."""
    send(folder, address)
    assert send(folder, address).runs == 0
    assert len(_runs(address, "")) == 4


def test_seeds_are_runs_below_their_configuration(nested: Path, address: str) -> None:
    """Else one could not see how a configuration moves with its seed."""
    send(nested, address)
    parents = {each.info.run_id for each in _runs(address, "tags.kind = 'configuration'")}
    children = _runs(address, "tags.kind = 'trial'")
    assert (len(parents), len(children)) == (3, 6)
    assert {each.data.tags["mlflow.parentRunId"] for each in children} == parents


def test_the_study_brings_its_report_and_its_model(folder: Path, address: str) -> None:
    """Else the tracker would hold numbers without what they mean, and no model to use."""
    send(folder, address)
    (study,) = _runs(address, "tags.kind = 'study'")
    client = _client(address)
    files = {each.path for each in client.list_artifacts(study.info.run_id)}
    assert {"report.html", "trials.csv", "figures", "model"} <= files
    (version,) = client.search_model_versions("name = 'tracked'")
    assert version.run_id == study.info.run_id
    mlflow.set_tracking_uri(address)
    loaded = mlflow.pyfunc.load_model("models:/tracked/1")
    assert loaded.metadata.signature is not None
    found = loaded.predict(loaded.input_example)
    assert found["probabilities"].shape == (1, 2)


def test_what_broke_off_is_told_later(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a tracker that was killed would stay half told, or be told twice."""
    from paribus.track import client as public

    def broken(*_: object) -> None:
        raise OSError("the tracker is gone")

    monkeypatch.setattr(public, "_write", broken)
    monkeypatch.setattr("paribus.track.study_run._write", broken)
    with pytest.raises(StudyError, match="The study is whole without it"):
        send(folder, address)
    monkeypatch.undo()
    send(folder, address)
    assert len(_runs(address, "")) == 4
    assert {each.info.status for each in _runs(address, "")} == {"FINISHED"}


def test_a_run_is_followed_from_another_process(tmp_path: Path) -> None:
    """Else a user would have to tell the tracker by hand, or wait for it."""
    study, out = tmp_path / "study.toml", tmp_path / "run"
    study.write_text(STUDY.format(seeds=1))
    address = f"sqlite:///{tmp_path}/store.db"
    command = [sys.executable, "-m", "paribus", "run", str(study), "--out", str(out), "--workers", "1"]
    done = subprocess.run(
        [*command, "--mlflow", address], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    log = out / "track.log"
    until = time.monotonic() + 120
    while "new runs in the experiment" not in log.read_text() and time.monotonic() < until:
        time.sleep(0.2)
    assert "4 new runs in the experiment" in log.read_text()
    assert len(_runs(address, "")) == 4
    assert len(_runs(address, "tags.kind = 'study'")) == 1


def test_two_experiments_of_a_store_hold_the_same_study(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the second would stand empty, and be said to hold the study."""
    send(folder, address)

    def elsewhere(record: Record) -> Study:
        study = read_record(record)
        return study.model_copy(update={"track": study.track.model_copy(update={"experiment": "second"})})

    monkeypatch.setattr("paribus.track.sending.read_record", elsewhere)
    assert send(folder, address).runs == 4
    client = _client(address)
    second = client.get_experiment_by_name("second").experiment_id
    assert len(client.search_runs([second], "tags.kind = 'configuration'")) == 3
    assert send(folder, address).runs == 0


def test_what_another_is_telling_now_is_left_alone(folder: Path, address: str) -> None:
    """Else two studies of one experiment would delete each other's runs while they are told."""
    send(folder, address)
    client = _client(address)
    experiment = client.get_experiment_by_name("tracked").experiment_id
    theirs = client.create_run(experiment, tags={KEY: "theirs", FOLDER: "theirs"}).info.run_id
    (study,) = _runs(address, "tags.kind = 'study'")
    client.delete_run(study.info.run_id)
    assert send(folder, address).runs == 1
    assert client.get_run(theirs).info.lifecycle_stage == "active"


def test_a_model_that_could_not_be_told_is_told_later(
    folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the tracker's short trouble would leave the team without the model for good."""
    import mlflow.onnx

    def broken(*_: object, **__: object) -> None:
        raise OSError("the tracker is gone")

    with monkeypatch.context() as patched:
        patched.setattr(mlflow.onnx, "log_model", broken)
        with pytest.raises(StudyError, match="The study is whole without it"):
            send(folder, address)
    assert send(folder, address).runs == 1
    (study,) = _runs(address, "tags.kind = 'study'")
    (version,) = _client(address).search_model_versions("name = 'tracked'")
    assert version.run_id == study.info.run_id


def test_a_store_that_cant_be_reached_costs_a_sentence(folder: Path) -> None:
    """Else the tracker's trouble would look like the study's."""
    with pytest.raises(StudyError, match="can't be told"):
        send(folder, "sqlite:////proc/none/store.db")


def test_a_store_that_is_none_costs_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a wrong file, or one that somebody holds, would end in a traceback."""
    (tmp_path / "junk.db").write_bytes(b"no database" * 500)
    with pytest.raises(StudyError, match="can't be told"):
        send(folder, f"sqlite:///{tmp_path}/junk.db")

    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("paribus.track.sqlite.write", locked)
    with pytest.raises(StudyError, match="database is locked"):
        send(folder, f"sqlite:///{tmp_path}/store.db")
