"""What the record says of the data: sizes, classes, parts. Never a row of them, but a few small images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from paribus.data.images.samples import samples
from paribus.data.marks import TEST
from paribus.data.profile import TableProfile, table_profile
from paribus.data.split import Fold, Split
from paribus.data.table import Table
from paribus.store.alike import names_alike
from paribus.store.record import Record, Truth
from paribus.study.spec import Study

SAMPLES = "samples"
"""The record's fact of a few images of each class: class to PNG files in base64."""


def profile(table: Table, parts: Split, columns: TableProfile | None = None) -> dict[str, Any]:
    """Sizes, classes, parts, folds and duplicates.

    `profile` is what each column holds, made here where `columns` isn't given; `parts` are the rows of the
    first fold's training part, all rows that judge in some fold, and the sealed ones; `folds` the sizes of
    every fold.
    """
    first = parts.folds[0]
    judged = np.concatenate([parts.folds[place].validation.rows for place in parts.compared])
    sizes = {"train": first.training.n_rows, "val": len(np.unique(judged))}
    if first.stopping is not None:
        sizes["stop"] = first.stopping.n_rows
    if parts.sealed is not None:
        sizes["test"] = parts.sealed.n_rows
    return {
        "source": table.source,
        "task": table.task,
        "classes": list(table.classes),
        "class_counts": table.class_counts,
        "n_rows": table.n_rows,
        "features": list(table.names),
        "duplicates": table.duplicates,
        "leaked_duplicates": parts.leaked_duplicates,
        "sealed_duplicates": parts.sealed_duplicates,
        "parts": sizes,
        "folds": [_sizes(fold) for fold in parts.folds],
        "n_groups": None if table.marks.groups is None else int(table.marks.groups.max()) + 1,
        "profile": asdict(columns or table_profile(table)),
        "names_alike": names_alike(table, parts),
        "test_is_given": table.marks.given is not None and bool((table.marks.given == TEST).any()),
    }


def _sizes(fold: Fold) -> dict[str, Any]:
    stop = fold.stopping.n_rows if fold.stopping else 0
    rows = {"train": fold.training.n_rows, "val": fold.validation.n_rows, "stop": stop}
    return {**rows, "repeat": fold.repeat, "outer": fold.outer, "judges": fold.judges}


def describe(record: Record, table: Table, parts: Split) -> None:
    """Write down the data's profile, a few images of each class, and the true targets of the validation
    rows.
    """
    record.put_facts(data=profile(table, parts))
    if table.features.has_images:
        first = parts.folds[0]  # the sealed part isn't looked at
        rows = np.concatenate([first.training.rows, first.validation.rows])
        record.put_facts(**{SAMPLES: samples(table, rows)})
    record.put_truths(
        "val",
        [
            Truth(place, fold.validation.rows, fold.validation.target)
            for place, fold in enumerate(parts.folds)
        ],
    )


def told_split(data: Mapping[str, Any], study: Study) -> str:
    """The parts in words: `training 34 to 35, validation 3 to 4 in each of 10 folds; test 34 sealed`."""
    inner = [fold for fold in data["folds"] if not fold["judges"]]
    outer = [fold for fold in data["folds"] if fold["judges"]]
    stop = f", stopping {_between(inner, 'stop')}" if inner[0]["stop"] else ""
    told = f"training {_between(inner, 'train')}{stop}, validation {_between(inner, 'val')}"
    if len(inner) > 1:
        repeats = len({fold["repeat"] for fold in inner})
        folds = f"{len(inner):,} folds" + (f" ({repeats} repeats)" if 1 < repeats < len(inner) else "")
        told += f" in each of {folds}"
    if outer:
        rows = _between(outer, "val")
        told = f"inner folds: {told}; {len(outer)} outer folds of {rows} rows judge what these choose"
    if data["n_groups"]:
        told += f"; {data['n_groups']:,} groups ({study.data.group}) kept whole"
    if study.protocol.folds.name == "time":
        order = f"the column {study.data.time}" if study.data.time else "their order in the data"
        told += f"; rows in time by {order}"
    if "test" not in data["parts"]:
        return f"{told}; no test part"
    given = f", given by {'data.test' if study.data.test else 'data.split'}" if data["test_is_given"] else ""
    return f"{told}; test {data['parts']['test']:,} sealed{given}"


def _between(folds: Sequence[Mapping[str, Any]], part: str) -> str:
    sizes = [fold[part] for fold in folds]
    return f"{min(sizes):,}" if min(sizes) == max(sizes) else f"{min(sizes):,} to {max(sizes):,}"
