"""`paribus show`: the leaderboard of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from paribus.cli.arguments import Folder, at_least_one


def show(
    folder: Folder,
    rows: Annotated[
        int, typer.Option("--rows", "-n", parser=at_least_one, metavar="N", help="Rows to show.")
    ] = 20,
) -> None:
    """Show the leaderboard of a run."""
    from rich.console import Console

    from paribus.cli.board import board_table
    from paribus.results import Results

    results = Results(folder)
    board = results.leaderboard()
    console = Console(highlight=False)
    console.print(board_table(board, results.study, rows, console.width))
    console.print(f"{min(rows, len(board)):,} of {len(board):,} configurations, ranked on validation")
