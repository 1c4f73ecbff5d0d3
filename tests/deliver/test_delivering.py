"""What a run delivers: trained as it was judged, on the right rows, once; what can't be is said once."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import paribus
from paribus.cli import app
from paribus.data.prepare.preparation import prepare_training
from paribus.data.split import unsealed
from paribus.deliver import making
from paribus.errors import FailedTrialsError, InterruptedStudyError, StudyError
from paribus.population.outcome import Lineage
from paribus.run import run
from paribus.steps.reading import read
from paribus.store.record import Record
from paribus.study.toml import parse_study
from tests.conftest import without_figures

SMALL = """
[study]
name = "small"
[data]
source = "rows.csv"
target = "y"
[protocol]
validation = "holdout:0.3"
metrics = ["accuracy"]
[train]
batch_size = 16
epochs = 6
learning_rate = 0.3
schedule = { name = "cosine" }
early_stopping = { monitor = "val_loss", patience = 1, restore_best = true }
"""
OWN = """
import torch
def net(n_inputs, n_outputs):
    return torch.nn.Linear(n_inputs, n_outputs)
"""


@pytest.fixture(scope="module")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a study stands with its data."""
    folder = tmp_path_factory.mktemp("study")
    random = np.random.default_rng(4)
    x = random.normal(size=(120, 3))
    rows = pd.DataFrame(x, columns=list("abc"))
    rows["y"] = np.where(x[:, 0] + random.normal(0, 2, 120) > 0, "up", "down")
    rows.to_csv(folder / "rows.csv", index=False)
    (folder / "own_net.py").write_text(OWN)
    return folder


@pytest.fixture(scope="module")
def made(study_folder: Path) -> Path:
    """A finished run of it."""
    with without_figures():
        run(parse_study(SMALL), study_folder / "run", folder=study_folder, workers=1)
    return study_folder / "run"


def _export(folder: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["export", str(folder), *options])
    return done.exit_code, done.output


def _diverge(*_: Any) -> Any:
    raise FailedTrialsError("the refit diverged")


def test_a_refit_is_trained_as_its_trials_were(
    made: Path, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the delivered network would follow another learning rate, or learn from sealed rows."""
    rows: list[Any] = []
    lineages: list[Lineage] = []

    def prepared(prepare: Any, part: Any, seed: int) -> Any:
        rows.append(part.rows)
        return prepare_training(prepare, part, seed)

    def lineage(*given: Any) -> Lineage:
        lineages.append(Lineage(*given))
        return lineages[-1]

    monkeypatch.setattr(making, "prepare_training", prepared)
    monkeypatch.setattr(making, "Lineage", lineage)
    study, table, parts, task = read(parse_study(SMALL), folder=study_folder)
    with Record.at(made) as record:
        (config_id, best), *_ = record.connection.execute("select config_id, best_epoch from outcomes")
        trained = making.refit(record, study, config_id, unsealed(table, parts), task, len(parts.folds))
    assert best < 6
    assert lineages[0].configuration.train.epochs == 6
    assert (lineages[0].epochs, trained.epochs) == ((best, 6), best)
    fold = parts.folds[0]
    judged = np.concatenate([fold.training.rows, fold.validation.rows])
    assert rows[0].tolist() == np.unique(judged).tolist()
    assert len(judged) == len(rows[0]) == 102


def test_a_study_is_exported_from_any_folder(made: Path) -> None:
    """Else `paribus export` wouldn't find the data that `paribus run` has just read."""
    code, told = _export(made, "--threshold", "f1")
    assert code == 0, told
    assert paribus.load(made).schema.threshold_for != "a half"


def test_nothing_to_export_is_no_success(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a script would go on with a model that isn't there."""
    assert _export(made, "--model", "none")[0] == 2
    monkeypatch.setattr("paribus.deliver.writing.delivered", _diverge)
    code, told = _export(made, "--threshold", "youden")
    assert code == 5, told
    assert "model: /" not in told


def test_a_refit_that_fails_is_not_tried_at_each_run(
    made: Path, study_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a finished study would train for nothing each time that it is looked at."""
    out = copytree(made, tmp_path / "run")
    study = parse_study(SMALL + '[deliver]\nthreshold = "youden"\n')
    with monkeypatch.context() as failing, without_figures():
        failing.setattr("paribus.deliver.writing.delivered", _diverge)
        run(study, out, folder=study_folder, workers=1)
    with without_figures():
        run(study, out, folder=study_folder, workers=1)
    assert _export(out)[0] == 5


@pytest.mark.usefixtures("undrawn")
def test_a_network_of_ones_own_is_not_trained_for_nothing(
    study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a finished study would train again at each look; its export needs no word to run code."""
    tried: list[Any] = []

    def train(*given: Any) -> list[Any]:
        tried.append(given)
        return []

    monkeypatch.setattr("paribus.deliver.writing.delivered", train)
    study = parse_study(SMALL + '[network]\nkind = "module"\nmodule = "own_net:net"\n')
    run(study, study_folder / "own", folder=study_folder, workers=1, trust_code=True)
    code, told = _export(study_folder / "own")
    assert (code, tried) == (0, [])
    assert "not delivered yet" in told
    assert "model: /" not in told


def test_half_an_extra_is_a_missing_one(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else onnx without onnxruntime would end a finished study with a fault of ours."""
    monkeypatch.setattr("paribus.deliver.guard.find_spec", lambda name: None if "runtime" in name else name)
    code, told = _export(made, "--calibration", "validation", "--threshold", "recall")
    assert code == 0, told
    assert "the extra is missing" in told
    assert not (made / "model" / "model.onnx").exists()
    with pytest.raises(StudyError, match="extra onnx"):
        paribus.load(made / "model" / "model.safetensors")


def test_a_fault_in_writing_costs_the_onnx_file_alone(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an error of ONNX Runtime's own would end a finished study with a traceback."""

    def fail(*_: Any) -> Any:
        raise RuntimeError("from another library")

    monkeypatch.setattr("paribus.deliver.checking.difference", fail)
    code, told = _export(made, "--threshold", "cost")
    assert code == 0, told
    assert "from another library; the weights are in model/" in told.replace("\n", " ")


def test_a_write_that_breaks_off_leaves_no_old_description(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else new weights would stand under the old model's description, and be taken for whole."""

    def full(*_: Any) -> Any:
        raise InterruptedStudyError("the disk is full")

    assert _export(made)[0] == 0
    with monkeypatch.context() as broken:
        broken.setattr("paribus.deliver.writing.tensors", full)
        assert _export(made, "--model", "ensemble")[0] == 4
    assert not (made / "model" / "model.json").exists()
    assert _export(made)[0] == 0
    assert paribus.load(made).schema.model == "refit"
