"""Who may look: whoever has the token, from a browser on this machine, at this address."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

LOCAL = ("127.0.0.1", "localhost", "[::1]")
USUAL_PORT = 80
"""The port that a browser leaves out of the Host header."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';"
    " style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""A report draws itself by scripts of its own: shut in, it reaches neither the app nor a network."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Next = Callable[[Request], Awaitable[Response]]


class Guard:
    """A middleware: the Host header (against DNS rebinding), then the token, then safe headers."""

    def __init__(self, token: str, port: int) -> None:
        self.token, self.cookie = token, f"paribus-{port}"
        self.hosts = {f"{name}:{port}" for name in LOCAL}
        if port == USUAL_PORT:
            self.hosts |= set(LOCAL)

    async def __call__(self, request: Request, go_on: Next) -> Response:
        """Refuse, or answer."""
        response = await self._answer(request, go_on)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    async def _answer(self, request: Request, go_on: Next) -> Response:
        if request.headers.get("host", "") not in self.hosts:
            return PlainTextResponse("This app answers on this machine alone.", status_code=400)
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("This app shows and changes nothing.", status_code=405)
        given = request.query_params.get("token", "")
        if given and self._is_right(given):
            response: Response = RedirectResponse(request.url.path, status_code=303)
            response.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
            return response
        if not self._is_right(request.cookies.get(self.cookie, "")):
            told = "Open the address that `paribus ui` printed: it holds the token that lets you in."
            return PlainTextResponse(told, status_code=403)
        return await go_on(request)

    def _is_right(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.token.encode())
