"""What marks tests that need Keras and TensorFlow (the extra `bench`); `pytest -m keras` runs them."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

MISSING = [name for name in ("keras", "tensorflow") if not find_spec(name)]
KERAS = [
    pytest.mark.keras,
    pytest.mark.skipif(
        bool(MISSING), reason=f"{', '.join(MISSING)} not installed: pip install paribus[bench]"
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
