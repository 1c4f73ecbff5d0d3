"""Leaderboards in a terminal."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from paribus.report.formats import count, score
from paribus.store.tables import LAYERS, factor_columns
from paribus.study.spec import Study

OTHERS = 60
"""Characters of a line for rank, parameters, config_id and legible levels; metrics share the rest."""


def board_table(board: pd.DataFrame, study: Study, rows: int, width: int) -> Table:
    """The first `rows` of a leaderboard for a terminal `width` columns wide: validation scores,
    and the levels of what varies.
    """
    named = study.protocol.metrics
    widths = accumulate(len(metric) + 2 for metric in named)
    metrics = named[: max(1, sum(used <= width - OTHERS for used in widths))]
    factors = [path for path in factor_columns(study) if path != LAYERS and board[path].nunique() > 1]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rank", *metrics, "parameters"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("config_id", no_wrap=True)
    table.add_column("levels", overflow="fold")
    for row in board.head(rows).to_dict("records"):
        table.add_row(
            str(row["rank"]),
            *(score(row[f"val_{metric}"]) for metric in metrics),
            count(row["n_parameters"]),
            row["config_id"],
            Text(", ".join(f"{path.rpartition('.')[2]} {cell(row[path])}" for path in factors)),
        )
    return table


def cell(level: Any) -> str:
    """A level as a person writes it."""
    if isinstance(level, str) and level.startswith("["):
        return "-".join(str(unit) for unit in json.loads(level)) or "none"
    return f"{level:g}" if isinstance(level, float) else str(level)
