"""From a study's `[data]` to a checked table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from paribus.data.features import read_features
from paribus.data.sources import read
from paribus.data.table import Table, Task
from paribus.data.target import read_target
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
) -> Table:
    """Read, check and code the rows of a study.

    A relative path is looked for in `folder` (the study file's), then in `data_dir`, then in the
    environment variable PARIBUS_DATA. With `frame`, the rows are its rows and the source is a label.
    Raises DataError for data that can't be used, StudyError for a metric that the task doesn't have.
    """
    rows = read(data.source, folder, data_dir, frame)
    target = read_target(rows, data)
    _check_metrics(metrics, target.task, data.target)
    names, features = read_features(rows, data)
    return Table(features, names, target.values, target.task, target.classes, data.source)


def _check_metrics(metrics: Sequence[str], task: Task, target: str) -> None:
    allowed = [name for name, (tasks, _, _) in METRICS.items() if task in tasks]
    for metric in metrics:
        if metric not in allowed:
            raise StudyError(
                f"metric '{metric}' can't judge a {task} task (target '{target}'), allowed:"
                f" {', '.join(allowed)}."
                " Change protocol.metrics, or data.task if the task was meant to be another"
            )
