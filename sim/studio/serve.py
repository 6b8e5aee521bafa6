"""Serves the planner's page to this machine until somebody stops it."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from types import FrameType

import uvicorn

from sim.errors import GalleriaError, Problem
from sim.studio.app import Studio, build

HOST = "127.0.0.1"
TOKEN_BYTES = 32
GRACE_S = 12  # longer than a run takes to stop


class Server(uvicorn.Server):
    """Stops what runs as soon as it is told to end, so that pages which follow a run hear of its end and let go."""

    def __init__(self, config: uvicorn.Config, studio: Studio) -> None:
        super().__init__(config)
        self.studio = studio

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End as any server does, the runs first."""
        super().handle_exit(sig, frame)
        with suppress(RuntimeError):  # before it has begun, or after it is over, nothing runs
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(self.studio.jobs.begin_to_close)


def new_token() -> str:
    """Return a token that nobody can guess, as an address can hold it."""
    return base64.urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode().rstrip("=")


def listen(port: int, command: str = "galleria studio") -> socket.socket:
    """Return a socket of this machine that listens on a port, any free one where it is 0; raises GalleriaError where it is taken."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((HOST, port))
        opened.listen(128)
    except OSError as trouble:
        opened.close()
        rule = f"cannot be listened on: {trouble.strerror}"
        raise GalleriaError.of(
            command, [Problem("--port", str(port), rule, "name another, or none for a free one")]
        ) from trouble
    return opened


def serve(port: int, announce: Callable[[str], None], tell: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the address, token included, once connections are taken, `tell` what it ends with."""
    token = new_token()
    with closing(listen(port)) as opened:
        number = opened.getsockname()[1]
        app, studio = build(number, token, tell)
        config = uvicorn.Config(
            app, log_level="error", access_log=False, server_header=False, lifespan="on", http="h11", ws="none",
            timeout_graceful_shutdown=GRACE_S, h11_max_incomplete_event_size=65_536,
        )  # fmt: skip
        announce(f"http://{HOST}:{number}/#{token}")
        try:
            Server(config, studio).run(sockets=[opened])
        finally:
            studio.jobs.kill()
