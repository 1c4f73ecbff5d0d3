"""The two arithmetics of the population: the native code, and PyTorch's calls."""

from __future__ import annotations

import pytest

from paribus.population import native

BUILT = native.available()


@pytest.fixture(autouse=True, params=["native", "torch"])
def arithmetic(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which of the two trains, for every test of a room that imports this.

    Skipped where the package was installed without a compiler.
    """
    if request.param == "native" and not BUILT:
        pytest.skip("installed without a C compiler: there is no native code here")
    monkeypatch.setattr(native, "available", lambda: request.param == "native")
    return str(request.param)
