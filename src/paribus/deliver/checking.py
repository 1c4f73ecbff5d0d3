"""A new file held against the training process: the same rows, both ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.data import TrainingPart
from paribus.data.features import Features
from paribus.deliver.making import Trained, mean_prediction
from paribus.deliver.running import Session
from paribus.deliver.schema import Column, Schema
from paribus.deliver.texts import as_texts
from paribus.population.outcome import Task
from paribus.stats.recalibration import Map


def difference(
    session: Session, schema: Schema, members: Sequence[Trained], mended: Map, part: TrainingPart, task: Task
) -> float | None:
    """The largest difference of a probability, or of a prediction in standard deviations of its target.

    None where the rows can't be given back as they came: times of day are kept in fewer digits.
    """
    if any(feature.name.endswith(".hour") for feature in part.features.columns):
        return None
    expected = mean_prediction(members, part, task)
    found = session.run(columns_back(part.features, schema))[schema.outputs[-1]].astype(np.float64)
    if task.kind == "regression":
        spread = np.maximum(part.target.std(axis=0), np.finfo(np.float32).tiny)
        return float(np.abs((found - expected) / spread).max())
    if task.kind in ("binary", "multiclass"):
        expected = np.asarray(mended(expected))
    if task.kind == "binary":
        found = found[:, 1]
    return float(np.abs(found.reshape(expected.shape) - expected).max())


def columns_back(features: Features, schema: Schema) -> dict[str, NDArray[np.generic]]:
    """The raw columns, (row,) each, as they were read: levels, numbers, dates as seconds; a text's words;
    an image's pixels, (row, height, width, channel).
    """
    return {column.name: _column(features, column) for column in schema.columns}


def _column(features: Features, column: Column) -> NDArray[np.generic]:
    if column.kind == "words":
        return as_texts(features.texts.tokens)
    if column.kind == "image":
        return features.images.pixels()
    for place, feature in enumerate(features.category_features):
        if feature.column == column.name:
            texts = np.array([*feature.levels, ""], dtype=object)
            return np.asarray(texts[features.codes(place)])
    for place, feature in enumerate(features.number_features):
        if feature.column != column.name or (column.kind == "date" and not feature.name.endswith(".days")):
            continue
        values = features.numbers(place, place + 1)[:, 0]
        if column.kind == "date":
            return np.asarray(values * 86_400.0)
        if feature.kind in ("boolean", "ordinal"):
            texts = np.array([*feature.levels, ""], dtype=object)
            return np.asarray(texts[np.where(np.isnan(values), len(feature.levels), values).astype(np.int64)])
        return values
    raise KeyError(column.name)
