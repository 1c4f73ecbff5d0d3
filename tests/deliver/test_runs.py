"""Studies of texts and of images leave a model, as tables do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

import paribus
from paribus.cli import app
from paribus.deliver.subgroups import metrics_of
from paribus.deliver.texts import KEY
from paribus.run import run
from paribus.store.record import Record
from paribus.study.spec import Network
from paribus.study.toml import parse_study
from tests.deliver.reading import frame, model
from tests.deliver.seeing import images

TEXTS = """
[study]
name = "texts"
[data]
source = "rows.csv"
text = "review"
target = "label"
[protocol]
test = 0.3
validation = "kfold:2"
metrics = ["accuracy", "roc_auc"]
[prepare]
represent = "{represent}"
[train]
epochs = 1
[deliver]
model = "{model}"
"""
IMAGES = """
[study]
name = "images"
[data]
source = "images"
image = "id"
target = "label"
[protocol]
test = 0.25
validation = "holdout:0.25"
metrics = ["accuracy"]
[network]
kind = "cnn"
blocks = ["4 norm pool", "average"]
[train]
epochs = 1
"""


@pytest.mark.usefixtures("undrawn")
def test_texts_leave_a_model_with_its_words_and_groups(tmp_path: Path) -> None:
    """Else a study of texts would end with nothing to use, or its card would hide who it fails for."""
    rows = frame(100, with_column=True)
    rows.to_csv(tmp_path / "rows.csv", index=False)
    study = parse_study(TEXTS.format(represent="tfidf:9", model="ensemble"))
    out = tmp_path / "run"
    run(study, out, folder=tmp_path, workers=1)
    schema = paribus.load(out).schema
    assert (schema.members, len(schema.texts)) == (2, 2)
    assert schema.agreement is not None
    assert schema.agreement < 1e-6
    told = {each.key: each.value for each in onnx.load(out / "model" / "model.onnx").metadata_props}
    assert json.loads((out / "model" / "vocabulary.json").read_text()) == json.loads(told[KEY])
    card = (out / "model" / "card.md").read_text()
    for level in ("Ulm", "Bonn", "Köln"):
        assert f"| town | {level} |" in card
    with Record.at(out) as record:
        assert record.fact("subgroups")["part"] == "test"


def test_words_in_order_are_predicted_for_without_torch(tmp_path: Path) -> None:
    """Else a deployed network that reads words would bring PyTorch with it."""
    reading, _, _ = model("tokens:12:9", Network(kind="gru", vector_size=5, units=4, hidden=(3,)))
    (tmp_path / "model.onnx").write_bytes(reading.content)
    code = (
        "import sys, paribus, pandas as pd\n"
        f"model = paribus.load({str(tmp_path / 'model.onnx')!r})\n"
        "print(model.predict_proba(pd.DataFrame({'review': ['good film', None]})).sum(axis=1).tolist())\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert np.allclose(json.loads(done.stdout), 1)


@pytest.mark.usefixtures("undrawn")
def test_what_cant_be_delivered_is_said_at_check_and_by_its_card(tmp_path: Path) -> None:
    """Else a user would learn after hours of training that no model comes out of it, or be told to use it."""
    (tmp_path / "vectors.txt").write_text("good 1 0\nbad 0 1\n")
    frame(100).to_csv(tmp_path / "rows.csv", index=False)
    study = parse_study(TEXTS.format(represent="vectors:vectors.txt", model="refit"))
    (told,) = paribus.check(study, folder=tmp_path, workers=1).undelivered
    assert "the vectors of all words" in told
    run(study, out := tmp_path / "run", folder=tmp_path, workers=1)
    card = (out / "model" / "card.md").read_text()
    assert "the vectors of all words" in card
    assert "paribus predict model.onnx" not in card
    done = CliRunner().invoke(app, ["predict", str(out), str(tmp_path / "rows.csv")])
    assert done.exit_code == 2, done.output
    assert "card.md says why" in done.output.replace("\n", "")


@pytest.mark.usefixtures("undrawn")
def test_images_leave_a_model(tmp_path: Path) -> None:
    """Else a study of images would end with nothing to use."""
    images(tmp_path / "images")
    out = tmp_path / "run"
    run(parse_study(IMAGES), out, folder=tmp_path, workers=1)
    told = ["predict", str(out), str(tmp_path / "images"), "-o", str(tmp_path / "p.csv"), "--broken", "drop"]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    assert len(pd.read_csv(tmp_path / "p.csv")) == 24
    (tmp_path / "images" / "cat" / "bad.png").write_bytes(b"no image")
    done = CliRunner().invoke(app, told[:-2])
    assert done.exit_code == 3, done.output
    assert "cat/bad.png" in done.output.replace("\n", "")
    assert "0.network.rest.output.weight" in load_file(out / "model" / "model.safetensors")
    assert "uint8" in (out / "model" / "card.md").read_text()


def test_groups_are_judged_by_what_is_quick() -> None:
    """Else a card of many groups would resample for hours where a study is judged by log_loss."""
    assert metrics_of("binary", ["log_loss", "f1", "brier", "roc_auc", "recall"]) == ("f1", "roc_auc")
    assert metrics_of("binary", ["log_loss"]) == metrics_of("multiclass", ["roc_auc"]) == ("accuracy",)
    assert metrics_of("regression", ["r2", "mae"]) == ("mae",)
    assert metrics_of("regression", ["r2"]) == ("rmse",)
