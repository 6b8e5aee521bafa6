"""A replay as a person meets it: offline, by keyboard and mouse, true to the run, the same whichever way one came to an instant."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sim import api
from sim.config_files import compose
from sim.floorplan.cache import load_compiled
from sim.paths import find_floorplan
from sim.reporting.replay.make import make
from tests.replay_reader import disagreements, drawn_truth

pytestmark = pytest.mark.compiled

HOSTILE = "</script><img src=x onerror=document.title='owned'> {{7*7}} \u202eevil"
READY = "html[data-ready=yes]"
STATE = """tick => {
  const { replay } = galleriaReplay, view = replay.views[0];
  replay.seek(tick);
  replay.show();
  return [view.canvas.toDataURL(), Array.from(view.crowd.motion).filter((_, at) => view.crowd.isPresent(Math.floor(at / 6))).join()];
}"""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "day"
    api.run(compose("corner_day", ["recording=replay", "recording.report=false"]), folder)
    return folder


def opened(tab, file: Path, fragment: str = ""):
    page = tab.open(file, fragment)
    page.wait_for_selector(READY)
    return page


def test_a_replay_opens_without_network_or_complaint_and_plays(run, tab):
    page = opened(tab, run / "replay.html")
    before = page.evaluate("galleriaReplay.replay.now")

    page.get_by_role("button", name="Play").click()
    # A page whose policy forbids `eval` cannot be waited for by an expression.
    moved = (page.wait_for_timeout(50) or page.evaluate("galleriaReplay.replay.now") > before + 100 for _ in range(200))
    assert any(moved)
    page.get_by_role("button", name="Pause").click()

    assert page.title().startswith("Replay: corner_day")
    assert page.evaluate("galleriaReplay.replay.views[0].isSimple") is False
    assert "paused" in page.locator("#status").text_content()


def test_positions_agree_with_the_log_at_a_thousand_visits_and_instants(run, tab):
    truth = drawn_truth(run, "corner_mall", 1000)
    page = opened(tab, run / "replay.html")

    pairs = [[str(number), int(time_us)] for number, time_us in zip(truth.number, truth.time_us, strict=True)]
    shown = page.evaluate(
        "pairs => pairs.map(([n, us]) => galleriaReplay.where(0, galleriaReplay.row(0, n), us / 100000))", pairs
    )

    assert None not in shown
    x_m, y_m, level = np.array([place[:3] for place in shown]).T
    assert disagreements(truth, x_m, y_m, level).size == 0


def test_scrubbing_back_shows_the_same_picture(run, tab):
    page = opened(tab, run / "replay.html")
    begin = page.evaluate("galleriaReplay.replay.begin")

    there = page.evaluate(STATE, begin + 90_000.3)
    elsewhere = page.evaluate(STATE, begin + 200_000)
    back = page.evaluate(STATE, begin + 90_000.3)

    assert back == there
    assert elsewhere != there


def test_the_keyboard_plays_moves_and_changes_speed(run, tab):
    page = opened(tab, run / "replay.html")
    replay = "galleriaReplay.replay"
    now = page.evaluate(f"{replay}.now")

    page.keyboard.press("ArrowRight")
    assert page.evaluate(f"{replay}.now") == now + 600
    page.keyboard.press("Shift+ArrowLeft")
    assert page.evaluate(f"{replay}.now") == now - 5400
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{replay}.speed") == 120
    page.keyboard.press("Space")
    assert page.evaluate(f"{replay}.isPlaying") is True
    page.keyboard.press("Space")
    assert page.evaluate(f"{replay}.isPlaying") is False


def test_a_followed_party_is_told_in_full_with_its_fixes(run, tab):
    page = opened(tab, run / "replay.html")

    page.get_by_role("button", name="Follow somebody").click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")

    told = page.locator(".told").text_content()
    assert "What befell it, and why" in told
    assert "Wi-Fi fixes so far" in told
    assert "entered" in told
    assert "Wallet" in told
    page.keyboard.press("Escape")
    assert "Click a shop" in page.locator(".told").text_content()


def test_a_shop_that_was_searched_tells_its_day(run, tab):
    page = opened(tab, run / "replay.html")

    page.get_by_label("Find a shop").fill("bakery")
    page.locator("#found button").first.click()
    page.locator("body").press("End")

    told = page.locator(".told").text_content()
    entries = page.evaluate("galleriaReplay.replay.days[0].shops[galleriaReplay.replay.views[0].chosenUnit].entries.length")
    assert "Corner Bakery" in told
    assert f"came in so far{entries:,}" in told
    assert "Sales so far¥" in told


def test_names_that_try_to_be_more_than_names_stay_names(run, tab, tmp_path):
    plan = load_compiled(find_floorplan("corner_mall"))
    names = (HOSTILE, *plan.tenant_names[1:])
    make(
        [run],
        [dataclasses.replace(plan, tenant_names=names, level_names=(HOSTILE, *plan.level_names[1:]))],
        tmp_path / "hostile.html",
    )
    page = opened(tab, tmp_path / "hostile.html")

    page.get_by_label("Find a shop").fill("onerror")
    page.locator("#found button").first.click()

    assert HOSTILE in page.locator(".told h3").text_content()
    assert page.locator("img").count() == 0
    assert "owned" not in page.title()
    assert "49" not in page.locator(".told h3").text_content()


def test_without_webgl_it_says_so_and_draws_all_the_same(run, tab):
    page = opened(tab, run / "replay.html", "#canvas")

    assert page.locator("#simple").is_visible()
    there = page.evaluate(STATE, page.evaluate("galleriaReplay.replay.begin + 90000"))
    elsewhere = page.evaluate(STATE, page.evaluate("galleriaReplay.replay.begin + 200000"))
    assert there[0] != elsewhere[0]


def test_two_runs_share_a_clock_and_whoever_is_followed(run, tab, tmp_path):
    plan = load_compiled(find_floorplan("corner_mall"))
    make([run, run], [plan, plan], tmp_path / "two.html")
    page = opened(tab, tmp_path / "two.html")

    page.get_by_role("button", name="Follow somebody").click()
    page.keyboard.press("ArrowRight")

    one, other = page.evaluate("galleriaReplay.replay.views.map(view => [view.crowd.now, view.followed])")
    assert one == other
    assert one[1] >= 0
    first, second = page.locator(".told").all_text_contents()
    assert first == second


def test_the_floors_and_colours_can_be_chosen(run, tab):
    page = opened(tab, run / "replay.html")

    page.get_by_label("Floors").select_option("1")
    page.get_by_label("Colour by").select_option("party")
    page.get_by_label("crowding").check()

    assert page.evaluate("Array.from(galleriaReplay.replay.views[0].offsets.filter((_, at) => at % 3 === 2)).slice(0, 2)") == [
        0,
        1,
    ]
    legend = page.locator("#legend").text_content()
    assert "1 person" in legend
    assert "m² a person" in legend
