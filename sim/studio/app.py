"""The server's addresses: the page's own files, the calls that it makes, and the results of finished jobs."""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from sim.errors import GalleriaError, Problem
from sim.reporting.files import json_text
from sim.studio import catalogue, checks, coverage, drafts, plans, results, scenarios
from sim.studio.guard import Guard, TooLarge
from sim.studio.jobs import Jobs
from sim.studio.scenarios import Saved

ASSETS = Path(__file__).resolve().parent / "assets"
KINDS = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json", ".csv": "text/csv; charset=utf-8",
}  # fmt: skip


class Studio:
    """The calls of one session, with its jobs and the drafts that it has saved."""

    def __init__(self, port: int, tell: Callable[[str], None]) -> None:
        self.jobs, self.saved, self.tell = Jobs(), Saved(), tell
        self.cookie = (
            f"galleria_results_{port}"  # a browser has one jar for all ports of a machine, and two sessions may be open
        )
        self.key = base64.urlsafe_b64encode(os.urandom(32)).decode()  # opens results, and nothing else

    @asynccontextmanager
    async def life(self, _app: Starlette) -> AsyncIterator[None]:
        """Stop what still runs when the server ends, and say where it is."""
        try:
            yield
        finally:
            for job in await self.jobs.begin_to_close():
                self.tell(f"Stopped: {job.facts()['command']}")
            finished = [job for job in self.jobs.jobs.values() if job.state == "done"]
            if finished:
                self.tell("Results: " + ", ".join(str(job.folder) for job in finished))

    def routes(self) -> list[Route]:
        """Return the addresses with what answers them."""
        return [
            Route("/", _index),
            Route("/assets/{name}", _asset),
            Route("/api/start", _start),
            Route("/api/scenario/{name}", _named(catalogue.scenario_of)),
            Route("/api/plan/{name}", _named(plans.plan_of)),
            Route("/api/coverage", _posted(coverage.coverage), methods=["POST"]),
            Route("/api/check", _posted(_check), methods=["POST"]),
            Route("/api/save", _posted(self.save), methods=["POST"]),
            Route("/api/run", self.run, methods=["POST"]),
            Route("/api/compare", self.compare, methods=["POST"]),
            Route("/api/jobs", self.list),
            Route("/api/jobs/{job}/stream", self.stream),
            Route("/api/jobs/{job}/stop", self.stop, methods=["POST"]),
            Route("/api/jobs/{job}/open", self.open, methods=["POST"]),
            Route("/results/{job}/{file:path}", self.result),
        ]

    def save(self, body: dict[str, Any]) -> dict[str, str]:
        """Write a scenario."""
        draft = drafts.read_draft(body.get("draft"))
        return self.saved.save(body.get("name"), body.get("question"), draft, body.get("overwrite") is True)

    async def run(self, request: Request) -> Response:
        """Begin a run."""
        body = await body_of(request)
        _, source = await run_in_threadpool(self._source, body)
        folder = await run_in_threadpool(scenarios.new_folder)
        words = scenarios.run_words(source, body.get("replay"), folder)
        return json_response({"job": str(self.jobs.begin("run", words, folder).number)})

    async def compare(self, request: Request) -> Response:
        """Begin a comparison of a draft with its base."""
        body = await body_of(request)
        draft, source = await run_in_threadpool(self._source, body)
        scenarios.compare_words(draft, source, body.get("replications"), Path())  # refuses before a folder is made
        folder = await run_in_threadpool(scenarios.new_folder)
        words = scenarios.compare_words(draft, source, body.get("replications"), folder)
        return json_response({"job": str(self.jobs.begin("compare", words, folder).number)})

    def _source(self, body: dict[str, Any]) -> tuple[drafts.Draft, str]:
        draft = drafts.read_draft(body.get("draft"))
        return draft, self.saved.source_of(draft)

    async def list(self, _request: Request) -> Response:
        """Return all jobs, the newest first."""
        return json_response([job.facts() for job in reversed(self.jobs.jobs.values())])

    async def stream(self, request: Request) -> Response:
        """Tell a job as it goes on."""
        job = self.jobs.job(request.path_params["job"])

        async def lines() -> AsyncIterator[str]:
            async for line in job.listen():
                yield json_text(line, indent=None)

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def stop(self, request: Request) -> Response:
        """Stop a job."""
        job = self.jobs.job(request.path_params["job"])
        await self.jobs.stop(job)
        return json_response(job.facts())

    async def open(self, request: Request) -> Response:
        """Let the browser open a job's results in tabs, which carry no token, by a cookie that is good for results only."""
        job = self.jobs.job(request.path_params["job"])
        results.refuse_unfinished(job)
        response = json_response(job.facts())
        response.set_cookie(self.cookie, self.key, path="/results", httponly=True, samesite="lax")
        return response

    async def result(self, request: Request) -> Response:
        """Return a file of a finished job."""
        given = request.cookies.get(self.cookie, "")
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            raise HTTPException(403)
        job = self.jobs.find(request.path_params["job"])
        path = None if job is None else await run_in_threadpool(results.result_file, job, request.path_params["file"])
        if path is None:
            raise HTTPException(404)
        headers = {"Content-Security-Policy": results.RESULT_POLICY}
        return FileResponse(path, media_type=KINDS[path.suffix], headers=headers)


