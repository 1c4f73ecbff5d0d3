"""The description of a model: its columns with what training rows held, its classes, its threshold."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from paribus._version import __version__
from paribus.data.features import Feature, Features
from paribus.data.images.images import Images
from paribus.data.parts import TrainingPart
from paribus.data.prepare.text.represent import TextFeatures
from paribus.data.table import Table
from paribus.data.text.texts import Texts
from paribus.deliver.making import Trained
from paribus.deliver.schema import Column, Schema, TextInput
from paribus.deliver.texts import is_delivered
from paribus.stats.answers.calls import Calls
from paribus.stats.recalibration import Map, Unchanged
from paribus.study.changes import study_hash
from paribus.study.configuration import digest
from paribus.study.representation import ORDERED
from paribus.study.spec import Deliver, Prepare, Study

LAYOUT = 3
"""Raised where equal studies are delivered in another way than before: their models are made anew."""
_DAY = 86_400.0
_HALF = 0.5
_SLACK = 1e-6
"""A mean of pixels has other last digits where they are added up in another order."""


def made_from(study: Study, fingerprint: str, config_id: str) -> str:
    """A digest of all that a delivered model depends on."""
    asked = study.deliver.model_dump(mode="json")
    return digest([__version__, LAYOUT, study_hash(study), fingerprint, config_id, asked], size=16)


def mended_by(calls: Calls | None, asked: Deliver) -> tuple[str, Map]:
    """The name of the recalibration and its map: none where none is asked for, or none was better."""
    if asked.calibration == "none" or calls is None or calls.recalibration is None:
        return "none", Unchanged()
    return calls.recalibration.method, calls.recalibration.map


def threshold_of(calls: Calls | None, asked: Deliver) -> tuple[float, str, bool]:
    """Above which probability a row is positive, what it was tuned for, and whether it is held against the
    probability before recalibration: on a map's flat parts, rows on both sides of it become the same.
    """
    names = {"f1": "threshold_f1", "youden": "threshold_youden"}
    wanted = names.get(asked.threshold, f"threshold_{asked.threshold}")
    for goal in calls.thresholds if calls else ():
        if goal.tuned.method == wanted:
            return goal.tuned.threshold, goal.name, True
    return _HALF, "a half", False


def describe(
    study: Study,
    config_id: str,
    table: Table,
    part: TrainingPart,
    members: Sequence[Trained],
    calls: Calls | None,
    fingerprint: str,
) -> Schema:
    """The description of a model with these members; `part` is all that it was made from."""
    name, _ = mended_by(calls, study.deliver)
    threshold, goal, before = threshold_of(calls, study.deliver)
    columns = columns_of(part.features, study)
    outputs = ("prediction",) if table.task == "regression" else ("label", "probabilities")
    taken = {column.name for column in columns}
    texts = texts_of(columns, len(distinct_texts(members)), members[0].configuration.prepare)
    taken |= {name for text in texts for name in text.names}
    is_refit = len(members) == 1 and study.deliver.model == "refit"
    return Schema(
        paribus=__version__,
        study=study.name,
        config_id=config_id,
        made_from=made_from(study, fingerprint, config_id),
        task=table.task,
        columns=columns,
        texts=texts,
        classes=table.classes,
        targets=table.outputs,
        outputs=tuple(_free(output, taken) for output in outputs),
        model="refit" if is_refit else "ensemble",
        members=len(members),
        calibration=name,
        threshold=threshold if table.task == "binary" else None,
        threshold_for=goal if table.task == "binary" else "",
        threshold_before=before and table.task == "binary",
        rows=part.n_rows,
        epochs=members[0].epochs if is_refit else None,
        settings=members[0].configuration.levels,
    )


def _free(name: str, taken: set[str]) -> str:
    """A name that no column has."""
    while name in taken:
        name += "_"
    return name


def columns_of(features: Features, study: Study) -> tuple[Column, ...]:
    """The raw columns in the order of their features, with what these rows hold."""
    found: dict[str, Column] = {}
    numbers = [feature.name for feature in features.number_features]
    codes = [feature.name for feature in features.category_features]
    for feature in features.columns:
        if feature.kind == "category":
            found[feature.column] = _category(feature, features, codes.index(feature.name))
        elif feature.kind == "text":
            found[feature.column] = _words(feature, features.texts)
        elif feature.kind == "image":
            found[feature.column] = _image(feature, features.images, study.data.size is not None)
        else:
            made = _number(feature, features, numbers.index(feature.name), study)
            earlier = found.get(feature.column)
            found[feature.column] = made if earlier is None or earlier.low is None else earlier
    return tuple(found.values())


def _category(feature: Feature, features: Features, place: int) -> Column:
    codes = features.codes(place)
    seen = np.unique(codes[codes >= 0])
    levels = tuple(feature.levels[code] for code in seen)
    return Column(name=feature.column, kind="text", levels=levels, missing=float((codes < 0).mean()))


def _words(feature: Feature, texts: Texts) -> Column:
    characters = texts.characters[texts.tokens.lengths > 0]
    low, high = (int(characters.min()), int(characters.max())) if len(characters) else (0, 0)
    missing = float((texts.tokens.lengths == 0).mean())
    return Column(name=feature.column, kind="words", low=low, high=high, missing=missing)


def _image(feature: Feature, images: Images, resized: bool) -> Column:
    height, width, _ = images.shape
    mean = images.sums.mean(axis=1) / (height * width)
    low, high = float(mean.min()) - _SLACK, float(mean.max()) + _SLACK
    return Column(name=feature.column, kind="image", shape=images.shape, resized=resized, low=low, high=high)


def distinct_texts(members: Sequence[Trained]) -> tuple[TextFeatures, ...]:
    """The members' representations of texts, each once: those of one fold share it."""
    found = {text_key(text): text for each in members if (text := each.preparation.text) is not None}
    return tuple(found.values())


