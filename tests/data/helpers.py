"""Small tables for the tests of this room."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from paribus.data.load import load
from paribus.data.parts import TrainingPart
from paribus.data.prepare.prepared import Prepared
from paribus.data.split import split
from paribus.data.table import Table
from paribus.study.options import names
from paribus.study.options.preparation import PREPARATION
from paribus.study.spec import Data, Prepare, Protocol

ROOT = Path(__file__).parents[2]


def table(frame: pd.DataFrame, target: Any = "y", metrics: tuple[str, ...] = (), **keys: Any) -> Table:
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


def mixed_frame(rows: int = 90, classes: int = 2, seed: int = 0) -> pd.DataFrame:
    """Numbers with gaps, a boolean, dates, a category with rare and missing levels; unequal classes."""
    generator = np.random.default_rng(seed)
    drawn = np.sort(generator.integers(0, classes**2, size=rows)) if classes else np.zeros(rows)
    codes = drawn % max(classes, 1)
    frame = random_frame(rows, features=4, classes=0, seed=seed).drop(columns="y").astype(np.float32)
    frame["x0"] += codes
    frame.loc[generator.random(rows) < 0.15, "x1"] = np.nan
    frame.loc[generator.random(rows) < 0.1, "x3"] = np.nan
    colour = generator.choice(["red", "blue", "green", "violet"], p=[0.5, 0.3, 0.15, 0.05], size=rows)
    place = generator.choice(["n", "s", "e"], size=rows)
    frame["colour"] = pd.Series(colour).where(generator.random(rows) > 0.1)
    frame["place"] = place
    frame["flag"] = generator.random(rows) < 0.4
    frame["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(generator.integers(0, 700, rows), unit="D")
    target = [f"c{int(code)}" for code in codes] if classes else frame["x0"] * 3 + (frame["place"] == "n")
    return frame.assign(y=target)


def training_part(frame: pd.DataFrame, **keys: Any) -> TrainingPart:
    """The training part of a table of this frame."""
    return split(table(frame, **keys), Protocol(test=0, validation="holdout:0.2"), 7).folds[0].training


def array(rows: Prepared) -> NDArray[np.float32]:
    """Prepared rows of a table without a text: (row, feature)."""
    assert isinstance(rows, np.ndarray)
    return rows


def breast_cancer() -> Table:
    """The builtin data set."""
    return load(Data(source="builtin:breast_cancer", target="diagnosis"), folder=Path())


def real(name: str) -> Path:
    """A file of the shared data, or a skipped test."""
    for shelf in (os.environ.get("PARIBUS_DATA"), ROOT.parent / "shared" / "data"):
        if shelf and (Path(shelf) / name).exists():
            return Path(shelf) / name
    pytest.skip(f"{name} isn't here: set PARIBUS_DATA to the folder that holds it")


KEYS = {
    "imputer": "impute",
    "encoder": "encode",
    "scaler": "scale",
    "selector": "select",
    "sampler": "resample",
    "target transform": "target",
    "class_weight": "class_weight",
}
"""The families of the catalogue that a preparation is made of, and their keys."""
NUMBERS = {"variance": "0.1", "sfs": "2", "sbs": "17"}
"""Where 3 would be no threshold, or take seconds."""
BESIDE = {
    "column": "how a file is read, the same for every row; nothing is fitted",
    "estimator": "with each selector that takes one, below",
}
"""The other families, and why they have no key of their own."""
OTHER_TASKS = {"regression": ("sampler", "class_weight"), "classes": ("target transform",)}


def every_option(task: str) -> list[Prepare]:
    """One preparation for each option of the catalogue that the task can have, and for the plain keys."""
    made = [
        Prepare(missing_flag=True),
        Prepare(rare=0.2),
        Prepare(rare=6),
        Prepare(impute="constant", fill_value=3.0),
    ]
    left_out = (*BESIDE, *OTHER_TASKS["regression" if task == "regression" else "classes"])
    for option in PREPARATION:
        if option.family in left_out:
            continue
        numbers = [key for key, _ in option.arguments if "." not in key]
        word = f"{option.name}:{NUMBERS.get(option.name, '3')}" if numbers else option.name
        made.append(Prepare.model_validate({KEYS[option.family]: word}))
        if "prepare.select_with" in dict(option.arguments):
            made += [
                Prepare(select=word, select_with=estimator)
                for estimator in names("estimator")
                if estimator != "linear" and estimator in dict(option.arguments)["prepare.select_with"]
            ]
    return made


def told(prepare: Prepare) -> str:
    """What is not its default, as the name of a test."""
    plain = Prepare()
    given = {key: value for key, value in prepare.model_dump().items() if value != getattr(plain, key)}
    return ",".join(f"{key}={value}" for key, value in given.items()) or "default"
