"""Drift: how many rows lie outside of what the training rows held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.deliver.schema import Column, Schema

SHOWN = 5
"""Unknown levels of a column that are named."""


class Drift:
    """Counts rows as they are predicted for."""

    def __init__(self, schema: Schema) -> None:
        self.columns, self.rows = schema.columns, 0
        self.outside = dict.fromkeys(schema.names, 0)
        self.missing = dict.fromkeys(schema.names, 0)
        self.unknown: dict[str, dict[str, None]] = {name: {} for name in schema.names}

    def add(self, fed: Mapping[str, NDArray[Any]]) -> None:
        """Count more rows, given as the model's inputs."""
        for column in self.columns:
            values = fed[column.name]
            if column.kind == "text":
                self._texts(column, values)
            else:
                self._numbers(column, _measured(column, values))
        self.rows += len(values)

    def _numbers(self, column: Column, values: NDArray[Any]) -> None:
        self.missing[column.name] += int(np.isnan(values).sum())
        if column.low is not None and column.high is not None:
            outside = (values < column.low) | (values > column.high)
            self.outside[column.name] += int(outside.sum())

    def _texts(self, column: Column, values: NDArray[Any]) -> None:
        codes, found = pd.factorize(values)
        counts = np.bincount(codes, minlength=len(found))
        known, told = set(column.levels), self.unknown[column.name]
        for text, count in zip(found, counts, strict=True):
            if text == "":
                self.missing[column.name] += int(count)
            elif text not in known:
                self.outside[column.name] += int(count)
                if len(told) < SHOWN:
                    told[text] = None

    def table(self) -> pd.DataFrame:
        """One row a column: `outside`, the share of rows out of range or with an unknown level; `unknown`,
        some of these; `missing` and `trained_missing`, the shares of empty cells now and in training.
        """
        rows = max(1, self.rows)
        return pd.DataFrame(
            {
                "column": [column.name for column in self.columns],
                "outside": [self.outside[column.name] / rows for column in self.columns],
                "unknown": [", ".join(self.unknown[column.name]) for column in self.columns],
                "missing": [self.missing[column.name] / rows for column in self.columns],
                "trained_missing": [column.missing for column in self.columns],
            }
        )


def _measured(column: Column, values: NDArray[Any]) -> NDArray[np.float64]:
    """What is held against the training rows' bounds, (row,): numbers, characters of words (NaN of a text
    without any), mean pixels of images.
    """
    if column.kind == "words":
        counts = np.fromiter(map(len, values), dtype=np.float64, count=len(values))
        blank = np.fromiter((not text.strip() for text in values), dtype=bool, count=len(values))
        return np.where(blank, np.nan, counts)
    if column.kind == "image":
        return np.asarray(values.mean(axis=(1, 2, 3), dtype=np.float64))
    return np.asarray(values, dtype=np.float64)
