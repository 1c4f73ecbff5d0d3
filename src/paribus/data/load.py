"""From a study's `[data]` to a checked table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow as pa

from paribus.data.columns import listed
from paribus.data.feature_columns import read_features, read_images_alone
from paribus.data.images.cache import Progress
from paribus.data.images.usable import usable_rows
from paribus.data.marks import read_marks
from paribus.data.share import share_of
from paribus.data.sources.joined import join
from paribus.data.sources.read import read
from paribus.data.table import Table, Task
from paribus.data.target import read_target
from paribus.data.text.encoders import Encode
from paribus.data.weight import read_weight
from paribus.errors import StudyError
from paribus.study.options import METRICS
from paribus.study.spec import Data


def load(
    data: Data,
    *,
    folder: Path,
    data_dir: Path | None = None,
    frame: pd.DataFrame | None = None,
    metrics: Sequence[str] = (),
    encoders: Mapping[str, Encode] = MappingProxyType({}),
    seed: int = 42,
    progress: Progress | None = None,
) -> Table:
    """Read, check and code the rows of a study.

    A relative path is looked for in `folder` (the study file's), then in `data_dir`, then in the
    environment variable PARIBUS_DATA. With `frame`, the rows are its rows and the source is a label.
    `encoders`: what encodes texts whole, by prepare.represent. `seed` draws data.share; `progress` is told
    how many images of how many are decoded.
    Raises DataError for data that can't be used, StudyError for a metric that the task doesn't have.
    """
    rows, n_test = read(data.source, folder, data_dir, frame, data), 0
    if data.test:
        test = read(data.test, folder, data_dir, None, data)
        rows, n_test = join(rows, test), len(test)
    usable, n_rows = None, len(rows)
    if data.image:
        usable = usable_rows(rows, data, seed, n_test, progress)
        rows, places = usable.rows, usable.places
    else:
        places = share_of(rows, data, seed, n_test)
        rows = rows.take(places) if len(places) < n_rows else rows
    n_test = int((places >= n_rows - n_test).sum())
    target = read_target(rows, data)
    _check_metrics(metrics, target.task, data.targets)
    weight = read_weight(rows, data.weight)
    reading = read_features(rows, data, encoders) if usable is None else read_images_alone(rows, data, usable)
    marks = read_marks(rows, data, n_test)
    n_used = len(rows)
    del rows
    # Arrow keeps the memory that it has read with: half as much again as a large table takes
    pa.default_memory_pool().release_unused()
    return Table(
        reading.features,
        target.values,
        target.task,
        target.classes,
        data.targets,
        data.source,
        weight,
        reading.dropped,
        (*_told_share(data, n_used, n_rows), *reading.notes),
        marks,
        usable.found if usable else None,
    )


def _told_share(data: Data, n_used: int, n_rows: int) -> list[str]:
    if data.share == 1:
        return []
    of = f"of the groups of {data.group}" if data.group else "of the rows"
    return [f"{n_used:,} of {n_rows:,} rows are used: data.share = {data.share:g} {of}"]


def _check_metrics(metrics: Sequence[str], task: Task, targets: Sequence[str]) -> None:
    allowed = [name for name, (tasks, _, _) in METRICS.items() if task in tasks]
    for metric in metrics:
        if metric not in allowed:
            raise StudyError(
                f"metric '{metric}' can't judge a {task} task (target {listed(tuple(targets))}), allowed:"
                f" {', '.join(allowed)}."
                " Change protocol.metrics, or data.task if the task was meant to be another"
            )
