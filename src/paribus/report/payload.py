"""What the page's scripts read: the configurations and the figures, each once and small."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from paribus.report.facts import Facts
from paribus.report.figures import Figure
from paribus.report.figures.theme import CONFIG, DARK

SHOWN = 10_000
"""Configurations of the leaderboard that the page holds."""
_SCORES, _COUNTS = ("val_", "train_"), ("rank", "n_parameters", "n_trials", "n_done")
_TITLES = {
    **{"config_id": "configuration", "n_parameters": "parameters", "n_trials": "trials", "n_done": "done"},
    **{"train_seconds": "training time"},
}
_HIDDEN = ("stage", "n_trials", "n_done", "train_seconds")
"""Columns that the reader must ask for."""


def embedded(value: Any) -> Markup:
    """JSON that can stand in a script element: no text of a user can end it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def configurations(facts: Facts) -> dict[str, Any]:
    """The first rows of the leaderboard by column, its numbers as the page writes them."""
    board = facts.board.head(SHOWN)
    columns = {}
    for name in board.columns:
        values = [_plain(value) for value in board[name].tolist()]
        scored = name.startswith(_SCORES) or name == "train_seconds"
        columns[name] = _column([_rounded(value) for value in values] if scored else values)
    return {"length": len(board), "columns": columns}


def leaderboard_columns(facts: Facts, varied: Sequence[str]) -> list[dict[str, Any]]:
    """How the leaderboard shows each column; the first of them where there is little room."""
    metrics = facts.study.protocol.metrics
    first = ["rank", "config_id", f"val_{metrics[0]}", *varied, *(f"val_{name}" for name in metrics[1:])]
    board = facts.board.head(SHOWN)
    names = [*first, *(name for name in board.columns if name not in first)]
    shown = {*first, "n_parameters"}
    return [_described(board, name, title, name in shown) for name, title in _titles(names).items()]


def figure_data(figures: Iterable[Figure]) -> dict[str, Any]:
    """Every figure's specification and rows, and the look on white and on dark paper."""
    return {
        "config": CONFIG,
        "dark": DARK,
        "figures": {
            figure.name: {
                "spec": figure.specification,
                "rows": _table(figure.rows),
                "shared": '"configurations"' in json.dumps(figure.specification),
            }
            for figure in figures
        },
    }


def _titles(names: Sequence[str]) -> dict[str, str]:
    """What stands over each column: of a dotted path the last word, where no other column has it."""
    last = Counter(name.rpartition(".")[2] for name in names)
    return {
        name: _TITLES.get(name) or (word if last[word] == 1 else name).removeprefix("val_")
        for name in names
        for word in [name.rpartition(".")[2]]
    }


def _described(board: pd.DataFrame, name: str, title: str, shown: bool) -> dict[str, Any]:
    scored = name.startswith(_SCORES)
    kind = "score" if scored else "count" if name in _COUNTS else "text"
    kind = "seconds" if name == "train_seconds" else kind
    longest = max((len(str(value)) for value in board[name].head(500)), default=0) if kind == "text" else 6
    return {
        "name": name,
        "title": title,
        "kind": kind,
        "shown": shown and name not in _HIDDEN,
        "width": 24 + 7 * min(max(len(title), longest), 28),
        "largest_first": scored,
    }


def _table(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows by column; what a row lacks is null."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _column([_short(row.get(name)) for row in rows]) for name in names}
    return {"length": len(rows), "columns": columns}


def _column(values: list[Any]) -> Any:
    """The values, or the few words that they repeat and each one's place among them, -1 for none."""
    words = {value: None for value in values if isinstance(value, str)}
    if not words or 2 * len(words) > len(values) or any(isinstance(v, int | float) for v in values):
        return values
    places = {word: place for place, word in enumerate(words)}
    return {"words": list(words), "places": [-1 if value is None else places[value] for value in values]}


def _plain(value: Any) -> Any:
    if pd.isna(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _rounded(value: float | None) -> float | None:
    """As `formats.score` writes it: rounding it again changes nothing."""
    if value is None or value == 0:
        return value
    if 0 < abs(value) < 0.0005 or abs(value) >= 1e9:
        return float(f"{value:.2e}")
    return round(value, 1 if abs(value) >= 1000 else 3)


def _short(value: Any) -> Any:
    """Six digits are more than a pixel."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
