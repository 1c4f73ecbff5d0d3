"""`paribus serve`: a model as an HTTP service."""

from __future__ import annotations

import os
from contextlib import suppress
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
    """Serve a model: POST /predict, GET /model, /health, /metrics; without a token, a page at /docs."""
    from paribus.errors import StudyError

    if not all(map(find_spec, ("fastapi", "python_multipart", "uvicorn"))):
        raise StudyError("serving needs the extra serve: pip install 'paribus[serve]'")
    if token == "":
        raise StudyError(f"--token or {TOKEN} is empty: give a token, or none")
    import uvicorn

    from paribus.deliver.model import load
    from paribus.deliver.serving.app import LOCAL, Limits, make_app
    from paribus.deliver.serving.listening import listening

    threads = max(1, (os.cpu_count() or 2) - 1)
    hosts = LOCAL if host in LOCAL else ()
    app = make_app(load(model, threads=threads), Limits(rows=rows, seconds=seconds), token, hosts)
    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_keep_alive=30, limit_concurrency=2_000
    )
    with listening(host, port) as door, suppress(KeyboardInterrupt):
        page = "" if token else " (page: /docs)"
        print(f"serving {model} at http://{host}:{port}{page}; end with Ctrl-C", flush=True)
        uvicorn.Server(settings).run(sockets=[door])
