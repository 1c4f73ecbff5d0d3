"""`paribus options`: what a study can choose from."""

from __future__ import annotations

from typing import Annotated

import typer


def options(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="A family (optimizer, scaler, ...) or one option.")
    ] = None,
) -> None:
    """List every optimizer, loss, activation, scaler ... with its arguments and source."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from paribus.errors import StudyError, nearest
    from paribus.study.options import OPTIONS

    known = {option.family for option in OPTIONS} | {option.name for option in OPTIONS}
    if name is not None and name not in known:
        raise StudyError(f"'{name}' is no option and no family{nearest(name, known)} (see `paribus options`)")
    console = Console(highlight=False)
    for option in OPTIONS:
        if name in (None, option.family, option.name):
            console.print(f"[bold]{option.family} {option.name}[/bold]  {option.meaning}")
            for key, meaning in option.arguments:
                console.print(Padding(f"{key}: {meaning}", (0, 0, 0, 4)))
            if option.source:
                console.print(Padding(Text(f"source: {option.source}", style="dim"), (0, 0, 0, 4)))
