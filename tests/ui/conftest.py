"""The app over two made-up studies, and a browser that has been let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from paribus.population.outcome import Status
from paribus.study.spec import Stage
from paribus.ui.app import make_app
from tests.report.records import DEPTH, record, study

TOKEN = "right"
PORT = 8765
HOSTILE = "<script>alert(1)</script>\"'&"


def _whole(_place: int) -> Status | None:
    return "done"


def _interrupted(place: int) -> Status | None:
    return "done" if place < 3 else None


@pytest.fixture(scope="package")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the studies `good`, named as an attacker would, and `half`, which was interrupted."""
    folder = tmp_path_factory.mktemp("runs")
    factors: dict[str, Any] = {"train.learning_rate": (1e-3, 1e-2), "network.hidden": ([4], [8, 4])}
    for name in ("good", "half"):
        (folder / name).mkdir()
        asked = study(
            HOSTILE,
            stage=(Stage(name=HOSTILE, factors=factors),),
            question=(DEPTH.model_copy(update={"name": HOSTILE, "ask": HOSTILE}),),
        )
        half = name == "half"
        record(
            folder / name,
            asked,
            classes=(HOSTILE, "yes"),
            ends=_interrupted if half else _whole,
            open_sealed=not half,
        ).close()
    (folder / "good" / "summary.json").write_text("{}")
    (folder / "good" / "report.html").write_text("<p>the report</p>")
    (folder / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def stranger(runs: Path) -> TestClient:
    """A browser without the token."""
    return TestClient(make_app([runs], TOKEN, PORT), base_url=f"http://127.0.0.1:{PORT}")


@pytest.fixture
def browser(stranger: TestClient) -> TestClient:
    """A browser that opened the address with the token."""
    assert stranger.get("/", params={"token": TOKEN}).status_code == 200
    return stranger
