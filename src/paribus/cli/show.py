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
    from paribus.store.record import Record
    from paribus.store.recorded import read_record
    from paribus.store.tables import read_leaderboard

    with Record.at(folder) as record:
        study = read_record(record)
    board = read_leaderboard(folder)
    console = Console(highlight=False)
    console.print(board_table(board, study, rows, console.width))
    console.print(f"{min(rows, len(board)):,} of {len(board):,} configurations, ranked on validation")
