"""`paribus track`: tell a tracker of a study what it doesn't know yet."""

from __future__ import annotations

from pathlib import Path
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
    tensorboard: Annotated[
        Path | None,
        typer.Option("--tensorboard", metavar="OUT", help="Write TensorBoard's files there instead."),
    ] = None,
    wandb: Annotated[
        Path | None,
        typer.Option("--wandb", metavar="OUT", help="Write Weights & Biases' offline files there instead."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", hidden=True)] = False,
) -> None:
    """Tell MLflow of the study in DIR, or write TensorBoard's or Weights & Biases' files of it: what wasn't
    told yet, once.
    """
    if follow:
        import sys

        from paribus.track.following import follow as follow_run

        follow_run(folder, mlflow, sys.stdin.buffer)
        return
    if tensorboard is not None:
        from paribus.track.tensorboard import mirror

        print(f"tensorboard: {mirror(folder, tensorboard):,} new runs in {tensorboard.resolve()}")
        return
    if wandb is not None:
        from paribus.track.wandb_files import write_offline

        print(f"wandb: {write_offline(folder, wandb):,} new runs in {wandb.resolve()}")
        return
    from paribus.track.sending import send

    sent = send(folder, mlflow)
    print(f"mlflow: {sent.runs:,} new runs in the experiment '{sent.experiment}' of {sent.address}")
