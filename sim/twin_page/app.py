"""The addresses: the page's own files, the twin's status, and the door for records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sim.feeds.reading import lines
from sim.reporting.files import json_text
from sim.reporting.twin_page import style
from sim.studio.guard import Guard, TooLarge
from sim.twin.inbox import FullError, Inbox, OverError
from sim.twin_page.board import Board

ASSETS = Path(__file__).resolve().parent / "assets"
KEPT = ("/feed", "/status.json", "/parts.json")  # what needs the token
KINDS = ("application/x-ndjson", "application/json")
JSON = "application/json"


class Desk:
    """Answers for one twin; `inbox` is None where its records come from elsewhere."""

    def __init__(self, board: Board, inbox: Inbox | None, first_date: str) -> None:
        self.board, self.inbox, self.first_date = board, inbox, first_date

    def routes(self) -> list[Route]:
        """Return the addresses with what answers them."""
        return [
            Route("/", _page),
            Route("/assets/twin.css", _style),
            Route("/assets/twin.js", _script),
            Route("/status.json", self.status),
            Route("/parts.json", self.parts),
            Route("/feed", self.feed, methods=["POST"]),
        ]

    async def status(self, _request: Request) -> Response:
        """Return the latest moment as in status.json."""
        return Response(await run_in_threadpool(self.board.status), media_type=JSON)

    async def parts(self, request: Request) -> Response:
        """Return the page's parts, or nothing where the browser has them (`?have=N`)."""
        have = request.query_params.get("have", "0")
        found = await run_in_threadpool(self.board.parts, int(have) if have.isdecimal() and len(have) < 10 else 0)
        return Response(status_code=204) if found is None else Response(found, media_type=JSON)

    async def feed(self, request: Request) -> Response:
        """Take lines of JSON; say how many were used and how many set aside, and why."""
        if self.inbox is None:
            return PlainTextResponse("This twin's records come from elsewhere; start it with feed=http.", 409)
        texts = (await request.body()).decode("utf-8", "replace").splitlines()
        try:
            receipt = await run_in_threadpool(self._hand_in, self.inbox, texts)
        except OverError:
            return PlainTextResponse("The twin has ended.", 410)
        except FullError:
            return PlainTextResponse("The twin is behind: send this again later.", 503, {"Retry-After": "10"})
        return Response(json_text(receipt, indent=None), media_type=JSON)

    def _hand_in(self, inbox: Inbox, texts: list[str]) -> dict[str, Any]:
        return inbox.hand_in(lines(texts, self.first_date), is_patient=False)._asdict()


def build(port: int, token: str, desk: Desk) -> Guard:
    """Return the guarded application for a port; nothing listens yet."""
    handlers: Any = {TooLarge: _too_large, HTTPException: _plainly}
    app = Starlette(routes=desk.routes(), exception_handlers=handlers)
    return Guard(app, port, token, kept=KEPT, kinds=KINDS, command="galleria twin")


async def _page(_request: Request) -> Response:
    return Response((ASSETS / "index.html").read_bytes(), media_type="text/html; charset=utf-8")


async def _style(_request: Request) -> Response:
    return Response(style(), media_type="text/css; charset=utf-8")


async def _script(_request: Request) -> Response:
    return Response((ASSETS / "twin.js").read_bytes(), media_type="text/javascript; charset=utf-8")


async def _too_large(_request: Request, _mistake: Exception) -> Response:
    return PlainTextResponse("That is more than is read at once: send fewer lines.", 413)


async def _plainly(_request: Request, trouble: Exception) -> Response:
    status = getattr(trouble, "status_code", 500)
    return PlainTextResponse("There is nothing here." if status == 404 else f"Refused ({status}).", status)
