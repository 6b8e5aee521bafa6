"""The planner's page as a planner meets it: by pointer and by keyboard, from the first look to a compared what-if."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.floorplan.layout import with_layout
from sim.floorplan.read import read_plan
from sim.paths import find_floorplan
from sim.schema.layout import LayoutConfig, MoveConfig

pytestmark = pytest.mark.compiled

pytest.importorskip("starlette", reason="the planner's page needs the extra studio: pip install -e .[studio]")
pytest.importorskip("uvicorn", reason="the planner's page needs the extra studio: pip install -e .[studio]")

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "</script><img src=x onerror=window.harmed=1>{{7*7}}‮"
PATIENT_MS = 150_000  # a day on a busy machine
COMPILING_MS = 600_000  # a comparison whose kernels nobody has compiled yet
# What comes before the page, from a fresh clone; the last is for who has told the command to open no browser.
BEFORE_THE_PAGE = ("git clone", "make studio", "open the address that it prints")


def hostile_plan(folder: Path) -> None:
    """Write the corner mall with a tenant whose name tries to be more than a name."""
    shutil.copytree(ROOT / "floorplans" / "corner_mall", folder)
    tenants = folder / "tenants.csv"
    tenants.write_text(tenants.read_text("utf-8").replace("Corner Bakery", HOSTILE), "utf-8")


def flawed_plan(folder: Path) -> None:
    """Write the corner mall with an access point that hangs outside the building."""
    shutil.copytree(ROOT / "floorplans" / "corner_mall", folder)
    path = folder / "access_points.geojson"
    points = json.loads(path.read_text("utf-8"))
    points["features"][0]["geometry"]["coordinates"] = [-9.0, -9.0]
    path.write_text(json.dumps(points), "utf-8")


def started(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start `galleria studio` in a folder; return it with the address that it prints."""
    server = subprocess.Popen(
        [sys.executable, "-m", "sim", "studio", "--no-browser", "--json"], cwd=folder, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert server.stdout is not None
    return server, json.loads(server.stdout.readline())["address"]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Start `galleria studio` in a folder of its own and return the address that it prints."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "floorplans").mkdir()
    hostile_plan(folder / "floorplans" / "hostile_mall")
    flawed_plan(folder / "floorplans" / "flawed_mall")
    server, address = started(folder)
    yield address
    server.send_signal(signal.SIGINT)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        raise


class Planner:
    """Somebody at the page, whose every click, drag, choice and typed group is counted."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.actions = len(BEFORE_THE_PAGE)
        page.goto(address)
        page.wait_for_selector("[data-level-tab]")

    def click(self, selector: str) -> None:
        self.actions += 1
        self.page.click(selector)

    def choose(self, selector: str, value: str) -> None:
        self.actions += 1
        self.page.select_option(selector, value)

    def drag(self, unit: str, to: str) -> None:
        """Drag the tenant of a unit onto another unit."""
        self.actions += 1
        mouse = self.page.mouse
        mouse.move(*self.middle(unit))
        mouse.down()
        mouse.move(*self.middle(to), steps=6)
        mouse.up()

    def middle(self, unit: str) -> tuple[float, float]:
        box = self.page.locator(f'[data-unit="{unit}"]').bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def changes(self) -> list[str]:
        return self.page.locator(".change-head").all_inner_texts()


def corner(tab: Any, address: str) -> Planner:
    """Open the page at the corner mall."""
    planner = Planner(tab.page, address)
    planner.choose("#scenario", "corner_day")
    tab.page.wait_for_selector('[data-unit="L1-bakery"]')
    return planner


def in_page(page: Any, script: str, given: Any = None) -> Any:
    """Run a script that has the module of drafts as `draft`."""
    return page.evaluate(f"async (given) => {{ const draft = await import('/assets/draft.js'); {script} }}", given)


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    """Return the quarter mall as the page gets it."""
    from sim.studio.plans import plan_of

    return plan_of("quarter_mall")


def random_moves(plan: dict[str, Any], seed: int, count: int) -> list[dict[str, str]]:
    draws = random.Random(seed)
    rooms = [unit["id"] for unit in plan["units"] if unit["is_let"] or unit["kind"] == "vacant"]
    tenants = [unit["id"] for unit in plan["units"] if unit["is_let"]]
    return [{"who": draws.choice(tenants), "to": draws.choice(rooms)} for _ in range(count)]


def test_the_page_and_the_simulator_agree_who_is_where_after_any_moves(tab, address, plan):
    page = Planner(tab.page, address).page
    drawn = read_plan(find_floorplan("quarter_mall"))
    for seed in range(4):
        given = {"plan": plan, "moves": random_moves(plan, seed, 7)}
        found = in_page(
            page,
            """const scenario = { name: "s", floorplan: "quarter_mall", policies: [], overrides: {}, moves: [], access_points: null };
            let made = draft.freshDraft(scenario, given.plan);
            for (const { who, to } of given.moves) made = draft.withMove(made, given.plan, who, to);
            return { sent: draft.forServer(made, scenario, given.plan).moves ?? [], rooms: [...draft.occupants(given.plan, made.moves)] };""",
            given,
        )
        layout = LayoutConfig(least_area_share=0.0)
        there = {tenant.unit for tenant in drawn.tenants}
        for move in found["sent"]:
            layout.moves.append(MoveConfig(move["tenant"], move["to"], swap=move["to"] in there))
            if move["to"] not in there:
                there = there - {move["tenant"]} | {move["to"]}
        moved, _ = with_layout(drawn, layout, "quarter_mall")
        names = {tenant.unit: tenant.name for tenant in drawn.tenants}
        assert {tenant.unit: tenant.name for tenant in moved.tenants} == {
            room: names[who] for room, who in found["rooms"] if who is not None
        }


def test_moves_that_undo_each_other_leave_no_trace(tab, address, plan):
    page = Planner(tab.page, address).page
    for seed in range(4):
        left = in_page(
            page,
            """const scenario = { name: "s", floorplan: "quarter_mall", policies: [], overrides: {}, moves: [], access_points: null };
            let made = draft.freshDraft(scenario, given.plan);
            const [{ who, to }] = given.moves;
            made = draft.withMove(made, given.plan, who, to);
            made = draft.withMove(made, given.plan, who, who);
            return [made.moves, draft.changesOf(made, scenario, given.plan)];""",
            {"plan": plan, "moves": random_moves(plan, seed, 1)},
        )
        assert left == [[], []]


def test_a_fresh_clone_is_ten_actions_at_most_from_a_compared_what_if_with_a_moved_tenant(tab, address):
    planner = corner(tab, address)

    planner.drag("L1-bakery", "L1-outfitters")
    planner.click("#notice .main")  # the outfitters get less floor than they ask for: the page says so and offers it
    planner.choose("#days", "2")
    planner.click("#compare")
    result = tab.page.locator(".result")
    result.wait_for(timeout=COMPILING_MS)

    assert planner.actions <= 10, planner.actions
    assert planner.changes()[0] == "Corner Bakery ⇄ Cornerstone Outfitters"
    assert "KPIs" in result.inner_text()
    assert result.locator(".forest .interval").count() >= 5
    with tab.page.context.expect_page() as opened:
        result.locator("a.main").click()
    opened.value.wait_for_load_state()
    assert "corner_day" in opened.value.title()
    assert re.fullmatch(r"(\d+) of \1", opened.value.locator("[data-count]").inner_text())  # its script ran

    tab.page.reload()
    tab.page.locator(".result").wait_for()  # and nothing is lost when the page is opened anew
    assert planner.changes()[0] == "Corner Bakery ⇄ Cornerstone Outfitters"


def test_a_run_can_be_stopped_and_the_page_says_so(tab, address):
    planner = corner(tab, address)

    planner.click("#run")
    planner.click("#stop")

    tab.page.wait_for_selector("text=Stopped. Nothing half-done is kept.", timeout=PATIENT_MS)
    assert tab.page.locator("#run").is_enabled()


def test_a_page_that_is_opened_anew_goes_on_with_the_draft_and_the_run(tab, address):
    planner = corner(tab, address)
    planner.drag("L1-bakery", "L1-outfitters")
    planner.click("#notice .main")
    planner.click("#run")
    tab.page.wait_for_selector("progress")

    tab.page.reload()
    tab.page.wait_for_selector("progress")
    assert planner.changes()[0] == "Corner Bakery ⇄ Cornerstone Outfitters"
    assert tab.page.locator("#run").is_disabled()
    planner.click("#stop")

    tab.page.wait_for_selector("text=Stopped. Nothing half-done is kept.", timeout=PATIENT_MS)


def test_a_scenario_whose_name_is_taken_is_replaced_by_a_second_click(tab, address):
    page = corner(tab, address).page
    page.click(".save summary")
    page.fill("#save-name", "corner_again")
    page.fill("#save-question", "Is it the same?")
    page.click(".save button[type=submit]")
    page.wait_for_selector(".save >> text=Saved as scenarios/corner_again.yaml")
    page.click(".save button[type=submit]")
    page.wait_for_selector("#replace")
    page.click("#replace")

    page.wait_for_selector(".save >> text=Saved as scenarios/corner_again.yaml")
    assert page.locator("#replace").count() == 0
    tab.complaints[:] = [each for each in tab.complaints if "409" not in each]  # Chromium tells of every refusal


def test_names_that_try_to_be_markup_stay_names(tab, address):
    page = Planner(tab.page, address).page
    page.select_option("#floorplan", "hostile_mall")
    page.wait_for_selector('[data-unit="L1-bakery"]')
    page.click('[data-unit="L1-bakery"]')
    page.click('[data-focus="move"]')

    assert HOSTILE in page.locator("dialog h2").inner_text()
    assert any(HOSTILE in row for row in page.locator("#panel-tenants .row").all_inner_texts())
    assert page.evaluate("window.harmed") is None
    assert page.locator("img[src=x]").count() == 0
    assert "49" not in page.locator("dialog h2").inner_text()


def test_a_tenant_moves_by_keyboard_alone_and_back_again(tab, address):
    page = corner(tab, address).page
    keys = page.keyboard

    page.locator('[data-unit="L1-bakery"]').focus()
    keys.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.unit") == "L1-outfitters"
    keys.press("m")
    assert page.evaluate("document.activeElement.type") == "search"
    keys.type("screen")
    keys.press("Tab")
    keys.press("Enter")
    page.locator("#notice .main").focus()
    keys.press("Enter")

    assert "Cornerstone Outfitters ⇄ Corner Screen" in page.locator(".change-head").first.inner_text()
    keys.press("Control+z")
    assert page.locator(".change-head").count() == 0
    keys.press("Control+y")
    assert page.locator(".change-head").count() == 2


def test_every_change_is_taken_back_one_by_one(tab, address):
    planner = corner(tab, address)
    page = planner.page
    planner.drag("L1-bakery", "L1-outfitters")
    page.click("#notice .main")
    page.click("#tab-policies")
    page.check("#policy-random")
    page.locator('#panel-policies input[data-focus="policy.random.off_share"]').fill("0.35")
    page.keyboard.press("Enter")
    page.locator(".file summary").click()
    page.wait_for_selector(".yaml:has-text('off_share: 0.35')", timeout=PATIENT_MS)
    assert len(planner.changes()) == 4

    for left in (3, 2, 1, 0):
        page.locator('.change-list [data-focus^="remove"]').first.click()
        assert page.locator(".change-list li").count() == left

    assert page.locator("#compare").is_disabled()


def test_what_is_wrong_is_marked_on_the_plan_until_it_is_mended(tab, address):
    planner = corner(tab, address)
    page = planner.page
    assert page.locator(".problem-mark").count() == 0
    planner.drag("L1-bakery", "L1-outfitters")
    page.click("#notice .main")
    page.locator("li[data-change=value] [data-focus^=remove]").click()  # the move stays, the leave for less floor goes
    page.wait_for_selector(".problem-mark.error[data-marks=L1-bakery]", state="attached", timeout=PATIENT_MS)
    assert "too small" in page.get_attribute('[data-unit="L1-bakery"]', "aria-label")
    assert page.locator("#run").is_disabled()

    page.keyboard.press("Control+z")
    page.wait_for_selector(".problem-mark", state="detached", timeout=PATIENT_MS)
    assert "too small" not in page.get_attribute('[data-unit="L1-bakery"]', "aria-label")


def test_a_problem_of_the_drawing_has_its_mark_as_long_as_the_drawing_is_open(tab, address):
    page = Planner(tab.page, address).page
    page.select_option("#floorplan", "flawed_mall")
    page.wait_for_selector(".problem-mark.of-access_points", state="attached", timeout=PATIENT_MS)
    page.click("#tab-problems")
    page.locator("#panel-problems button.problem").first.click()
    assert "hangs inside the building" in page.locator(".problem-mark title").first.text_content()

    page.select_option("#floorplan", "corner_mall")
    page.wait_for_selector(".problem-mark", state="detached", timeout=PATIENT_MS)


def test_a_server_that_was_away_leaves_the_page_as_it_was(tab, address):
    planner = corner(tab, address)
    page = planner.page
    page.wait_for_selector("#run:enabled")
    page.route("**/api/**", lambda route: route.abort())

    planner.drag("L1-bakery", "L1-outfitters")
    page.click("#notice .main")
    page.wait_for_selector("#changes >> text=does not answer", timeout=PATIENT_MS)
    assert page.locator("#run").is_enabled()
    page.click("#run")
    page.wait_for_selector("#job >> text=does not answer", timeout=PATIENT_MS)
    assert page.locator("#run").is_enabled()

    page.unroute("**/api/**")
    page.wait_for_selector("#changes:not(:has-text('does not answer'))", timeout=PATIENT_MS)
    tab.complaints[:] = [
        each for each in tab.complaints if "ERR_FAILED" not in each
    ]  # Chromium tells of every request that failed


def test_the_draft_survives_a_change_of_language(tab, address):
    planner = corner(tab, address)
    planner.drag("L1-bakery", "L1-outfitters")
    planner.page.click("#notice .main")
    planner.page.select_option("#language", "zh")
    planner.page.wait_for_selector("text=您的改动")
    planner.page.wait_for_selector(".change-head")
    assert planner.page.evaluate("import('/assets/store.js').then(({ state }) => state.start.kpis[0].label)") == "客流"

    assert planner.changes()[0] == "Corner Bakery ⇄ Cornerstone Outfitters"
    planner.page.select_option("#language", "en")
    planner.page.wait_for_selector("text=Your changes")


def test_access_points_are_moved_on_a_live_map_of_their_coverage(tab, address):
    page = corner(tab, address).page
    page.click('[data-level-tab="L1"]')
    page.click("#tab-wifi")
    page.wait_for_selector("image.coverage", state="attached", timeout=PATIENT_MS)
    point = page.locator("#map .point").first
    box = point.bounding_box()

    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 30, steps=4)
    page.mouse.up()

    assert page.locator(".change-list").inner_text().startswith("Access points\n1 moved, 0 added, 0 removed")
    page.wait_for_selector("image.coverage", state="attached", timeout=PATIENT_MS)
    page.locator('#panel-wifi [data-focus="delete"]').click()
    assert "1 removed" in page.locator(".change-list").inner_text()


def test_without_its_token_the_page_asks_for_nothing(tab, address):
    page = tab.visit(address.partition("#")[0])

    assert "without its token" in page.locator("main").inner_text()
    assert not [asked for asked in tab.requests if "/api/" in asked]


def test_the_token_stays_in_no_address(tab, address):
    page = Planner(tab.page, address).page

    assert address.partition("#")[2] not in page.url
    assert not [asked for asked in tab.requests if address.partition("#")[2] in asked.partition("#")[0]]
