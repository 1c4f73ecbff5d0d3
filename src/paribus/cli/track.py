"""`paribus track`: tell MLflow of a study what it doesn't know yet."""

from __future__ import annotations

from typing import Annotated

import typer

from paribus.cli.arguments import Folder


def track(
    folder: Folder,
    *,
    mlflow: Annotated[
        str | None,
        typer.Option("--mlflow", metavar="URI", help="The tracker. [default: the study's [track] mlflow]"),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", hidden=True)] = False,
) -> None:
    """Tell MLflow of the study in DIR whatever it wasn't told yet; nothing is told twice."""
    if follow:
        import sys

        from paribus.track.following import follow as follow_run

        follow_run(folder, mlflow, sys.stdin.buffer)
        return
    from paribus.track.sending import send

    sent = send(folder, mlflow)
    print(f"mlflow: {sent.runs:,} new runs in the experiment '{sent.experiment}' of {sent.address}")
