"""The chosen configuration's scores by subgroup, kept as a fact of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Features
from paribus.data.table import Table
from paribus.report.replicates import sealed_predictions
from paribus.stats.held_out import HeldOut
from paribus.stats.subgroups import Group, levels_in, subgroups
from paribus.store.record import Record
from paribus.study.spec import Study

FACT = "subgroups"
"""The record's fact: `config_id`, `part` (test where that was opened for it, else val), `groups`."""
Judged = tuple[str, tuple[Group, ...]]
"""The part that groups were judged on, val or test, and the groups."""
METRICS = 2
"""The first so many of the study's metrics that have an interval without resampling."""
CLOSED = {"binary": ("accuracy", "recall", "precision", "f1", "roc_auc"), "multiclass": ("accuracy",)}
SUMMED = ("rmse", "mae", "mse")
"""Of numbers: one of them, by resampled sums."""
RESAMPLED = 60_000
"""Rows times groups that are resampled at most: some seconds."""


def judged_groups(record: Record, study: Study, config_id: str, table: Table) -> Judged:
    """As the record has it, or computed and kept there."""
    known = record.fact(FACT)
    if known and known["config_id"] == config_id:
        return known["part"], tuple(Group(**each) for each in known["groups"])
    part, groups = _judged(record, study, config_id, table)
    told = {"config_id": config_id, "part": part, "groups": [asdict(group) for group in groups]}
    record.put_facts(**{FACT: told})
    return part, groups


def _judged(record: Record, study: Study, config_id: str, table: Table) -> Judged:
    held_out = HeldOut(record, study.protocol.is_pooled)
    predictions = sealed_predictions(record, config_id)
    if predictions is not None:
        (sealed,) = record.truths("test").values()
        part, rows, truth = "test", sealed.rows, sealed.truth
    else:
        predictions = held_out.pooled(config_id)
        part, rows, truth = "val", held_out.rows, held_out.truth
    if predictions is None or truth.ndim > 1 or held_out.kind == "multilabel":
        return part, ()
    mean = predictions.mean(axis=0, dtype=np.float64).astype(np.float32)[None]
    columns = levels_of(table.features[rows])
    if held_out.kind == "regression":
        columns = _few(columns, RESAMPLED // len(rows))
    metrics = metrics_of(held_out.kind, study.protocol.metrics)
    return part, subgroups(held_out.kind, metrics, truth, mean, columns)


def metrics_of(kind: str, asked: Sequence[str]) -> tuple[str, ...]:
    """The metrics that groups are told of: quick ones, for many groups are looked at."""
    if kind == "regression":
        return (next((name for name in asked if name in SUMMED), SUMMED[0]),)
    return tuple(name for name in asked if name in CLOSED[kind])[:METRICS] or ("accuracy",)


def _few(columns: dict[str, NDArray[np.object_]], most: int) -> dict[str, NDArray[np.object_]]:
    """The first columns, with so many levels together."""
    counts = np.cumsum([len(levels_in(values)) for values in columns.values()])
    return {name: columns[name] for name, count in zip(columns, counts, strict=True) if count <= most}


def levels_of(features: Features) -> dict[str, NDArray[np.object_]]:
    """The level of each row in each column of categories, ordered levels, or yes and no; empty if missing."""
    found: dict[str, NDArray[Any]] = {}
    for place, feature in enumerate(features.category_features):
        found[feature.column] = np.array([*feature.levels, ""], dtype=object)[features.codes(place)]
    for place, feature in enumerate(features.number_features):
        if feature.kind in ("boolean", "ordinal"):
            values = features.numbers(place, place + 1)[:, 0]
            places = np.where(np.isnan(values), len(feature.levels), values).astype(np.int64)
            found[feature.column] = np.array([*feature.levels, ""], dtype=object)[places]
    return found
