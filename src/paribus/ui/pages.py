"""Pages from their templates: whatever a user has named is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment

from paribus.report.bundle import bundle
from paribus.report.facts import Facts
from paribus.report.templating import environment
from paribus.store.tables import LAYERS, factor_columns

ROWS = 25
"""Rows of a leaderboard on a page."""
_OF_REPORT = {
    "report.css": ("templates", "style.css", "text/css"),
    "near.js": ("scripts", "near.js", "text/javascript"),
}
"""What the report's page has too: its folder, its name there, its type."""
_STATIC = {"ui.js": "text/javascript", "ui.css": "text/css"}


@dataclass(frozen=True)
class LeaderboardView:
    """The rows of a leaderboard that a page shows, and how it came to them."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    found: int
    of: int
    page: int
    pages: int
    find: str
    by: str
    down: bool


def leaderboard_view(facts: Facts, find: str, by: str, down: bool, page: int) -> LeaderboardView:
    """Of all configurations those in which every word of `find` stands, sorted by column `by`."""
    board, metrics = facts.board, facts.study.protocol.metrics
    varied = [
        path
        for path in factor_columns(facts.study)
        if path in board and path != LAYERS and board[path].nunique() > 1
    ]
    columns = ("rank", "config_id", *(f"val_{name}" for name in metrics), *varied, "n_parameters")
    shown = _matching(board, ["config_id", "stage", *varied], find)
    if by in columns:
        shown = shown.sort_values(by, ascending=not down, kind="stable", na_position="last")
    pages = max(1, -(-len(shown) // ROWS))
    page = min(max(1, page), pages)
    rows = shown.iloc[(page - 1) * ROWS : page * ROWS].to_dict("records")
    return LeaderboardView(
        columns=columns,
        rows=tuple({str(key): value for key, value in row.items()} for row in rows),
        found=len(shown),
        of=len(board),
        page=page,
        pages=pages,
        find=find,
        by=by if by in columns else "rank",
        down=down,
    )


def _matching(board: pd.DataFrame, columns: list[str], find: str) -> pd.DataFrame:
    texts = pd.Series("", index=board.index)
    for name in columns:
        short = name.rpartition(".")[2]
        texts += " " + short + "=" + board[name].astype(str).str.replace(" ", "").str.lower()
    for word in find.lower().split():
        board = board[texts.loc[board.index].str.contains(word, regex=False)]
    return board


def rendered(template: str, **values: Any) -> str:
    """A page."""
    return _templates().get_template(template).render(**values)


@cache
def _templates() -> Environment:
    names = ("score", "signed", "count", "duration", "level", "moment", "p_value")
    return environment("paribus.ui", names)


@cache
def static_file(name: str) -> tuple[str, str] | None:
    """A file of the app by its name, and its type; None for any other name."""
    if name == "vega.js":
        return bundle(), "text/javascript"
    if name in _OF_REPORT:
        folder, own, kind = _OF_REPORT[name]
        return (files("paribus.report") / folder / own).read_text(encoding="utf-8"), kind
    if name not in _STATIC:
        return None
    return (files("paribus.ui") / "static" / name).read_text(encoding="utf-8"), _STATIC[name]
