"""`galleria live` in a browser: without network, with people who move, by keyboard, without a complaint; Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.compiled
pytest.importorskip("solara", reason="the live view needs the extra live: pip install 'galleria[live]'")
ROOT = Path(__file__).resolve().parents[2]
STARTS_S, LOOKS_MS = 240, 60_000
# Solara's own template, older than its loader; nothing of ours.
OF_SOLARA = "Failed to evaluate Vue script and find module.exports"
PLACES = "places => Array.from(document.querySelectorAll('.layer.people path.dots'), dots => dots.getAttribute('d')).join('')"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return the address of a live day and its process."""
    folder = tmp_path_factory.mktemp("live")
    words = [sys.executable, "-m", "sim", "live", "corner_day", "--every", "600", "--no-browser"]
    told = folder / "told.txt"
    with told.open("w") as output:
        process = subprocess.Popen(
            words, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}, stdout=output, stderr=output
        )
        try:
            yield _address(told, process), process, folder
        finally:
            process.kill()
            process.wait()


def _address(told: Path, process: subprocess.Popen) -> str:
    """Wait until the page answers; return its address."""
    from urllib.request import urlopen

    for _ in range(STARTS_S * 4):
        found = re.search(r"is at (http://127\.0\.0\.1:\d+)", told.read_text())
        if found:
            try:
                urlopen(found[1], timeout=5).close()
                return found[1]
            except OSError:
                pass
        assert process.poll() is None, told.read_text()
        time.sleep(0.25)
    raise AssertionError(f"no page after {STARTS_S} s: {told.read_text()}")


def _people(page) -> list[str]:
    return [dots.get_attribute("d") for dots in page.locator(".layer.people path.dots").all()]


def test_a_day_is_watched_step_by_step_and_people_move(served, tab):
    address, _, _ = served
    page = tab.visit(address)
    page.get_by_role("button", name="Step").wait_for(timeout=LOOKS_MS)

    page.get_by_role("button", name="Step").click()
    page.locator(".tiles dd").first.wait_for(timeout=LOOKS_MS)
    page.get_by_role("button", name="Step").focus()
    for _ in range(4):
        before, places = page.locator(".when").inner_text(), "".join(_people(page))
        page.keyboard.press("Enter")
        page.wait_for_function("before => document.querySelector('.when').innerText !== before", arg=before, timeout=LOOKS_MS)
        page.wait_for_function(PLACES + " !== places", arg=places, timeout=LOOKS_MS)  # the picture comes after the time

    assert re.search(
        r"Parties on this level: \d+ on the way", page.locator(".layer.people svg").first.get_attribute("aria-label")
    )
    assert page.locator(".legend li").count() == 5
    tab.complaints[:] = [each for each in tab.complaints if OF_SOLARA not in each]


def test_playing_goes_on_by_itself_until_it_is_paused(served, tab):
    address, _, _ = served
    page = tab.visit(address)
    page.get_by_role("button", name="Play").click(timeout=LOOKS_MS)
    page.get_by_role("button", name="Pause").wait_for(timeout=LOOKS_MS)
    before = page.locator(".when").inner_text()
    page.wait_for_function("before => document.querySelector('.when').innerText !== before", arg=before, timeout=LOOKS_MS)
    page.locator(".curve svg").first.wait_for(timeout=LOOKS_MS)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for(timeout=LOOKS_MS)

    assert page.locator(".levels .level").count() == 2
    tab.complaints[:] = [each for each in tab.complaints if OF_SOLARA not in each]


def test_ctrl_c_ends_it_and_leaves_nothing(served):
    _, process, folder = served
    process.send_signal(signal.SIGINT)

    assert process.wait(60) == 130
    assert [path.name for path in folder.iterdir()] == ["told.txt"]