def build(port: int, token: str, tell: Callable[[str], None]) -> tuple[Guard, Studio]:
    """Return the guarded application for a port, and the session behind it; nothing listens yet. `tell` gets what it ends with."""
    studio = Studio(port, tell)
    handlers: Any = {GalleriaError: _refused, TooLarge: _too_large, HTTPException: _plainly}
    return Guard(Starlette(routes=studio.routes(), exception_handlers=handlers, lifespan=studio.life), port, token), studio


def _check(body: dict[str, Any]) -> dict[str, Any]:
    return checks.checked(drafts.read_draft(body))


async def _index(_request: Request) -> Response:
    return _file(ASSETS / "index.html")


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    known = {
        path.name: path for path in ASSETS.glob("*.*") if path.suffix in KINDS and path.is_file() and not path.is_symlink()
    }
    if name not in known:
        raise HTTPException(404)
    return _file(known[name])


def _file(path: Path) -> Response:
    if not path.is_file():
        raise HTTPException(404)
    return Response(path.read_bytes(), media_type=KINDS[path.suffix])


Endpoint = Callable[[Request], Awaitable[Response]]


async def _start(request: Request) -> Response:
    language = request.query_params.get("language", "")
    return json_response(await run_in_threadpool(partial(catalogue.start, language)))


def _named(work: Callable[[str], Any]) -> Endpoint:
    """Answer a call with what a function of the name at the address's end returns, worked out beside the event loop."""

    async def endpoint(request: Request) -> Response:
        return json_response(await run_in_threadpool(partial(work, request.path_params["name"])))

    return endpoint


def _posted(work: Callable[[dict[str, Any]], Any]) -> Endpoint:
    """The same of a function of what was sent."""

    async def endpoint(request: Request) -> Response:
        return json_response(await run_in_threadpool(partial(work, await body_of(request))))

    return endpoint


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that was sent; raises GalleriaError where it is none."""
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError) as trouble:
        raise GalleriaError.of("the page", [Problem("body", "", f"must be JSON: {trouble}", "send an object")]) from None
    if not isinstance(found, dict):
        raise GalleriaError.of("the page", [Problem("body", type(found).__name__, "must be an object", "send an object")])
    return found


def json_response(value: Any, status: int = 200) -> Response:
    """Return JSON without NaN."""
    return Response(json_text(value, indent=None), status, media_type="application/json")


async def _refused(_request: Request, mistake: Exception) -> Response:
    problems = getattr(mistake, "problems", ()) or (Problem("", "", str(mistake), "change it and try again"),)
    status = 409 if isinstance(mistake, scenarios.NameTakenError) else 400
    return json_response({"problems": [asdict(problem) for problem in problems]}, status)


async def _too_large(_request: Request, _mistake: Exception) -> Response:
    return PlainTextResponse("That is more than is read.", 413)


async def _plainly(_request: Request, trouble: Exception) -> Response:
    status = getattr(trouble, "status_code", 500)
    return PlainTextResponse("There is nothing here." if status == 404 else f"Refused ({status}).", status)
