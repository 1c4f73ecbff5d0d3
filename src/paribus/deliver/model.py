"""A delivered model as a Python value.

model = paribus.load("runs/breast-cancer")
model.predict_proba(frame)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.sources.frame import read_frame
from paribus.data.sources.rows import Rows
from paribus.deliver.columns import feeds
from paribus.deliver.covering import explained
from paribus.deliver.drift import Drift
from paribus.deliver.folder import find
from paribus.deliver.guard import read_model
from paribus.deliver.schema import Schema
from paribus.errors import StudyError

if TYPE_CHECKING:
    from paribus.explain.facts import ImageExplanation


class Model:
    """Predicts for rows with the model's columns. Made by `load`."""

    def __init__(self, content: bytes, schema: Schema, path: Path, threads: int = 0) -> None:
        from paribus.deliver.running import Session

        self.content, self.schema, self.path = content, schema, path
        self.session = Session(content, schema, threads, str(path))

    def __repr__(self) -> str:
        return f"Model({self.schema.study!r}: {self.schema.task}, {len(self.schema.columns)} columns)"

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order of `predict_proba`'s columns; labels of a multilabel task."""
        return self.schema.classes or (self.schema.targets if self.schema.task == "multilabel" else ())

    def predict(self, frame: pd.DataFrame) -> NDArray[Any]:
        """Class names (row,), labels of 0 and 1 (row, label), or values, (row,) or (row, target).

        Raises DataError for a column that lacks and for a cell that can't be read.
        """
        return self.outputs(read_frame(frame, "frame"))[self.schema.outputs[0]]

    def predict_proba(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        """Probabilities, (row, class) or (row, label). Raises StudyError for a regression; see `predict`."""
        if self.schema.task == "regression":
            raise StudyError("a regression has no probabilities: call predict")
        found: NDArray[np.float32] = self.outputs(read_frame(frame, "frame"))[self.schema.outputs[1]]
        return found

    def explain(self, image: Any, window: int | None = None) -> ImageExplanation:
        """Where an image speaks for its likeliest class: see `covering.explained`."""
        return explained(self.session, image, window)

    def drift(self, frame: pd.DataFrame) -> pd.DataFrame:
        """For each column the share of rows outside of what the training rows held: see `Drift.table`."""
        drift = Drift(self.schema)
        drift.add(feeds(read_frame(frame, "frame"), self.schema))
        return drift.table()

    def outputs(self, rows: Rows, drift: Drift | None = None) -> dict[str, NDArray[Any]]:
        """The file's outputs by name; `drift` is told of the rows."""
        fed = feeds(rows, self.schema)
        if drift is not None:
            drift.add(fed)
        return self.session.run(fed)


def load(model: Path | str, *, threads: int = 0) -> Model:
    """The model in a run's folder, in its `model/`, or in an `.onnx` file. Never runs code of the file.

    `threads`: 0 for ONNX Runtime's own choice. Raises StudyError for what isn't there, is damaged or
    wasn't written by paribus.
    """
    path = find(Path(model))
    content, schema = read_model(path)
    return Model(content, schema, path, threads)
