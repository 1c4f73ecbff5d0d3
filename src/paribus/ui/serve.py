"""The app on a port of this machine alone."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from paribus.deliver.serving.listening import listening
from paribus.ui.app import make_app

HOST = "127.0.0.1"


def serve(roots: Sequence[Path], port: int, told: Callable[[str], None]) -> None:
    """Serve until it is interrupted; `told` is given the address with its token once.

    `port` 0 takes any free one. Raises `StudyError` where the port can't be had.
    """
    with listening(HOST, port) as door:
        port = door.getsockname()[1]
        token = secrets.token_urlsafe(24)
        app = make_app(roots, token, port)
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        told(f"http://{HOST}:{port}/?token={token}")
        uvicorn.Server(settings).run(sockets=[door])
