"""`paribus run`: run a study, or resume it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from paribus.cli.arguments import DataDir, Settings, Strict, StudyFile, TrustCode, Workers


def run(
    study: StudyFile,
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where everything is left. [default: runs/<study name>]"),
    ] = None,
    data_dir: DataDir = None,
    workers: Workers = None,
    device: Annotated[
        str,
        typer.Option(
            metavar="auto|cpu|cuda", help="Where networks are trained; auto: on a GPU where there is one."
        ),
    ] = "auto",
    mlflow: Annotated[
        str | None,
        typer.Option(
            "--mlflow", metavar="URI", help="An MLflow tracker to tell. [default: the study's [track] mlflow]"
        ),
    ] = None,
    settings: Settings = None,
    trust_code: TrustCode = False,
    strict: Strict = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Run a study, or resume it where it was interrupted. A finished study is not trained again."""
    from paribus.study.toml import read_study, told_in_file

    asked = read_study(study, settings or ())

    from paribus.cli.closing import print_closing  # after the study is read: a wrong one is told at once
    from paribus.cli.live import progress_for
    from paribus.run import run as run_study

    with told_in_file(study, settings or ()), progress_for(asked, quiet) as progress:
        results = run_study(
            asked,
            out,
            folder=study.parent,
            data_dir=data_dir,
            workers=workers,
            device=device,
            mlflow=mlflow,
            trust_code=trust_code,
            progress=progress,
        )
    found = print_closing(results, quiet)
    if "failed" in set(results.frame()["status"]):
        raise typer.Exit(5)
    if strict and found:
        raise typer.Exit(6)
