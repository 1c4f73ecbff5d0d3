"""A model in ONNX Runtime: columns in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from paribus.deliver.schema import Schema
from paribus.errors import StudyError

ROWS_AT_ONCE = 16_384
"""Rows that are computed together: memory stays small, and they fill a core's work."""
Feeds = Mapping[str, NDArray[Any]]


class Session:
    """An ONNX file ready to run. `threads`: 0 for ONNX Runtime's own choice."""

    def __init__(self, content: bytes, schema: Schema, threads: int = 0, where: str = "the model") -> None:
        self.schema = schema
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        try:
            self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors share no class of their own
            told = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise StudyError(
                f"{where}: ONNX Runtime can't load it ({told}): export the model again"
            ) from None

    def run(self, feeds: Feeds) -> dict[str, NDArray[Any]]:
        """The outputs by their names for columns of equal length, (row,) each."""
        n_rows = len(next(iter(feeds.values())))
        if n_rows <= ROWS_AT_ONCE:
            return self._run(feeds)
        parts = [
            self._run({name: values[start : start + ROWS_AT_ONCE] for name, values in feeds.items()})
            for start in range(0, n_rows, ROWS_AT_ONCE)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _run(self, feeds: Feeds) -> dict[str, NDArray[Any]]:
        found = self.session.run(list(self.schema.outputs), dict(feeds))
        return dict(zip(self.schema.outputs, found, strict=True))
