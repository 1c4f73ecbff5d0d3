"""A new file held against the training process: the same rows, both ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Feature, Features
from paribus.data.parts import TrainingPart
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
    found = session.run(columns_back(part.features, schema, members))[schema.outputs[-1]].astype(np.float64)
    if task.kind == "regression":
        spread = np.maximum(part.target.std(axis=0), np.finfo(np.float32).tiny)
        return float(np.abs((found - expected) / spread).max())
    if task.kind in ("binary", "multiclass"):
        expected = np.asarray(mended(expected))
    if task.kind == "binary":
        found = found[:, 1]
    return float(np.abs(found.reshape(expected.shape) - expected).max())


def columns_back(
    features: Features, schema: Schema, members: Sequence[Trained] = ()
) -> dict[str, NDArray[np.generic]]:
    """The raw columns, (row,) each, as they were read: levels, numbers, dates as seconds; a text's words;
    an image's pixels, (row, height, width, channel). A pretrained network's tokens, (row, length), stand for
    the text that they were made of.
    """
    asked = {each.configuration.prepare.representation for each in members}
    if tokens := [each.name for each in asked if each.weight == "tokenizer"]:
        places = features.texts.encoded[tokens[0]].vectors().astype(np.int64)
        return {told.places: places for told in schema.texts}
    numbers, categories = _places(features.number_features), _places(features.category_features)

    def values(column: Column) -> NDArray[np.generic]:
        if column.kind == "words":
            return as_texts(features.texts.tokens)
        if column.kind == "image":
            return features.images.pixels()
        if column.name in categories:
            place = categories[column.name]
            return _levels(features.category_features[place], features.codes(place))
        return _number(features, numbers[column.name])

    return {column.name: values(column) for column in schema.columns}


def _places(features: Sequence[Feature]) -> dict[str, int]:
    """Where each raw column's feature stands; of a date's, that of its days."""
    return {
        feature.column: place
        for place, feature in enumerate(features)
        if feature.kind != "date" or feature.name.endswith(".days")
    }


def _number(features: Features, place: int) -> NDArray[np.generic]:
    feature, values = features.number_features[place], features.numbers(place, place + 1)[:, 0]
    if feature.kind == "date":
        return np.asarray(values * 86_400.0)
    if feature.kind in ("boolean", "ordinal"):
        return _levels(feature, np.where(np.isnan(values), len(feature.levels), values).astype(np.int64))
    return values


def _levels(feature: Feature, codes: NDArray[np.integer]) -> NDArray[np.generic]:
    """The text of each level; an empty one for none."""
    return np.asarray(np.array([*feature.levels, ""], dtype=object)[codes])
