"""A real headless Chromium, with the network off and every complaint of a page kept; skips where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENT_MS = 120_000  # what a page may take on a machine that has other work; nothing is measured by it
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Software WebGL wherever there is no graphics card, and nothing that talks to the maker's hosts.
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-gpu", "--enable-unsafe-swiftshader", "--hide-scrollbars",
)  # fmt: skip


def chromium_path() -> str | None:
    """Return where Chromium is: GALLERIA_CHROMIUM, else what the machine has."""
    named = os.environ.get("GALLERIA_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC) if MAC.exists() else None)


@dataclass
class Tab:
    """A page under test, and what it and the tabs that it opened complained of or asked for."""

    page: Any  # playwright.sync_api.Page
    complaints: list[str] = field(default_factory=list)  # errors and warnings of the console, errors that nobody caught
    requests: list[str] = field(default_factory=list)  # addresses asked for, the opened one among them

    def open(self, file: Path, fragment: str = "") -> Any:
        """Open a file without network and return the page."""
        self.page.context.set_offline(True)
        self.page.goto(file.resolve().as_uri() + fragment)
        return self.page

    def visit(self, address: str) -> Any:
        """Open an address of this machine and return the page."""
        self.page.goto(address)
        return self.page

    @property
    def outside(self) -> list[str]:
        """What was asked for beyond this machine and the page itself."""
        own = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:", "ws://127.0.0.1:")
        return [address for address in self.requests if not address.startswith(own)]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running Chromium of Playwright's; skips, saying so, where either is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need the extra dev: pip install -e .[dev]")
    path = chromium_path()
    if path is None:
        pytest.skip("browser tests need Chromium: install the package chromium, or name it in GALLERIA_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Tab]:
    """Return a fresh tab; the test fails if its page complains or asks for anything beyond this machine."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="UTC", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENT_MS)
    tab = Tab(context.new_page())
    context.on("console", lambda message: _keep(tab, message))
    context.on("weberror", lambda error: tab.complaints.append(f"uncaught: {error.error}"))
    context.on("request", lambda request: tab.requests.append(request.url))
    yield tab
    context.close()
    assert tab.complaints == []
    assert tab.outside == []


def _keep(tab: Tab, message: Any) -> None:
    # Software GL says of itself that it is slow; no page can help that.
    if message.type in ("error", "warning") and "GPU stall due to ReadPixels" not in message.text:
        tab.complaints.append(f"{message.type}: {message.text}")
