"""The frame of every page that is one file: it may run our own script by its digest and no other, and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from sim.reporting.wording import esc


def framed(title: str, style: str, body: Iterable[str], script: str = "", *, language: str = "en") -> str:
    """Return a whole HTML page; `title` is plain text, `language` a tag as of BCP 47, `style` and `script` are ours and stand as they are."""
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{esc(title)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            *body,
            *([f"<script>{script}</script>"] if script else []),
            "</body>",
            "</html>\n",
        ]
    )


def _policy(script: str) -> str:
    rules = ["default-src 'none'", "style-src 'unsafe-inline'"]
    if script:
        rules.append(f"script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'")
    return "; ".join([*rules, "img-src data:", "base-uri 'none'", "form-action 'none'"])
