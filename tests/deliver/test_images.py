"""A delivered model of images says what the training process says; a file that is no image harms nobody."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from onnx import helper
from PIL import Image

from paribus.data.prepare.pixels import Pixels
from paribus.deliver.files import predict_file
from paribus.deliver.guard import inspect
from paribus.deliver.model import Model
from paribus.deliver.serving.app import Limits, make_app
from paribus.errors import DataError, StudyError
from paribus.networks.network import BuiltNetwork
from paribus.study.spec import Network, Prepare
from tests.deliver.seeing import SIDE, encoded, images, model

ALLOWED = 1e-5
SMALL = Network(kind="cnn", blocks=("4 norm pool", "average"), hidden=())
NETWORKS = {
    "simple": Network(kind="simple_cnn"),
    "enhanced": Network(kind="enhanced_cnn"),
    "views": Network(
        kind="cnn", blocks=("4x5 norm pool", "4 residual", "flatten"), views=8, activation="gelu"
    ),
    "fully connected": Network(hidden=(4,), norm="batch"),
}
Made = tuple[Model, list[Path], NDArray[np.float64]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of two classes."""
    return images(tmp_path_factory.mktemp("seen") / "images")


@pytest.fixture(scope="module")
def made(folder: Path) -> Made:
    """A model of them."""
    return model(folder, SMALL)


def _silent(rows: int, share: float) -> None:
    """Nothing is told."""


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
@pytest.mark.parametrize("pixels", ["unit", "standard"])
def test_every_network_that_sees(network: Network, pixels: Any, folder: Path) -> None:
    """Else a deployed model would see other images than the one that was judged."""
    seeing, files, expected = model(folder, network, Prepare(pixels=pixels))
    inspect(seeing.content, "model.onnx")
    found = seeing.predict_proba(pd.DataFrame({"id": [str(file) for file in files]}))
    assert np.abs(found[:, 1] - expected).max() < ALLOWED
    assert len(set(expected.round(6))) > 10


def test_a_network_with_pixels_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a pretrained network would be fed the pixels of another one."""
    own = Pixels(np.full(3, 0.01, np.float32), np.array([-1, 0, 1], np.float32))
    _, _, without = model(folder, SMALL)
    monkeypatch.setattr(BuiltNetwork, "pixels", own)
    seeing, files, expected = model(folder, SMALL)
    found = seeing.predict_proba(pd.DataFrame({"id": [str(file) for file in files]}))
    assert np.abs(found[:, 1] - expected).max() < ALLOWED
    assert np.abs(expected - without).max() > 100 * ALLOWED


def test_grey_images_of_three_classes(tmp_path: Path) -> None:
    """Else one channel, or a third class, would be lost on the way."""
    grey = images(tmp_path / "grey", ("a", "b", "c"), "L")
    seeing, files, expected = model(grey, SMALL)
    assert seeing.schema.columns[0].shape == (SIDE, SIDE, 1)
    found = seeing.predict_proba(pd.DataFrame({"id": [file.read_bytes() for file in files]}))
    assert np.abs(found - expected).max() < ALLOWED


@pytest.mark.parametrize("kind", ["folder", "zip", "csv", "parquet"])
@pytest.mark.parametrize("at_once", [5, 1000])
def test_files_are_predicted_for_by_name(
    kind: str, at_once: int, made: Made, folder: Path, tmp_path: Path
) -> None:
    """Else a prediction would stand beside another image's name."""
    seeing, files, expected = made
    names = [str(file.relative_to(folder)) for file in files]
    data = {"folder": folder, "zip": tmp_path / "i.zip", "csv": folder.parent / f"{at_once}.csv"}.get(kind)
    if kind == "zip":
        with zipfile.ZipFile(tmp_path / "i.zip", "w") as archive:
            for name in reversed(names):
                archive.write(folder / name, name)
    elif kind == "csv":
        pd.DataFrame({"id": [Path(name).stem for name in names], "more": 1}).to_csv(data, index=False)
    elif kind == "parquet":
        data = tmp_path / "i.parquet"
        pd.DataFrame({"id": [file.read_bytes() for file in files]}).to_parquet(data)
    assert data is not None
    drift = predict_file(seeing, data, tmp_path / "out.csv", at_once, _silent)
    told = pd.read_csv(tmp_path / "out.csv", dtype={"id": str})
    assert list(told.columns) == ["id", "prediction", "p_cat", "p_dog"]
    if kind in ("folder", "zip"):
        order = [names.index(name) for name in told["id"]]
        assert list(told["id"]) == sorted(names)
        expected = expected[order]
    assert np.abs(told["p_dog"] - expected).max() < ALLOWED
    assert (drift.rows, drift.table()["outside"][0]) == (len(names), 0)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_broken_image_is_told_by_name_or_has_no_prediction(suffix: str, made: Made, tmp_path: Path) -> None:
    """Else one broken file among a million would end the work without a name, or shift the rows below it."""
    seeing, files, expected = made
    for number, file in enumerate(files[:6]):
        content = file.read_bytes()
        kept = content[: len(content) // 2] if number in (0, 1, 4) else content
        (tmp_path / f"{number}{file.suffix}").write_bytes(kept)
    Image.fromarray(np.zeros((SIDE, SIDE + 1, 3), np.uint8)).save(tmp_path / "5.png")
    (tmp_path / f"5{files[5].suffix}").unlink(missing_ok=files[5].suffix == ".png")
    Image.fromarray(np.zeros((SIDE, SIDE + 1, 3), np.uint8)).save(tmp_path / "5.png")
    out = tmp_path / f"out.{suffix}"
    with pytest.raises(DataError, match=r"'0\.\w+' is .*--broken drop"):
        predict_file(seeing, tmp_path, out, 2, _silent)
    assert not out.exists()
    predict_file(seeing, tmp_path, out, 2, _silent, drop=True)
    told = pd.read_parquet(out) if suffix == "parquet" else pd.read_csv(out)
    assert told["p_dog"].isna().tolist() == [True, True, False, False, True, True]
    assert told["prediction"].isna().tolist() == told["p_dog"].isna().tolist()
    assert np.abs(told["p_dog"][2:4] - expected[2:4]).max() < ALLOWED


def test_what_is_dropped_is_an_image(made: Made, tmp_path: Path) -> None:
    """Else --broken would be taken and do nothing where a model reads columns."""
    seeing, files, _ = made
    with pytest.raises(DataError, match="holds no images"):
        predict_file(seeing, files[0], None, 10, _silent)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no image"):
        predict_file(seeing, tmp_path / "empty", None, 10, _silent)


def _client(seeing: Model, **limits: int) -> TestClient:
    return TestClient(make_app(seeing, Limits(**limits)), raise_server_exceptions=False)


def test_the_service_sees(made: Made) -> None:
    """Else a model of images could not be asked over HTTP, as rows or as a file."""
    seeing, files, expected = made
    rows = [{"id": base64.b64encode(file.read_bytes()).decode()} for file in files]
    rows[0]["id"] = "data:image/png;base64," + rows[0]["id"]
    client = _client(seeing)
    told = client.post("/predict", json={"rows": rows}).json()["probabilities"]
    assert np.abs(np.array([row["dog"] for row in told]) - expected).max() < ALLOWED
    alone = client.post("/predict", content=files[3].read_bytes(), headers={"content-type": "image/png"})
    assert abs(alone.json()["probabilities"][0]["dog"] - expected[3]) < ALLOWED
    assert (
        "image/*" in client.get("/openapi.json").json()["paths"]["/predict"]["post"]["requestBody"]["content"]
    )


NOISE = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (None, "as base64"),
        ("&&&", "no base64"),
        (base64.b64encode(b"no image").decode(), "is no image"),
        (base64.b64encode(encoded(NOISE)[:90]).decode(), "row 1: the image is"),
        (base64.b64encode(encoded(np.zeros((9, 9, 3), np.uint8))).decode(), "9×9 pixels"),
        (base64.b64encode(encoded(np.zeros((400, 400), np.uint8))).decode(), "more than 100,000 pixels"),
    ],
)
def test_a_bad_image_is_told(cell: str | None, told: str, made: Made) -> None:
    """Else a caller would get a fault of the server for its own, or fill its memory with one small file."""
    answer = _client(made[0], pixels=100_000).post("/predict", json={"rows": [{"id": cell}]})
    assert (answer.status_code, told in answer.json()["detail"]) == (422, True), answer.text


