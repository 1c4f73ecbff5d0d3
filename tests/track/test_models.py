"""Models of texts and of images in a real MLflow store, read back as anybody would (the extra mlflow)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import paribus
from paribus.data.sources.frame import read_frame
from paribus.deliver.columns import feeds
from paribus.deliver.model import Model
from paribus.study.spec import Network
from paribus.track.study_run import register
from tests.deliver import reading, seeing

mlflow = pytest.importorskip("mlflow", reason="the extra mlflow isn't installed")

pytestmark = [
    pytest.mark.mlflow,
    # MLflow's own and its parts'
    *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "FutureWarning")),
    *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("UserWarning", "ResourceWarning")),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A new local store, and what speaks with it."""
    folder = tmp_path_factory.mktemp("store")
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder}/store.db")
    client.create_experiment("models", artifact_location=(folder / "files").as_uri())
    return client


def _registered(client: Any, model: Model, name: str) -> Any:
    """The model as MLflow hands it out."""
    run = client.create_run(client.get_experiment_by_name("models").experiment_id)
    register(client.tracking_uri, run.info.run_id, model.content, model.schema, name)
    loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
    assert loaded.predict(loaded.input_example)["probabilities"].shape == (1, 2)
    return loaded


@pytest.mark.parametrize(
    ("name", "represent", "network"),
    [("counted", "tfidf:20", None), ("ordered", "tokens:12:10", Network(kind="gru", hidden=(4,)))],
)
def test_a_model_of_texts_takes_texts_of_any_length(
    client: Any, name: str, represent: str, network: Network | None
) -> None:
    """Else a registered model would refuse all texts but those as long as its example."""
    model, rows, _ = reading.model(represent, network, with_column=name == "counted")
    loaded = _registered(client, model, name)
    given = model.session.inputs(feeds(read_frame(rows, "rows"), model.schema))
    found = loaded.predict(given)
    assert [each.name for each in loaded.metadata.signature.inputs] == list(given)
    assert np.array_equal(found["probabilities"], model.session.session.run(["probabilities"], given)[0])
    np.testing.assert_allclose(found["probabilities"], model.predict_proba(rows), atol=1e-6)


def test_a_registered_model_of_texts_is_loaded_with_its_words(client: Any) -> None:
    """Else whoever has the tracker alone could give the model no text."""
    model, rows, _ = reading.model("multi_hot:20")
    _registered(client, model, "words")
    folder = mlflow.artifacts.download_artifacts("models:/words/1")
    assert np.array_equal(paribus.load(folder).predict_proba(rows), model.predict_proba(rows))
    told = mlflow.onnx.load_model("models:/words/1").metadata_props
    assert {each.key for each in told} == {"paribus", "paribus.vocabulary"}


def test_a_model_of_images_takes_pixels(client: Any, tmp_path: Path) -> None:
    """Else a registered model of images would predict something else than the delivered one."""
    network = Network(kind="cnn", blocks=("4x3", "pool", "average"), hidden=(3,))
    model, _, _ = seeing.model(seeing.images(tmp_path / "images"), network)
    loaded = _registered(client, model, "images")
    pixels = np.random.default_rng(1).integers(0, 256, (5, seeing.SIDE, seeing.SIDE, 3), dtype=np.uint8)
    (column,) = model.schema.columns
    (told,) = loaded.metadata.signature.inputs
    assert (told.type, told.shape) == (np.dtype("uint8"), (-1, seeing.SIDE, seeing.SIDE, 3))
    found = loaded.predict({column.name: pixels})
    assert np.array_equal(found["probabilities"], model.session.run({column.name: pixels})["probabilities"])
    assert found["label"].tolist() == model.session.run({column.name: pixels})["label"].tolist()
