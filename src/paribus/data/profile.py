"""A table's profile: what each column holds, how the target is spread, what looks suspicious."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.column_profile import ColumnProfile
from paribus.data.features import Feature
from paribus.data.images.profile import of_images
from paribus.data.suspicion import suspicion
from paribus.data.table import Table
from paribus.data.text.texts import Texts

COMMONEST = 3
"""Levels of a category that a profile names."""


@dataclass(frozen=True)
class TargetProfile:
    """One target: the rows of each class, or of label 1, or quartiles from the least to the largest."""

    name: str
    counts: tuple[tuple[str, int], ...] = ()
    quartiles: tuple[float, ...] = ()


@dataclass(frozen=True)
class TableProfile:
    """All that a table's owner should see before it is learned from.

    `dropped`: columns with the reason; `suspicious`: features with the reason; `notes`: how cells were read;
    `duplicates`: rows whose features all equal those of an earlier row.
    """

    columns: tuple[ColumnProfile, ...]
    targets: tuple[TargetProfile, ...]
    dropped: tuple[tuple[str, str], ...]
    suspicious: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    positive: str | None = None
    duplicates: int = 0


def table_profile(table: Table) -> TableProfile:
    """The profile of all rows. Nothing of it is used to prepare or to train."""
    columns, suspicious = [], []
    seen: dict[bytes, str] = {}
    number = category = 0
    for feature in table.columns:
        if feature.kind == "text":
            columns.append(_of_texts(feature, table.features.texts))
            continue
        if feature.kind == "image":
            columns.append(of_images(feature, table))
            continue
        if feature.is_number:
            values: NDArray[Any] = table.features.numbers(number, number + 1)[:, 0]
            number += 1
            columns.append(_of_numbers(feature, values))
        else:
            values = table.features.codes(category)
            category += 1
            columns.append(_of_levels(feature, values))
        twin = seen.setdefault(blake2b(values.tobytes(), digest_size=16).digest(), feature.name)
        if reason := suspicion(table, columns[-1], values, twin):
            suspicious.append((feature.name, reason))
    return TableProfile(
        tuple(columns),
        _targets(table),
        tuple((each.name, each.reason) for each in table.dropped),
        tuple(suspicious),
        table.notes,
        table.classes[1] if table.task == "binary" else None,
        table.duplicates,
    )


def _of_numbers(feature: Feature, values: NDArray[np.float64]) -> ColumnProfile:
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
    missing = len(values) - len(known)
    return ColumnProfile(feature.name, feature.kind, len(values), missing, len(np.unique(known)), low, high)


def _of_levels(feature: Feature, codes: NDArray[np.int32]) -> ColumnProfile:
    known = codes[codes >= 0]
    counts = np.bincount(known, minlength=len(feature.levels))
    order = np.argsort(-counts, kind="stable")[:COMMONEST]
    commonest = tuple((feature.levels[code], int(counts[code])) for code in order if counts[code])
    missing = len(codes) - len(known)
    distinct = int((counts > 0).sum())
    return ColumnProfile(feature.name, feature.kind, len(codes), missing, distinct, commonest=commonest)


def _of_texts(feature: Feature, texts: Texts) -> ColumnProfile:
    tokens = texts.tokens
    counts = np.bincount(tokens.codes, minlength=len(tokens.words))
    commonest = np.argsort(-counts, kind="stable")[:COMMONEST]
    return ColumnProfile(
        *(feature.name, feature.kind, len(texts), int((tokens.lengths == 0).sum())),
        distinct=len(np.unique(texts.keys)),
        commonest=tuple((tokens.words[code], int(counts[code])) for code in commonest),
        words=_quartiles(tokens.lengths),
        characters=_quartiles(texts.characters),
        vocabulary=len(tokens.words),
    )


def _quartiles(values: NDArray[Any]) -> tuple[float, ...]:
    return tuple(map(float, np.quantile(values, (0, 0.25, 0.5, 0.75, 1))))


def _targets(table: Table) -> tuple[TargetProfile, ...]:
    if table.task == "regression":
        columns = table.target.reshape(table.n_rows, -1).T
        return tuple(
            TargetProfile(name, quartiles=_quartiles(values))
            for name, values in zip(table.outputs, columns, strict=True)
        )
    if table.task == "multilabel":
        return tuple(
            TargetProfile(name, (("1", count), ("0", table.n_rows - count)))
            for name, count in table.class_counts.items()
        )
    return (TargetProfile(table.outputs[0], tuple(table.class_counts.items())),)
