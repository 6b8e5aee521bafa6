"""Frames a second of a replay with 20,000 people inside, in headless Chromium with software GL; size of its page and time to open it.

`python -m tests.bench.replay [replay.html]` measures a page of one's own; without one, a day with 20,000 people inside is run for it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PLAY_S, SPEED = 8.0, 60
VISITS_PER_DAY = 40_000  # of a Saturday of `everyday`: 20,000 people inside at its busiest
# Plays at the busiest minute and says when frames came, and how many people were inside.
PLAY = """async ([floors, seconds, speed]) => {
  const { replay } = galleriaReplay, { inside } = replay.days[0].words, busiest = inside.indexOf(Math.max(...inside));
  replay.arrange(floors);
  replay.setSpeed(speed);
  replay.seek((busiest + 1) * 60 * replay.ticksPerS - seconds * speed * replay.ticksPerS / 2);
  replay.play();
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  replay.pause();
  const span = replay.frames.at(-1) - replay.frames[0];
  return { people: inside[busiest], parties: replay.views[0].count.parties, frames_per_s: (1000 * (replay.frames.length - 1)) / span };
}"""


def measured(page: Path | None = None) -> dict[str, Any]:
    """Return frames a second of the whole plan and of one floor, processor seconds a frame, and what the page weighs."""
    if page is None:
        with tempfile.TemporaryDirectory() as folder:
            return measured(_busy_day(Path(folder)))
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, chromium_path

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        started_s = time.perf_counter()
        tab.goto(page.resolve().as_uri())
        tab.wait_for_selector("html[data-ready=yes]", timeout=120_000)
        found: dict[str, Any] = {"opens_s": time.perf_counter() - started_s, "page_mb": page.stat().st_size / 1e6}
        for name, floors in (("all_floors", "fit"), ("one_floor", "3")):
            before_s = _descendants_cpu_s()
            shown = tab.evaluate(PLAY, [floors, PLAY_S, SPEED])
            cpu_s = _descendants_cpu_s() - before_s
            found[name] = {**shown, "cpu_ms_per_frame": 1000 * cpu_s / max(shown["frames_per_s"] * PLAY_S, 1)}
        browser.close()
    return {**found, "load": os.getloadavg()[0]}


def _busy_day(folder: Path) -> Path:
    from sim import api
    from sim.config_files import compose

    words = ["recording=replay", "recording.report=false", f"population.visits_per_day={VISITS_PER_DAY}"]
    api.run(compose("everyday", words), folder / "day")
    return folder / "day" / "replay.html"


def _descendants_cpu_s() -> float:
    """Return the processor seconds that the browser's processes, which are this one's descendants, have used so far; 0 without /proc."""
    parent, spent = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parent[int(stat.parent.name)] = int(fields[1])
        spent[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    ours, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, of in parent.items() if of in ours} - ours
        ours, grown = ours | more, bool(more)
    return sum(spent[pid] for pid in ours - {os.getpid()} if pid in spent) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]) if len(sys.argv) > 1 else None), indent=2))
