"""A model in ONNX Runtime: columns in, arrays out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from math import prod
from typing import Any

import numpy as np
import onnxruntime
import psutil
from numpy.typing import NDArray

from paribus.deliver.schema import Schema
from paribus.deliver.texts import KEY, Texts, read_vocabulary
from paribus.errors import StudyError

ROWS_AT_ONCE = 16_384
"""Rows that are computed together: memory stays small, and they fill a core's work."""
TEXTS_AT_ONCE = 32
"""Of a pretrained network that reads texts."""
PIXELS_AT_ONCE = 2**19
"""Of images: a network makes many times as many numbers of them."""
MEMORY = 0.5
"""The share of the machine's memory that models may fill: a small file from a stranger could ask for any."""
Feeds = Mapping[str, NDArray[Any]]


class Session:
    """An ONNX file ready to run. `threads`: 0 for ONNX Runtime's own choice."""

    def __init__(self, content: bytes, schema: Schema, threads: int = 0, where: str = "the model") -> None:
        self.schema, self.where = schema, where
        _bound_memory()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.use_env_allocators", "1")
        try:
            self.session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors share no class of their own
            raise StudyError(
                f"{where}: ONNX Runtime can't load it ({_said(error)}): export the model again"
            ) from None
        told = self.session.get_modelmeta().custom_metadata_map.get(KEY, "")
        self.texts = read_vocabulary(told, schema, where)
        images = [prod(column.shape) for column in schema.columns if column.shape]
        self.rows_at_once = max(1, PIXELS_AT_ONCE // sum(images)) if images else ROWS_AT_ONCE
        if any(each.tokenizer for each in self.texts):
            self.rows_at_once = TEXTS_AT_ONCE

    def run(self, feeds: Feeds) -> dict[str, NDArray[Any]]:
        """The outputs by their names for columns of equal length: (row,) each, texts as strings; images
        (row, height, width, channel).
        """
        n_rows = len(next(iter(feeds.values())))
        if n_rows <= self.rows_at_once:
            return self._run(feeds)
        parts = [
            self._run({name: values[start : start + self.rows_at_once] for name, values in feeds.items()})
            for start in range(0, n_rows, self.rows_at_once)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def inputs(self, feeds: Feeds) -> dict[str, NDArray[Any]]:
        """The file's own inputs for a few rows."""
        found = {name: values for name, values in feeds.items() if name in self.schema.inputs}
        if self.schema.texts:
            words = feeds[self.schema.texts[0].column]
            found |= Texts(self.schema.texts, self.texts, words).feeds(np.arange(len(words)))
        return found

    def _run(self, feeds: Feeds) -> dict[str, NDArray[Any]]:
        if not self.schema.texts or feeds.keys() >= set(self.schema.inputs):
            return self._call(feeds)
        words = feeds[self.schema.texts[0].column]
        others = {name: values for name, values in feeds.items() if name in self.schema.inputs}
        texts = Texts(self.schema.texts, self.texts, words)
        parts: list[tuple[NDArray[np.int64], dict[str, NDArray[Any]]]] = [
            (
                some,
                self._call({**{name: values[some] for name, values in others.items()}, **texts.feeds(some)}),
            )
            for some in texts.calls()
        ]
        return dict(_in_order(parts, len(words)))

    def _call(self, feeds: Feeds) -> dict[str, NDArray[Any]]:
        try:
            found = self.session.run(list(self.schema.outputs), dict(feeds))
        except Exception as error:  # see above
            raise StudyError(
                f"{self.where}: ONNX Runtime can't predict with it ({_said(error)}): export the model again"
            ) from None
        several = self.schema.task != "regression" or len(self.schema.targets) > 1
        if several and found[-1].shape[1:] != (len(self.schema.classes or self.schema.targets),):
            raise StudyError(
                f"{self.where}: predicts {found[-1].shape[1:]} numbers a row, and its description names"
                f" {len(self.schema.classes or self.schema.targets)}: export the model again"
            )
        return dict(zip(self.schema.outputs, found, strict=True))


@cache
def _bound_memory() -> None:
    """Let all models of this process together fill no more than their share of memory."""
    most = int(MEMORY * psutil.virtual_memory().total)
    kind = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
    where = onnxruntime.OrtMemoryInfo("Cpu", kind, 0, onnxruntime.OrtMemType.DEFAULT)
    onnxruntime.create_and_register_allocator(where, onnxruntime.OrtArenaCfg({"max_mem": most}))


def _said(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _in_order(
    parts: list[tuple[NDArray[np.int64], dict[str, NDArray[Any]]]], n_rows: int
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Outputs of some rows each, as those of all rows."""
    for name, first in parts[0][1].items():
        whole = np.empty((n_rows, *first.shape[1:]), dtype=first.dtype)
        for some, found in parts:
            whole[some] = found[name]
        yield name, whole
