"""Refuses what does not come from a server's own page or bearer: host, origin, token, kind and size of what is sent; before any routing."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES_MAX = 2_000_000
METHODS = ("GET", "HEAD", "POST")
# The page's own files and nothing else; what the server sends as data is never run.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Guard:
    """An ASGI layer around the application; knows the one address it is served at, and the token.

    Paths that begin with one of `kept` need the token; what is sent must be of a kind in `kinds`. `command` printed the token.
    """

    app: ASGIApp
    port: int
    token: str = field(repr=False)
    kept: tuple[str, ...] = ("/api",)
    kinds: tuple[str, ...] = ("application/json",)
    command: str = "galleria studio"

    @property
    def hosts(self) -> tuple[str, str]:
        """The values of Host that are ours."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what passes; answer everything else here."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # a websocket that nobody accepts is closed
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, _safely(send))
            return
        await self.app(scope, _limited(receive), _safely(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return PlainTextResponse("This server answers to 127.0.0.1 and localhost only.", 421)
        origins = headers.getlist("origin")
        if any(origin.lower() not in self._origins() for origin in origins):
            return PlainTextResponse("This server answers to its own page only.", 403)
        if scope["method"] not in METHODS:
            return PlainTextResponse("Only GET, HEAD and POST are understood.", 405)
        if str(scope["path"]).startswith(self.kept):
            return self._refused_call(scope, headers)
        return None

    def _origins(self) -> Iterable[str]:
        return (f"http://{host}" for host in self.hosts)

    def _refused_call(self, scope: Scope, headers: Headers) -> Response | None:
        given = headers.get("authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.token}".encode()):
            return PlainTextResponse(
                f"Open the address that `{self.command}` printed: it carries the token of this session.", 401
            )
        if scope["method"] != "POST":
            return None
        length = headers.get("content-length", "0")
        if length == "0" and "transfer-encoding" not in headers:
            return None
        if headers.get("content-type", "").partition(";")[0].strip().lower() not in self.kinds:
            return PlainTextResponse(f"Send {' or '.join(self.kinds)}.", 415)
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            return PlainTextResponse(f"At most {BODY_BYTES_MAX} bytes are read.", 413)
        return None


class TooLarge(Exception):
    """More was sent than is read."""


def _limited(receive: Receive) -> Receive:
    """Read no more than allowed, whatever a request says of its length."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_BYTES_MAX:
            raise TooLarge
        return message

    return limited


def _safely(send: Send) -> Send:
    """Add to every answer what keeps a browser from doing more with it than is meant."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: Any = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        await send(message)

    return sent
