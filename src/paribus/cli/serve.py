"""`paribus serve`: a model as an HTTP service."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Annotated

import typer

from paribus.cli.arguments import at_least_one
from paribus.cli.predict import ModelPath

TOKEN = "PARIBUS_TOKEN"


def serve(
    model: ModelPath,
    *,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port that is listened at.")] = 8000,
    host: Annotated[
        str, typer.Option(help="The address that is listened at; by default this machine's own alone.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(envvar=TOKEN, help="Ask for it: Authorization: Bearer TOKEN.", show_envvar=True),
    ] = None,
    rows: Annotated[
        int, typer.Option(parser=at_least_one, metavar="N", help="Rows of one request, at most.")
    ] = 1_000,
    seconds: Annotated[float, typer.Option(min=0.01, help="Until a request is given up.")] = 10.0,
) -> None:
    """Serve a model: POST /predict, GET /model, /health, /metrics; a page to try it at /docs."""
    from paribus.errors import StudyError

    if not (find_spec("fastapi") and find_spec("uvicorn")):
        raise StudyError("serving needs the extra serve: pip install 'paribus[serve]'")
    if token == "":
        raise StudyError(f"--token or {TOKEN} is empty: give a token, or none")
    import uvicorn

    from paribus.deliver.model import load
    from paribus.deliver.serving.app import Limits, make_app

    threads = max(1, (os.cpu_count() or 2) - 1)
    app = make_app(load(model, threads=threads), Limits(rows=rows, seconds=seconds), token)
    print(f"serving {model} at http://{host}:{port} (page: /docs); end with Ctrl-C", flush=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=30,
        limit_concurrency=2_000,
    )
