"""Serves the page on this machine alone, without asking the network for anything."""

from __future__ import annotations

import importlib.util
import os
import socket
import warnings
from collections.abc import Callable

from sim.errors import GalleriaError, Problem

HOST = "127.0.0.1"
APP = "sim.live.page"
NEEDED = ("solara", "ipyvuetify")


def refuse_without_solara() -> None:
    """Raise GalleriaError with the command where the extra is not installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        rule = "the live view needs the extra `live`"
        raise GalleriaError.of("galleria live", [Problem("packages", ", ".join(missing), rule, "pip install 'galleria[live]'")])


def free_port(wanted: int) -> int:
    """Return the port that is wanted, or a free one for 0; raises GalleriaError where somebody has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as trouble:
            rule = f"the port cannot be had ({trouble.strerror})"
            raise GalleriaError.of(
                "galleria live", [Problem("--port", str(wanted), rule, "name another, or leave it out")]
            ) from None
        return int(probe.getsockname()[1])


def stay_on_this_machine() -> None:
    """Let Solara, which reads this when it is imported, ask nobody for files, send nobody numbers and show no banner."""
    os.environ |= {
        "SOLARA_ASSETS_CDN": "http://127.0.0.1:9",  # nobody listens there; all that the page needs is in solara-assets
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_THEME_SHOW_BANNER": "false",
    }


def serve(port: int, is_opened: bool, tell: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted; `tell` gets its address once, before it answers."""
    from click.exceptions import Abort
    from solara.__main__ import run

    warnings.filterwarnings(
        "ignore", message="Cookies with samesite=none"
    )  # about addresses without https, as every local one is
    tell(f"http://{HOST}:{port}")
    quiet = ["--no-check-version", "--log-level", "error", "--log-level-uvicorn", "error"]
    words = [APP, "--host", HOST, "--port", str(port), "--production", *quiet]
    try:
        run.main([*words, "--open" if is_opened else "--no-open"], standalone_mode=False)
    except Abort:  # what click makes of Ctrl-C
        raise KeyboardInterrupt from None
