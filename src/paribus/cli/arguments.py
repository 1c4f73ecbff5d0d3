"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def at_least_one(given: str | int) -> int:
    """A whole number of 1 or more, from the command line; typer hands in a default as it is."""
    text = str(given)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise typer.BadParameter(f"must be a whole number of 1 or more, received '{text}'")
    return int(text)


StudyFile = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="DIR", help="Where relative data sources are looked for.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Put a value over the file's, as in train.epochs=5; again for more.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(parser=at_least_one, metavar="N", help="Worker processes. [default: all cores]"),
]
Strict = Annotated[bool, typer.Option("--strict", help="End with 6 if the audit finds something.")]
TrustCode = Annotated[
    bool,
    typer.Option("--trust-code", help="Run the code that the study names (network.module)."),
]
