"""A port taken before anything is said of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from paribus.errors import StudyError


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens at `port` (0: any free one) of `host`. Raises `StudyError` where it can't."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = socket.socket(family, kind)
    except OSError as error:
        raise StudyError(f"--host {host}: is no address of this machine ({error.strerror})") from None
    with door:
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
            door.listen()
        except OSError as error:
            raise StudyError(
                f"--port {port}: can't be used on {host} ({error.strerror}): choose another"
            ) from None
        yield door
