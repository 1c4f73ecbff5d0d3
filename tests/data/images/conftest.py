"""A cache of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where decoded images are kept."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("PARIBUS_CACHE", str(folder))
    return folder
