"""Predictions as they go, and what lay outside of what the model was trained on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from paribus.deliver.drift import Drift


@contextmanager
def progress_of(data: Path, quiet: bool) -> Iterator[Callable[[int, float], None]]:
    """What is told of rows done and of the share of the file: a bar in a terminal, else nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _rows, _share: None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[rows]} rows"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(data.name, total=1.0, rows="0")
        yield lambda rows, share: bars.update(task, completed=share, rows=f"{rows:,}")


def print_drift(drift: Drift, out: Path) -> None:
    """The columns with rows out of range, or with many more missing values than in training."""
    table = drift.table()
    for row in table.to_dict("records"):
        if row["outside"] > 0:
            named = f" ({row['unknown']})" if row["unknown"] else ""
            print(f"outside of training: {row['column']} in {row['outside']:.2%} of rows{named}")
        if row["missing"] > row["trained_missing"] + 0.05:
            print(
                f"missing: {row['column']} in {row['missing']:.1%} of rows, in training"
                f" {row['trained_missing']:.1%}"
            )
    print(f"predictions: {drift.rows:,} rows in {out.resolve()}")
