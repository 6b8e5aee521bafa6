"""The live twin's page as somebody on duty meets it: it refreshes itself, speaks, stands still on request, and keeps where one is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the twin's page needs the extra studio: pip install -e .[studio]")
pytest.importorskip("uvicorn", reason="the twin's page needs the extra studio: pip install -e .[studio]")

from sim.feeds.records import CADENCE_US, Record, Rule
from sim.reporting.twin_page import page
from sim.twin.book import Book
from sim.twin.inbox import Inbox
from sim.twin_page.app import Desk
from sim.twin_page.board import Board
from sim.twin_page.server import served
from tests.twin_standin import StandIn, quarter_us

pytestmark = pytest.mark.plain

ABOUT = {
    "version": "0", "scenario": "corner_day", "question": "What <b>next</b>?", "mall": "corner_mall", "date": "2026-11-21", "members": 6,
    "tries": ["meal_push"], "opens_us": quarter_us(10), "closes_us": quarter_us(22),
}  # fmt: skip
SOON_MS = 20_000


class Day:
    """A twin that lives a quarter of an hour whenever it is told to."""

    def __init__(self) -> None:
        self.board, self.book = Board(), Book(ABOUT)
        self.inbox = Inbox({("level:L1", "people"): Rule(0, 500, CADENCE_US, False)})
        self.twin, self.now_us = StandIn(None, members=6, tries=["meal_push"]), quarter_us(12)
        self.show()

    def show(self) -> None:
        self.board.put(self.book, self.book.status(self.inbox.report()))

    def quarter(self, people: int) -> None:
        self.now_us += quarter_us(0, 15)
        told = [Record(self.now_us, "level:L1", "people", 0, people)]
        self.inbox.hand_in([(self.now_us, Record(self.now_us, "level:L1", "people", 0, -people))], is_patient=False)
        self.book.add(self.twin.step(self.now_us, told))
        self.show()


@pytest.fixture
def day() -> Iterator[tuple[Day, str]]:
    found = Day()
    with served(Desk(found.board, found.inbox, "2026-11-21"), 0) as (address, token):
        yield found, f"{address}/#{token}"


def opened(tab: Any, address: str) -> Any:
    page = tab.visit(address)
    page.wait_for_selector("#now:not([hidden])")
    return page


def test_the_page_follows_the_twin_by_itself_and_says_so_in_one_sentence(tab, day):
    twin, address = day
    page = opened(tab, address)
    assert page.inner_text("#state") == "The twin waits for its first quarter of an hour."

    for people in (40, 90, 30):
        twin.quarter(people)
        page.wait_for_selector(f"#state:has-text('{people} people inside')", timeout=SOON_MS)

    assert "12:45" in page.title()
    assert page.locator("#now svg").get_attribute("aria-label").startswith("People inside over the day")
    assert page.locator("#alarms tbody tr").count() == len(twin.book.alarms) > 0
    assert "meal_push" in page.inner_text("#tried")
    assert "3 set aside" in page.inner_text("#aside")
    assert page.locator("#state").get_attribute("aria-live") == "polite"


def test_no_name_becomes_more_than_text_and_the_token_leaves_the_address(tab, day):
    twin, address = day
    twin.quarter(40)
    page = opened(tab, address)

    assert page.evaluate("window.harmed") is None
    assert "<b>next</b>" in page.inner_text("#masthead")
    assert page.url.endswith("/")


def test_somebody_who_reads_is_not_disturbed(tab, day):
    twin, address = day
    twin.quarter(40)
    page = opened(tab, address)
    page.focus("#forecast summary")
    page.keyboard.press("Enter")
    twin.quarter(90)
    page.wait_for_selector("#now:has-text('90 people')", timeout=SOON_MS)

    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.querySelector('#forecast details').open") is False
    page.focus("#hold")
    page.keyboard.press("Space")
    twin.quarter(55)
    page.wait_for_timeout(4500)
    assert "90 people" in page.inner_text("#now")
    page.keyboard.press("Space")
    page.wait_for_selector("#now:has-text('55 people')", timeout=SOON_MS)
    assert page.evaluate("document.querySelector('#forecast details').open") is False


def test_everything_can_be_reached_by_keyboard_and_every_table_and_picture_has_a_name(tab, day):
    twin, address = day
    for people in (40, 90):
        twin.quarter(people)
    page = opened(tab, address)

    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.tagName")
        )
    assert {"skip", "hold", "SUMMARY"} <= reached
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every((each) => each.caption && each.querySelector('th[scope=col]'))"
    )
    assert page.evaluate("[...document.querySelectorAll('svg')].every((each) => each.getAttribute('aria-label'))")
    assert page.evaluate("[...document.querySelectorAll('h1')].length") == 1


@pytest.mark.parametrize("width", [1280, 400])
def test_neither_page_is_wider_than_its_window(tab, day, tmp_path, width):
    twin, address = day
    for people in (40, 90):
        twin.quarter(people)
    file = tmp_path / "twin.html"
    alarms = [alarm._asdict() for alarm in twin.book.alarms]
    file.write_text(page(twin.book.status(twin.inbox.report()), twin.book.courses(), alarms), "utf-8")
    tab.page.set_viewport_size({"width": width, "height": 800})

    for view in (opened(tab, address), tab.open(file)):
        assert view.evaluate("document.documentElement.scrollWidth") <= width


def test_an_address_without_its_token_says_what_to_do(chromium, day):
    _, address = day
    page = chromium.new_context().new_page()
    page.goto(address.partition("#")[0])
    page.wait_for_selector("#state.lost", timeout=SOON_MS)

    assert "open the one that `galleria twin` printed" in page.inner_text("#state")
    assert page.locator("section:not([hidden])").count() == 0
    page.context.close()
