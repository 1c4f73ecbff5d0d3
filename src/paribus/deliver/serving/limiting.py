"""Around every request: its body kept short, its time counted. Plain ASGI, which costs the least."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from starlette.responses import JSONResponse

from paribus.deliver.serving.metrics import Metrics

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class _TooLongError(Exception):
    """A body is longer than is allowed."""


class Limiting:
    """An application whose requests are counted, and answered with 413 where their body is too long."""

    def __init__(self, app: Application, metrics: Metrics, most_bytes: int) -> None:
        self.app, self.metrics, self.most_bytes = app, metrics, most_bytes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Handle one request; what is no request is handed on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status, read = perf_counter(), 500, 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most_bytes:
                raise _TooLongError
            return message

        async def watched(message: Message) -> None:
            nonlocal status
            if read > self.most_bytes:  # whatever the application says of a body that was cut off
                raise _TooLongError
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            if _length(scope) > self.most_bytes:
                raise _TooLongError
            await self.app(scope, counted, watched)
        except _TooLongError:
            refused = JSONResponse({"detail": f"at most {self.most_bytes:,} bytes in a request"}, 413)
            read = 0
            await refused(scope, receive, watched)
        finally:
            self.metrics.add(status, perf_counter() - start)


def _length(scope: Message) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(told) if told.isdigit() else 0