def test_another_column_is_no_image(made: Made) -> None:
    """Else a misspelt column would be left out without a word."""
    answer = _client(made[0]).post("/predict", json={"rows": [{"ids": "x"}]})
    assert "did you mean 'id'" in answer.json()["detail"]


def test_a_border_that_fills_the_memory_is_refused(made: Made) -> None:
    """Else a small file from a stranger could spread an image to any size."""
    proto = onnx.load_from_string(made[0].content)
    conv = next(node for node in proto.graph.node if node.op_type == "Conv")
    for attribute in list(conv.attribute):
        if attribute.name == "pads":
            conv.attribute.remove(attribute)
    conv.attribute.append(helper.make_attribute("pads", [100_000] * 4))
    with pytest.raises(StudyError, match="border"):
        inspect(proto.SerializeToString(), "model.onnx")


def test_an_image_is_explained_by_the_model_itself(made: Made) -> None:
    """Who has a model and an image would have to rebuild the training to learn what was looked at."""
    model, files, _ = made
    told = model.explain(files[0], window=6)
    pixels = np.array(Image.open(files[0]))
    code = model.classes.index(told.name)

    def logit(image: NDArray[np.uint8]) -> float:
        p = float(model.predict_proba(pd.DataFrame({"id": pd.Series([image])}))[0, code])
        return float(np.log(p / (1 - p)))

    falls: dict[tuple[int, int], float] = {}
    for top in range(0, SIDE - 5, 3):
        for left in range(0, SIDE - 5, 3):
            covered = pixels.copy()
            covered[top : top + 6, left : left + 6] = pixels.mean(axis=(0, 1)).round()
            falls[top, left] = logit(pixels) - logit(covered)
    assert told.heat.shape == (SIDE, SIDE)
    assert told.heat[0, 0] == pytest.approx(falls[0, 0], abs=1e-4)
    assert told.heat[4, 4] == pytest.approx(np.mean([falls[a, b] for a in (0, 3) for b in (0, 3)]), abs=1e-4)
    assert told.name == model.predict(pd.DataFrame({"id": [str(files[0])]}))[0]
    with pytest.raises(DataError):
        model.explain(b"no image")


def test_a_model_without_classes_of_images_explains_none(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback would be the answer to a question that such a model can't be asked."""
    session = made[0].session
    monkeypatch.setattr(session, "schema", session.schema.model_copy(update={"task": "regression"}))
    with pytest.raises(StudyError, match="tells no classes of images"):
        made[0].explain(made[1][0])
