"""The service answers what the model says, and a bad request harms nobody but itself."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections.abc import MutableMapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient
from numpy.typing import NDArray

from paribus.data.sources.rows import Rows
from paribus.deliver.columns import as_input
from paribus.deliver.model import Model
from paribus.deliver.serving.app import LOCAL, Limits, make_app
from paribus.deliver.serving.batching import Arrays, Batcher, Feeds
from paribus.deliver.serving.metrics import Metrics
from paribus.deliver.serving.rows import to_feeds
from paribus.errors import DataError
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
    for path in ("/model", "/metrics", "/openapi.json"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get(path, headers={"authorization": "Bearer secret"}).status_code == 200
        assert client.get(path, headers={"authorization": "secret"}).status_code == 401
    assert client.post("/predict", json={"rows": [{}]}).status_code == 401
    assert client.get("/docs").status_code == 404
    assert client.get("/health").json()["status"] == "ok"
    described = client.get("/openapi.json", headers={"authorization": "Bearer secret"}).json()
    assert described["paths"]["/predict"]["post"]["security"]
    assert client.get("/model", headers={b"authorization": b"Bearer secret\xe9"}).status_code == 401


def test_a_page_of_the_net_reaches_no_local_service(
    made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]],
) -> None:
    """Else a page that points its own name at 127.0.0.1 could ask the model through a visitor's browser."""
    app = make_app(made[0], hosts=LOCAL)
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert TestClient(app).get("/model", headers={"host": host}).status_code == 200, host
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example"):
        assert TestClient(app).get("/model", headers={"host": host}).status_code == 400, host


def test_the_description_holds_no_level(
    client: TestClient, made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]]
) -> None:
    """Else a value of the training rows would stand where no token is asked for."""
    told = client.get("/openapi.json").json()["info"]["description"]
    for column in made[0].schema.columns:
        assert f"`{column.name}`: {column.kind}\n" in f"{told}\n"
        assert not any(re.search(rf"\b{re.escape(str(level))}\b", told) for level in column.levels)


def test_a_body_that_never_comes_is_given_up(
    made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]],
) -> None:
    """Else callers that send nothing would hold all connections."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(60)
        raise AssertionError("the body was waited for")

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST"},
        **{"scheme": "http", "path": "/predict", "raw_path": b"/predict", "query_string": b""},
        **{"root_path": "", "headers": [], "client": None, "server": ("testserver", 80)},
    }
    asyncio.run(make_app(made[0], Limits(seconds=0.05))(scope, receive, send))
    assert sent[0]["status"] == 503


def test_a_bad_row_costs_its_neighbours_nothing(
    made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one caller with a wrong cell would make every other wait for a call of its own."""
    calls = []
    run = made[0].session.run

    def counted(feeds: Feeds) -> Arrays:
        calls.append(len(next(iter(feeds.values()))))
        return run(feeds)

    monkeypatch.setattr(made[0].session, "run", counted)
    app = make_app(made[0])

    async def all_at_once() -> list[int]:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as client:
            bodies = [{"rows": [{"balance": "much" if n == 3 else n}]} for n in range(40)]
            answers = await asyncio.gather(*(client.post("/predict", json=body) for body in bodies))
            return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [422 if n == 3 else 200 for n in range(40)]
    assert sum(calls) == 39
    assert len(calls) < 10


def test_the_service_describes_itself(client: TestClient) -> None:
    """Else a program could not be written against it, or a probe not see that it lives."""
    assert "/predict" in client.get("/openapi.json").json()["paths"]
    assert client.get("/docs").status_code == 200
    client.post("/predict", json={"rows": [{}]})
    assert 'paribus_requests_total{status="200"}' in client.get("/metrics").text


def _poisoned(feeds: Feeds) -> Arrays:
    values = feeds["x"]
    if np.isnan(values).any():
        raise ValueError("a row that no model can take")
    return {"y": values * 2}


def test_a_request_that_fails_harms_no_neighbour() -> None:
    """Else one caller could make the answers of all others fail."""

    async def all_at_once() -> list[Any]:
        batcher = Batcher(_poisoned, 1_000)
        asked = [{"x": np.array([float(n) if n != 3 else math.nan])} for n in range(8)]
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
        await asyncio.gather(*(batcher.predict({"x": np.array([1.0, 2.0])}) for _ in range(50)))
        return batcher.calls

    assert asyncio.run(all_at_once()) < 5


def test_more_rows_than_may_wait_are_refused() -> None:
    """Else a flood of requests would fill the memory."""

    async def flood() -> None:
        batcher = Batcher(_poisoned, 10)
        await asyncio.gather(*(batcher.predict({"x": np.ones(4)}) for _ in range(10)))

    with pytest.raises(OverflowError):
        asyncio.run(flood())


def test_who_no_longer_waits_is_not_computed() -> None:
    """Else a service under load would spend its time on requests that were answered 503 already."""
    seen: list[int] = []

    def slow(feeds: Feeds) -> Arrays:
        seen.extend(feeds["x"].astype(int).tolist())
        time.sleep(0.2)
        return {"y": feeds["x"]}

    async def late() -> int:
        batcher = Batcher(slow, 1_000)
        first = asyncio.create_task(batcher.predict({"x": np.array([1.0])}))
        await asyncio.sleep(0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(batcher.predict({"x": np.array([2.0])}), 0.01)
        third = asyncio.create_task(batcher.predict({"x": np.array([3.0])}))
        await asyncio.gather(first, third)
        return batcher.rows_waiting

    assert asyncio.run(late()) == 0
    assert seen == [1, 3]


def test_latencies_are_counted_by_bound() -> None:
    """Else an operator would alarm on wrong figures."""
    metrics = Metrics()
    for seconds in (0.0005, 0.02, 20.0):
        metrics.add(200, seconds)
    text = metrics.text(2, 0)
    assert 'paribus_request_seconds_bucket{le="0.025"} 2' in text
    assert 'paribus_request_seconds_bucket{le="+Inf"} 3' in text


@pytest.mark.parametrize(
    "written", ["1970-01-01", "2024-02-29", "1899-12-31", "2024-02-30", "2024-1-31", None]
)
def test_a_date_is_read_the_short_way_as_the_long_one(
    written: str | None, made: tuple[Model, list[dict[str, Any]], NDArray[np.float64]]
) -> None:
    """Else a date in a request would be another one than the same date in a file."""
    schema = made[0].schema
    column = next(column for column in schema.columns if column.kind == "date")
    index = pd.RangeIndex(1, 2, name="row")
    cells = pd.Series([written], index=index, dtype=object)
    rows = Rows((column.name,), index, "the request", lambda _: cells)
    try:
        expected = as_input(rows, column)
    except DataError:
        with pytest.raises(DataError):
            to_feeds([{column.name: written}], schema)
    else:
        assert np.array_equal(
            to_feeds([{column.name: written}], schema)[column.name], expected, equal_nan=True
        )
