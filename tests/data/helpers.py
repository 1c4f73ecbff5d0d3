"""Small tables for the tests of this room."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paribus.data import Table, load
from paribus.study.spec import Data

ROOT = Path(__file__).parents[2]


def table(frame: pd.DataFrame, target: str = "y", metrics: tuple[str, ...] = (), **keys: Any) -> Table:
    """A table from a frame, as `load` makes it."""
    return load(Data(source="given", target=target, **keys), folder=Path(), frame=frame, metrics=metrics)


def from_text(
    folder: Path,
    text: str | bytes,
    target: str = "y",
    name: str = "rows.csv",
    metrics: tuple[str, ...] = (),
    **keys: Any,
) -> Table:
    """A table from a file with this content."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(Data(source=name, target=target, **keys), folder=folder, metrics=metrics)


def random_frame(rows: int, features: int = 6, classes: int = 2, seed: int = 0) -> pd.DataFrame:
    """Positive skewed features, the first of them informative; `classes` 0 for a regression target."""
    generator = np.random.default_rng(seed)
    codes = np.arange(rows) % max(classes, 1)
    X = generator.gamma(2.0, size=(rows, features))
    X[:, 0] += codes
    frame = pd.DataFrame(X, columns=[f"x{position}" for position in range(features)])
    return frame.assign(
        y=[f"c{code}" for code in codes] if classes else X @ np.arange(features) + 0.1 * X[:, 1] ** 2
    )


def breast_cancer() -> Table:
    """The builtin data set."""
    return load(Data(source="builtin:breast_cancer", target="diagnosis"), folder=Path())


def real(name: str) -> Path:
    """A file of the shared data, or a skipped test."""
    for shelf in (os.environ.get("PARIBUS_DATA"), ROOT.parent / "shared" / "data"):
        if shelf and (Path(shelf) / name).exists():
            return Path(shelf) / name
    pytest.skip(f"{name} isn't here: set PARIBUS_DATA to the folder that holds it")
