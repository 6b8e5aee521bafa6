"""Serves the twin's page and its door for records from a thread, while the twin goes on in its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import uvicorn

from sim.studio.serve import HOST, listen, new_token
from sim.twin_page.app import Desk, build

END_S = 5.0  # for answers that are on their way when the twin ends


@contextmanager
def served(desk: Desk, port: int) -> Iterator[tuple[str, str]]:
    """Serve within the block; gives (address, token). Raises GalleriaError where the port is taken."""
    token = new_token()
    with closing(listen(port, "galleria twin")) as opened:
        number = opened.getsockname()[1]
        config = uvicorn.Config(
            build(number, token, desk), log_level="error", access_log=False, server_header=False, lifespan="off", http="h11",
            ws="none", timeout_graceful_shutdown=1, h11_max_incomplete_event_size=65_536,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, name="twin page", daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{number}", token
        finally:
            server.should_exit = True
            thread.join(END_S)
