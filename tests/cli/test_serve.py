"""`paribus serve`: what it can't listen at is told before it says that it serves."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from paribus.deliver import model
from tests.cli.conftest import invoke, told
from tests.deliver.making import model as made


@pytest.fixture
def anything(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a model."""
    loaded = made()[0]
    monkeypatch.setattr(model, "load", lambda *_, **__: loaded)
    return Path("model.onnx")


def test_a_port_that_is_taken_is_told(anything: Path) -> None:
    """Else a user would read that it serves, and another program would answer."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        taken = door.getsockname()[1]
        found = told(invoke("serve", anything, "--port", taken), 2)
    assert f"--port {taken}: can't be used on 127.0.0.1" in found
    assert "serving" not in found


def test_a_host_that_is_none_is_told(anything: Path) -> None:
    """Else a typing error would look like trouble of the network."""
    found = told(invoke("serve", anything, "--host", "no.such.host.invalid"), 2)
    assert "--host no.such.host.invalid" in found
    assert "serving" not in found
