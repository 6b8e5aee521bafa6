"""The report of a run as a person meets it: offline, by keyboard, on a phone, on paper, with names that try to be more than names."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reporting_day import made_up_day, made_up_plan, made_up_tallies, station_names

from sim import api
from sim.config import RunConfig
from sim.config_files import compose
from sim.reporting import report, report_page
from sim.reporting.recorder import Recorder
from sim.reporting.words.page import translated
from sim.reporting.words.translator import Translator, messages
from sim.units import US_PER_HOUR

pytestmark = pytest.mark.compiled
HOSTILE = {
    0: "</script><img src=x onerror=alert(1)>", 1: "{{7*7}}", 2: "javascript:alert(1)", 3: '=HYPERLINK("http://evil.test")', 4: "\u202egnp.exe",
    5: "L" * 10_000, 6: "\x1b[31mred\x1b[0m", 7: "Waiting", 8: "@SUM(A1)", 9: "Bread & 'butter'",
}  # fmt: skip
NARROW = {"width": 390, "height": 844}
CONTRAST_MIN = 4.5  # WCAG 2.2, 1.4.3: text of ordinary size
# Parts of the page that must come in this order; others may stand between them.
ORDER = ("summary", "cautions", "baseline", "day", "map", "flows", "queue", "tenants", "kpis", "parameters", "provenance")
_CONTRASTS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => { const [r, g, b] = rgb.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = (part) => { for (; part; part = part.parentElement) { const rgb = numbers(getComputedStyle(part).backgroundColor);
    if (rgb.length < 4 || rgb[3] > 0) return rgb; } return [255, 255, 255]; };
  const found = [];
  for (const part of document.querySelectorAll("body *:not(svg *):not(script)")) {
    if (part.checkVisibility() && [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) {
      const [a, b] = [light(numbers(getComputedStyle(part).color)), light(paper(part))].sort((x, y) => y - x);
      found.push([(a + 0.05) / (b + 0.05), part.tagName + "." + part.className + " " + part.textContent.trim().slice(0, 40)]);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    api.run(
        compose("corner_day", ["population.visits_per_day=60"]),
        folder / "day",
        command="galleria run corner_day population.visits_per_day=60",
    )
    return folder / "day"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    plan = made_up_plan(names=HOSTILE)
    recorder = Recorder(folder, plan, station_names(plan), "visits")
    recorder.take(made_up_day(plan))
    config = RunConfig(name="everyday", question=HOSTILE[0], expects=HOSTILE[4])
    report.finish(
        folder, report.FinishedRun(config, plan, made_up_tallies(plan), recorder, 10 * US_PER_HOUR, 22 * US_PER_HOUR, 0.5, 1.5)
    )
    return folder


def data_of(folder: Path) -> report_page.PageData:
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return report.page_data(folder, {**facts, "files": {}})


def test_a_report_opens_without_network_or_complaint(run, tab):
    page = tab.open(run / "report.html")

    assert page.title().startswith("corner_day")
    assert page.locator("main section").count() >= 8
    assert page.locator("figure svg").count() >= 8


def test_the_keyboard_leads_past_the_head_to_the_report(run, tab):
    page = tab.open(run / "report.html")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("location.hash") == "#main"


def test_parts_stand_in_order_under_one_heading_of_the_first_rank(run, tab):
    page = tab.open(run / "report.html")
    ids = page.eval_on_selector_all("main section", "parts => parts.map(part => part.id)")
    ranks = page.eval_on_selector_all("h1, h2, h3", "parts => parts.map(part => Number(part.tagName[1]))")

    assert [each for each in ids if each in ORDER] == list(ORDER)
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(ranks, ranks[1:], strict=False))


@pytest.mark.parametrize("of", ["run", "hostile"])
def test_on_a_phone_nothing_lies_over_anything_or_beyond_the_edge(of, request, tab):
    tab.page.set_viewport_size(NARROW)
    page = tab.open(request.getfixturevalue(of) / "report.html")
    boxes = page.eval_on_selector_all(
        "main > *, main section > *",
        "parts => parts.filter(p => p.checkVisibility()).map(p => [p.parentElement.id, p.getBoundingClientRect().toJSON()])",
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    for (home, above), (next_home, below) in zip(boxes, boxes[1:], strict=False):
        if home == next_home:
            assert below["top"] >= above["bottom"] - 1, (home, above, below)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_text_stands_out_from_its_paper(run, tab, tmp_path, scheme, language):
    (tmp_path / "report.html").write_text(report_page.page(data_of(run), language), encoding="utf-8")
    tab.page.emulate_media(color_scheme=scheme)
    page = tab.open(tmp_path / "report.html")
    page.evaluate("document.querySelectorAll('details:not([data-fold])').forEach(part => { part.open = true; })")

    found = page.evaluate(_CONTRASTS)

    assert len(found) > 200
    assert [each for each in found if each[0] < CONTRAST_MIN] == []


def test_every_figure_is_told_in_words_and_every_table_has_caption_and_heads(run, tab):
    page = tab.open(run / "report.html")

    assert (
        page.eval_on_selector_all(
            "figure svg", "all => all.filter(svg => (svg.getAttribute('aria-label') || '').length < 20).length"
        )
        == 0
    )
    assert page.eval_on_selector_all("table", "all => all.filter(t => !t.caption || !t.caption.textContent.trim()).length") == 0
    assert page.eval_on_selector_all("th", "all => all.filter(th => !th.scope).length") == 0


def test_the_table_of_tenants_is_sorted_and_searched_by_keyboard(run, tab):
    page = tab.open(run / "report.html")
    heading = page.locator("#tenant-table th", has_text="Entered").first
    column = heading.evaluate("head => head.cellIndex")

    def entered() -> list[float]:
        return page.eval_on_selector_all(
            "#tenant-table tbody tr:not([hidden])", f"rows => rows.map(row => Number(row.cells[{column}].dataset.v))"
        )

    heading.locator("button").focus()
    page.keyboard.press("Enter")
    down = entered()
    assert heading.get_attribute("aria-sort") == "descending"
    page.keyboard.press("Space")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert entered() == sorted(down) == down[::-1]
    assert page.locator("#tenant-table th[aria-sort]:not([aria-sort=none])").count() == 1

    name = page.locator("#tenant-table tbody th").first.inner_text()
    page.locator("input[type=search]").fill(name)
    assert page.locator("#tenant-table tbody tr:visible").count() == 1
    assert page.locator("[data-count]").inner_text() == f"1 of {len(down)}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_are_text_in_the_browser(hostile, tab, tmp_path, language):
    (tmp_path / "report.html").write_text(report_page.page(data_of(hostile), language), encoding="utf-8")
    page = tab.open(tmp_path / "report.html")
    text = page.content()

    names = page.locator("#tenant-table tbody th").all_inner_texts()
    assert HOSTILE[0] in names
    assert {"{{7*7}}", "javascript:alert(1)", "Waiting", "[31mred[0m", "gnp.exe"} <= set(names)
    assert page.locator("img, iframe, object, embed, a[href^='javascript']").count() == 0
    assert (
        page.eval_on_selector_all("*", "all => all.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length")
        == 0
    )
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", text)
    assert "49" not in [name.strip() for name in names]
    assert max(map(len, names)) < 100


def test_hostile_names_are_no_formulas_and_come_back_whole_from_the_files(hostile):
    for name in ("tenants.csv", "kpis.csv"):
        rows = list(csv.DictReader(io.StringIO((hostile / name).read_text(encoding="utf-8-sig"))))
        cells = [cell for row in rows for cell in row.values()]
        assert rows
        assert not [
            cell
            for cell in cells
            if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not re.fullmatch(r"-[\d.e+-]+", cell))
        ]
    assert {row["tenant"] for row in data_of(hostile).tenants} >= set(HOSTILE.values())


def test_chinese_words_are_missing_for_nothing_that_a_run_says(run, hostile):
    for folder in (run, hostile):
        data = data_of(folder)
        words = Translator(messages("zh"), report_page.names_in(data))
        page = report_page.page(data, "en")

        translated(page[page.index("<body>") : page.rindex("<script>")], words)

        assert words.missing == set()


def test_the_chinese_page_says_that_it_is_chinese_and_keeps_names(run, tab, tmp_path):
    (tmp_path / "report.html").write_text(report_page.page(data_of(run), "zh"), encoding="utf-8")
    page = tab.open(tmp_path / "report.html")

    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.locator("#tenants h2").inner_text() == "商户"
    assert {row["tenant"] for row in data_of(run).tenants} == set(page.locator("#tenant-table tbody th").all_inner_texts())
    assert page.locator("figure svg text", has_text="在场人数").count() >= 1


def test_on_paper_the_tables_are_whole_and_what_only_a_screen_needs_is_gone(run, tab):
    page = tab.open(run / "report.html")
    page.emulate_media(media="print")

    assert not page.locator("nav").is_visible()
    assert page.locator(".scroll").first.evaluate("part => getComputedStyle(part).maxHeight") == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert len(page.pdf(format="A4")) > 50_000
