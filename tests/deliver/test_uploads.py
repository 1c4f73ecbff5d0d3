"""Files sent in a form: answered as the same rows in JSON, and a bad one harms nobody but itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient, Response

from paribus.deliver.model import Model
from paribus.deliver.serving.app import Limits, make_app
from paribus.study.spec import Network
from tests.deliver import making, reading, seeing

SMALL = Network(kind="cnn", blocks=("4 norm pool", "average"), hidden=())


@pytest.fixture(scope="module")
def table() -> tuple[Model, pd.DataFrame]:
    """A model of columns, and rows for it."""
    loaded, rows, _ = making.model()
    return loaded, rows[list(loaded.schema.names)].reset_index(drop=True)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, list[Path], Any]:
    """A model of images, their files, and what the training process predicts for them."""
    return seeing.model(seeing.images(tmp_path_factory.mktemp("uploads") / "images"), SMALL)


def _client(model: Model, **limits: int) -> TestClient:
    return TestClient(make_app(model, Limits(**limits)), raise_server_exceptions=False)


def _send(client: TestClient, *files: tuple[str, bytes], field: str = "files") -> Response:
    return client.post("/predict", files=[(field, (name, content)) for name, content in files])


@pytest.mark.parametrize(("name", "separator"), [("rows.csv", ","), ("ROWS.TSV", "\t")])
def test_a_table_is_answered_as_the_model_does(
    name: str, separator: str, table: tuple[Model, pd.DataFrame]
) -> None:
    """Else a file would be predicted for otherwise than the same rows."""
    model, rows = table
    answer = _send(_client(model), (name, rows.to_csv(index=False, sep=separator).encode()))
    assert answer.status_code == 200, answer.text
    found = [[row[each] for each in model.classes] for row in answer.json()["probabilities"]]
    np.testing.assert_allclose(found, model.predict_proba(rows), atol=1e-6)
    assert answer.json()["predictions"] == model.predict(rows).tolist()


def test_texts_are_lines() -> None:
    """Else a file of texts, which `paribus predict` takes, would have to be made a table first."""
    model, _, _ = reading.model("multi_hot:10")
    answer = _send(_client(model), ("reviews.txt", b"a good film\nbad, bad\n"))
    wanted = model.predict_proba(pd.DataFrame({"review": ["a good film", "bad, bad"]}))
    assert [row["up"] for row in answer.json()["probabilities"]] == pytest.approx(wanted[:, 1].tolist())


def test_images_are_answered_in_their_order(images: tuple[Model, list[Path], Any]) -> None:
    """Else one would have to encode each image, or send it alone."""
    model, files, expected = images
    answer = _send(_client(model), *((file.name, file.read_bytes()) for file in reversed(files)))
    found = [row["dog"] for row in answer.json()["probabilities"]]
    assert np.abs(np.array(found)[::-1] - expected).max() < 1e-5


@pytest.mark.parametrize(
    ("files", "field", "status", "told"),
    [
        ((("a.csv", b"x\n1\n"),), "files", 422, "a.csv: the model needs a column"),
        ((("a.csv", b""),), "files", 422, "a.csv: row 1 must be a header"),
        ((("a.csv", b"\xff\xfe,\n1,2\n"),), "files", 422, "isn't UTF-8"),
        ((("a.csv", b"," * 2_000),), "files", 422, "a.csv: has 2,001 columns"),
        ((("a.parquet", b"PAR1"),), "files", 422, "'.parquet' is no kind of table that is taken"),
        ((("../../etc/passwd", b"x"),), "files", 422, "no kind of table"),
        ((("a.csv", b"x\n"), ("b.csv", b"x\n")), "files", 422, "2 files: a request has one table"),
        ((("a.csv", b"x\n"),), "file", 422, "did you mean 'files'"),
        ((("a.csv", b"x\n"),) * 6, "files", 400, "Too many files"),
    ],
)
def test_a_bad_table_is_told(
    files: tuple[tuple[str, bytes], ...],
    field: str,
    status: int,
    told: str,
    table: tuple[Model, pd.DataFrame],
) -> None:
    """Else a caller would get a fault of the server for a fault of its own."""
    answer = _send(_client(table[0], rows=5), *files, field=field)
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True), answer.text
    assert "/tmp" not in answer.text


def test_what_is_too_much_is_refused(
    table: tuple[Model, pd.DataFrame], images: tuple[Model, list[Path], Any]
) -> None:
    """Else one request could fill the memory."""
    content = table[1].to_csv(index=False).encode()
    assert _send(_client(table[0], rows=len(table[1]) - 1), ("rows.csv", content)).status_code == 413
    assert _send(_client(table[0], bytes=500), ("rows.csv", content)).status_code == 413
    file = images[1][0]
    answer = _send(_client(images[0], pixels=200), *([(file.name, file.read_bytes())] * 2))
    assert (answer.status_code, "more than 200 pixels" in answer.text) == (422, True)
    assert answer.json()["detail"].startswith(file.name)


HEAD = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", HEAD),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"no form"),
        ("multipart/form-data; boundary=b", HEAD + b"\r\nx"),
        ("multipart/form-data; boundary=b", HEAD + b"\r\nx\r\n" + HEAD + b"\r\nx"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"x" * 100_000 + b"\r\n\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b; charset=none", HEAD + b"\r\n\xff\r\n--b--\r\n"),
        ("multipart/form-data; boundary=\xe9", HEAD + b"\r\n--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 5_000, HEAD),
        ("multipart/mixed; boundary=b", HEAD),
        ("application/x-www-form-urlencoded", b"files=1"),
    ],
)
def test_a_malformed_form_is_the_callers_fault(
    kind: str, body: bytes, table: tuple[Model, pd.DataFrame]
) -> None:
    """Else anybody could make the service report a fault of its own."""
    headers = {b"content-type": kind.encode("latin-1")}
    assert _client(table[0]).post("/predict", content=body, headers=headers).status_code in {400, 422}


def test_a_bad_file_harms_no_neighbour(images: tuple[Model, list[Path], Any]) -> None:
    """Else one broken image would cost others, who asked at the same time, their answers."""
    model, files, expected = images
    app = make_app(model)

    async def all_at_once() -> list[Response]:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as client:
            sent = [b"no image" if n == 3 else file.read_bytes() for n, file in enumerate(files)]
            asked = (client.post("/predict", files=[("files", ("i", each))]) for each in sent)
            return await asyncio.gather(*asked)

    for number, answer in enumerate(asyncio.run(all_at_once())):
        assert answer.status_code == (422 if number == 3 else 200)
        if number != 3:
            assert abs(answer.json()["probabilities"][0]["dog"] - expected[number]) < 1e-5


def test_the_description_names_the_form(
    table: tuple[Model, pd.DataFrame], images: tuple[Model, list[Path], Any]
) -> None:
    """Else a program written against the service could not know that it takes files."""
    for model, most in ((table[0], 1), (images[0], None)):
        told = _client(model).get("/openapi.json").json()["paths"]["/predict"]["post"]
        form = told["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]["files"]
        assert (form["items"]["format"], form.get("maxItems")) == ("binary", most)
        assert {"400", "413", "422", "503"} <= set(told["responses"])
