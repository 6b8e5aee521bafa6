"""A session of the planner's page without a browser: the guarded server, called in this process."""

from __future__ import annotations

from contextlib import contextmanager

PORT, TOKEN = 8000, "a token of a test"
OURS = {"authorization": f"Bearer {TOKEN}"}


@contextmanager
def session(headers=OURS, tell=lambda line: None):
    """Return a client of a running session, and the session itself."""
    from starlette.testclient import TestClient

    from sim.studio.app import build

    app, studio = build(PORT, TOKEN, tell)
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}", headers=headers, follow_redirects=False) as client:
        yield client, studio
