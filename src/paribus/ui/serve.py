"""The app on a port of this machine alone."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from paribus.errors import StudyError
from paribus.ui.app import make_app

HOST = "127.0.0.1"


def serve(roots: Sequence[Path], port: int, told: Callable[[str], None]) -> None:
    """Serve until it is interrupted; `told` is given the address with its token once.

    `port` 0 takes any free one. Raises `StudyError` where the port can't be had.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
            door.listen()
        except OSError as error:
            raise StudyError(
                f"--port {port}: can't be used on {HOST} ({error.strerror}): choose another, or 0 for any"
            ) from None
        port = door.getsockname()[1]
        token = secrets.token_urlsafe(24)
        app = make_app(roots, token, port)
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        told(f"http://{HOST}:{port}/?token={token}")
        uvicorn.Server(settings).run(sockets=[door])
