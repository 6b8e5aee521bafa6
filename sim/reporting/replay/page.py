"""Assembles replay.html: one file, no network, one script that the content policy knows by its digest, runs as packed text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.reporting.page_frame import framed
from sim.reporting.replay.encode import Encoded
from sim.reporting.replay.thin import TICK_US, TIME_TOLERANCE_US, TOLERANCE_M
from sim.reporting.wording import esc, whole
from sim.units import US_PER_S

ASSETS = Path(__file__).parent.parent / "assets" / "replay"
# In the order in which they need each other.
SCRIPTS = (
    "data.js", "stroll.js", "crowd.js", "points.js", "view.js", "marks.js", "panel.js", "theme.js", "main.js", "controls.js", "start.js",
)  # fmt: skip
SPEEDS = (1, 5, 15, 60, 120, 300, 600)
SPEED = 60  # as the page opens
COLOURINGS = {"doing": "what they do", "purpose": "what they came for", "party": "size of party", "offer": "offers held"}


def page(runs: Sequence[Encoded], floors: Sequence[str], mall: str, when: str) -> str:
    """Return the whole page of one run, or of two side by side; `floors` are names from the lowest up."""
    script = "(() => {\n'use strict';\n" + "".join((ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS) + "})();\n"
    style = (ASSETS / "replay.css").read_text(encoding="utf-8")
    names = " and ".join(run.name for run in runs)
    body = [
        '<a class="skip" href="#play">Skip to the controls</a>',
        f'<header class="head"><h1>{esc(mall)}</h1><p>{esc(names)} · {esc(when)}</p></header>',
        '<p class="notice" id="loading">Unpacking the day …</p>',
        '<p class="notice" id="trouble" role="alert" hidden></p>',
        '<p class="notice" id="simple" hidden>This browser has no WebGL2: people are drawn in a simpler, slower way. Everything else works as usual.</p>',
        _tools(floors),
        "<main>",
        f'<div id="views">{"".join(_view(run, nth, len(runs)) for nth, run in enumerate(runs))}</div>',
        _panel(runs),
        "</main>",
        _controls(),
        _foot(runs),
        *(f'<script type="text/plain">{run.text}</script>' for run in runs),
    ]
    return framed(f"Replay: {names} · {mall} · {when}", style, body, script)


def _tools(floors: Sequence[str]) -> str:
    shown = "".join(f'<option value="{level}">{esc(name)}</option>' for level, name in reversed(list(enumerate(floors))))
    colours = "".join(f'<option value="{name}">{words}</option>' for name, words in COLOURINGS.items())
    checks = "".join(
        f'<label><input type="checkbox" id="{name}"{checked} disabled> {words}</label>'
        for name, words, checked in (
            ("numbers", "lines and car parks", " checked"), ("messages", "messages read", " checked"), ("density", "crowding", ""),
        )
    )  # fmt: skip
    return f"""<div class="tools" role="group" aria-label="What is shown">
<label>Floors <select id="floors" disabled><option value="fit">all, as they fit</option><option value="column">all, one above the other</option>{shown}</select></label>
<label>Colour by <select id="colour" disabled>{colours}</select></label>
{checks}
<span class="group"><button type="button" id="nearer" aria-label="Nearer" disabled>+</button><button type="button" id="farther" aria-label="Farther" disabled>−</button><button type="button" id="whole" disabled>Whole plan</button></span>
<ul id="legend" aria-label="Colours"></ul>
</div>"""


def _view(run: Encoded, nth: int, runs: int) -> str:
    letter = f"{chr(ord('A') + nth)}: " if runs > 1 else ""
    label = f"Moving plan of {run.name}: the state is told in words under the controls and beside the plan"
    return (
        f'<section class="view" aria-label="{esc(letter + run.name)}"><header><h2>{esc(letter + run.name)}</h2><span class="inside"></span></header>'
        f'<div class="stage" role="img" aria-label="{esc(label)}"><canvas></canvas></div></section>'
    )


def _panel(runs: Sequence[Encoded]) -> str:
    told = "".join(
        f'<div class="told" data-run="{esc(f"{chr(65 + nth)}: {run.name}") if len(runs) > 1 else ""}"></div>'
        for nth, run in enumerate(runs)
    )
    return f"""<aside id="panel" aria-label="Shop or party">
<div class="find"><label for="search">Find a shop, or a party by its number</label><input type="search" id="search" autocomplete="off" disabled><ul id="found"></ul></div>
<div class="follow"><button type="button" id="somebody" disabled>Follow somebody</button><button type="button" id="nobody" disabled>Let go</button></div>
{told}
</aside>"""


def _controls() -> str:
    speeds = "".join(f'<option value="{speed}"{" selected" if speed == SPEED else ""}>{speed}×</option>' for speed in SPEEDS)
    return f"""<div class="controls" role="group" aria-label="Clock">
<button type="button" id="play" disabled>Play</button>
<label class="speed"><span class="muted">Speed</span> <select id="speed" disabled>{speeds}</select></label>
<output id="time">–</output>
<div class="line"><canvas id="curve" aria-hidden="true"></canvas><div id="needle"></div><input type="range" id="scrub" step="1" aria-label="Time of day" disabled></div>
</div>"""


def _foot(runs: Sequence[Encoded]) -> str:
    sizes = "; ".join(
        f"{esc(run.name)}: {whole(run.visits)} dots, parts of parties that split among them; {whole(run.segments)} movements as {whole(run.keypoints)} points, {max(len(run.text) / 1e6, 0.01):.2f} MB"
        for run in runs
    )
    return f"""<footer class="foot">
<p id="status" aria-live="polite"></p>
<p>People inside through the day lie under the slider. Positions are within {TOLERANCE_M} m of where the simulation had them, {TIME_TOLERANCE_US / US_PER_S:.2f} s
earlier or later at most (clock of {TICK_US / US_PER_S:.1f} s); inside shops they are the simulation's own strolls. One dot is a party. {sizes}.
Keys: space plays, arrows left and right move a minute (with shift ten), up and down change speed, + − 0 zoom, F follows somebody, Escape lets go.</p>
</footer>"""
