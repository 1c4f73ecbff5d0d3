"""The service answers what the model says, and a bad request harms nobody but itself."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from paribus.deliver.model import Model
from paribus.deliver.serving.app import Limits, make_app
from paribus.deliver.serving.batching import Batcher, Rows
from paribus.deliver.serving.metrics import Metrics
from tests.deliver.making import model


@pytest.fixture(scope="module")
def made() -> tuple[Model, list[dict[str, Any]], NDArray[np.float64]]:
    """A model, rows as a request has them, and what the training process predicts."""
    loaded, rows, expected = model()
    told = json.loads(
        rows[list(loaded.schema.names)].to_json(orient="records", date_format="iso", double_precision=15)
    )
    for row in told:
        row["since"] = row["since"][:10] if row["since"] else None
    return loaded, told, expected


@pytest.fixture
def client(made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]]) -> TestClient:
    """A client of its service."""
    return TestClient(make_app(made[0], Limits(rows=500)), raise_server_exceptions=False)


def test_the_service_says_what_the_model_says(
    client: TestClient, made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]]
) -> None:
    """Else what is served would be another model than the one that was judged."""
    _, rows, expected = made
    answer = client.post("/predict", json={"rows": rows}).json()
    assert np.abs(np.array([row["up"] for row in answer["probabilities"]]) - expected).max() < 1e-5
    assert set(answer["predictions"]) == {"up", "down"}


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("{", 422, "JSON"),
        ('{"rows": []}', 422, "rows"),
        ('{"rows": [{"balance": "much"}]}', 422, "column 'balance' holds 'much' in row 1"),
        ('{"rows": [{}, {"balance": 1e39}]}', 422, "row 2: column 'balance'"),
        ('{"rows": [{"balance": NaN}]}', 422, "no finite number"),
        ('{"rows": [{"balanse": 1}]}', 422, "did you mean 'balance'"),
        ('{"rows": [{"town": "\\ud800"}]}', 422, ""),
        ('{"rows": [{"\\ud800": 1}]}', 422, ""),
        ('{"rows": [{"grade": "lower"}]}', 422, "column 'grade'"),
        ('{"rows": [{"since": "soon"}]}', 422, "column 'since'"),
        ('{"rows": [{"town": ["Ulm"]}]}', 422, "rows"),
        ('{"rows": [' + ", ".join(["{}"] * 501) + "]}", 413, "at most 500"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(body: str, status: int, told: str, client: TestClient) -> None:
    """Else a caller would get a fault of the server for a fault of its own."""
    answer = client.post("/predict", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert told in answer.json()["detail"]


def test_a_long_body_is_refused(made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]]) -> None:
    """Else one request could fill the memory."""
    client = TestClient(make_app(made[0], Limits(bytes=200)))
    assert client.post("/predict", json={"rows": [{"town": "x" * 500}]}).status_code == 413
    chunked = client.post("/predict", content=(b"x" * 50 for _ in range(50)))
    assert chunked.status_code == 413


def test_a_token_is_asked_for(made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]]) -> None:
    """Else anybody who reaches the port could use the model."""
    client = TestClient(make_app(made[0], token="secret"))
    for path in ("/model", "/metrics"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get(path, headers={"authorization": "Bearer secret"}).status_code == 200
    assert client.get("/health").json()["status"] == "ok"


def test_the_service_describes_itself(client: TestClient) -> None:
    """Else a program could not be written against it, or a probe not see that it lives."""
    assert "/predict" in client.get("/openapi.json").json()["paths"]
    assert client.get("/docs").status_code == 200
    client.post("/predict", json={"rows": [{}]})
    assert 'paribus_requests_total{status="200"}' in client.get("/metrics").text


def _poisoned(rows: Rows) -> dict[str, NDArray[Any]]:
    values = np.array([row["x"] for row in rows])
    if np.isnan(values).any():
        raise ValueError("a row that no model can take")
    return {"y": values * 2}


def test_a_request_that_fails_harms_no_neighbour() -> None:
    """Else one caller could make the answers of all others fail."""

    async def all_at_once() -> list[Any]:
        batcher = Batcher(_poisoned, 1_000)
        asked = [[{"x": float(n) if n != 3 else math.nan}] for n in range(8)]
        return await asyncio.gather(*map(batcher.predict, asked), return_exceptions=True)

    for number, each in enumerate(asyncio.run(all_at_once())):
        if number == 3:
            assert isinstance(each, ValueError)
        else:
            assert each["y"] == [2.0 * number]


def test_requests_that_come_together_share_a_call() -> None:
    """Else a hundred callers would wait a hundred calls."""

    async def all_at_once() -> int:
        batcher = Batcher(_poisoned, 1_000)
        await asyncio.gather(*(batcher.predict([{"x": 1.0}, {"x": 2.0}]) for _ in range(50)))
        return batcher.calls

    assert asyncio.run(all_at_once()) < 5


def test_more_rows_than_may_wait_are_refused() -> None:
    """Else a flood of requests would fill the memory."""

    async def flood() -> None:
        batcher = Batcher(_poisoned, 10)
        await asyncio.gather(*(batcher.predict([{"x": 1.0}] * 4) for _ in range(10)))

    with pytest.raises(OverflowError):
        asyncio.run(flood())


def test_latencies_are_counted_by_bound() -> None:
    """Else an operator would alarm on wrong figures."""
    metrics = Metrics()
    for seconds in (0.0005, 0.02, 20.0):
        metrics.add(200, seconds)
    text = metrics.text(2, 0)
    assert 'paribus_request_seconds_bucket{le="0.025"} 2' in text
    assert 'paribus_request_seconds_bucket{le="+Inf"} 3' in text