def text_key(text: TextFeatures | None) -> Hashable:
    """Equal for representations that are one: of a pretrained network's tokenizer nothing is learned."""
    return text.asked if text is not None and text.asked.weight == "tokenizer" else id(text)


def texts_of(columns: Sequence[Column], number: int, prepare: Prepare) -> tuple[TextInput, ...]:
    """The inputs that stand for the column of words, of so many representations; none if they can't be."""
    if not is_delivered(prepare.representation):
        return ()
    taken = {column.name for column in columns}
    has_values = prepare.representation.weight not in ORDERED
    found = []
    for column in columns:
        for place in range(number if column.kind == "words" else 0):
            name = f"{column.name}.{place + 1}" if number > 1 else column.name
            places, values = _free(f"{name}.places", taken), _free(f"{name}.values", taken)
            found.append(TextInput(column=column.name, places=places, values=values if has_values else ""))
    return tuple(found)


def _number(feature: Feature, features: Features, place: int, study: Study) -> Column:
    values = features.numbers(place, place + 1)[:, 0]
    known = values[~np.isnan(values)]
    missing = float(np.isnan(values).mean())
    if feature.kind in ("boolean", "ordinal"):
        return Column(name=feature.column, kind="text", levels=feature.levels, closed=True, missing=missing)
    bounds: dict[str, Any] = {}
    if feature.kind == "date":
        bounds |= {"written": _written(study, feature.column), "day_first": feature.day_first}
        if feature.name.endswith(".days") and len(known):
            bounds |= {"low": np.floor(known.min()) * _DAY, "high": (np.floor(known.max()) + 1) * _DAY}
    elif len(known):
        offset = features.offsets[place]
        bounds = {
            "low": _beside(known.min() - offset, -np.inf) + offset,
            "high": _beside(known.max() - offset, np.inf) + offset,
        }
    kind: Any = "date" if feature.kind == "date" else "number"
    return Column(name=feature.column, kind=kind, missing=missing, **bounds)


def _beside(stored: float, towards: float) -> float:
    """The next 32-bit number: rows are kept in 32 bits, and what was read lies between the neighbours."""
    return float(np.nextafter(np.float32(stored), np.float32(towards))) if stored else 0.0


def _written(study: Study, column: str) -> str | None:
    told = study.data.columns.get(column)
    return str(told["date"]) if isinstance(told, dict) and "date" in told else None
