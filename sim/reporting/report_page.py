"""Assembles report.html: one file, no network, nothing in it that a name could run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reporting import (
    days_page,
    page_baseline,
    page_flows,
    page_policies,
    page_sections,
    page_sensing,
    page_tables,
    programme_days,
)
from sim.reporting.names import short_name
from sim.reporting.page_frame import framed
from sim.reporting.topics import points
from sim.reporting.topics.every import TOPICS
from sim.reporting.wording import esc
from sim.reporting.words.page import translated
from sim.reporting.words.translator import LANGUAGES, Translator, messages

Part = tuple[str, str, str, str]  # anchor, short title, title, body
OWN_SECTIONS = ("flows", *page_policies.OF_POLICIES)  # topics whose place in the page is another than the others'
LANGUAGE_TAGS = {"en": "en", "zh": "zh-CN"}
ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class PageData:
    """What the page tells, as read from a run's folder."""

    kpis: dict[str, Any]
    curves: dict[str, Any]
    run: dict[str, Any]
    provenance: dict[str, Any]
    tenants: list[dict[str, Any]]
    figures: dict[str, str]  # SVG text by file name


def page(data: PageData, language: str | None = None) -> str:
    """Return the whole page, in the run's language unless another is named. The content policy allows our one script by its digest and no other, and no request at all."""
    script = (ASSETS / "report.js").read_text(encoding="utf-8")
    style = (ASSETS / "report.css").read_text(encoding="utf-8")
    title = f"{data.run['name']} · {data.run['mall']} · {data.run['date']}"
    language = language or data.run.get("language", LANGUAGES[0])
    body = [
        _in_language(data, language),
    ]
    return framed(title, style, body, script, language=LANGUAGE_TAGS[language])


def _in_language(data: PageData, language: str) -> str:
    body = "\n".join(
        [
            '<a class="skip" href="#main">Skip to the report</a>',
            _masthead(data),
            '<main id="main">',
            *_sections(data),
            "</main>",
            page_sections.footer(data.provenance),
        ]
    )
    return body if language == LANGUAGES[0] else translated(body, Translator(messages(language), names_in(data)))


def names_in(data: PageData) -> set[str]:
    """Return what bears a name of its own and stays as it is in every language."""
    run = data.run
    return {
        *(named(row[name]) for row in data.tenants for name in ("tenant", "unit", "level") for named in (str, short_name)), *run["levels"], run["mall"], run["name"],
        page_sections.title(run["mall"]), run["question"], run["expects"], *run["policies"], *(data.curves.get("parking") or {}),
    }  # fmt: skip


def _masthead(data: PageData) -> str:
    if "days" in data.run:
        return days_page.masthead(data.run, page_sections.title(data.run["mall"]))
    return page_sections.masthead(data.run)


def _sections(data: PageData) -> list[str]:
    return _joined(_parts_of_days(data) if "days" in data.run else _parts_of_a_day(data))


def _parts_of_days(data: PageData) -> list[Part]:
    return [
        ("summary", "In short", "The days in short", days_page.summary(data)),
        ("cautions", "Cautions", "Before you rely on it", page_sections.caution_list(data.run, data.kpis)),
        (
            "baseline",
            "Baseline",
            "Against the baseline",
            page_baseline.against_baseline(data.run, data.kpis, page_sections.TILES),
        ),
        ("days", "Day by day", "Day by day", days_page.series(data)),
        ("weekdays", "Weekdays", "By day of the week", days_page.weekdays(data)),
        *((topic.name, topic.title, topic.title, page_sections.topic(data, topic)) for topic in programme_days.TOPICS),
        ("day", "The mean day", "Through the mean day", page_sections.figure_grid(data, "day")),
        ("points", "Points", "Points", page_sections.topic(data, points.TOPIC)),
        ("map", "Maps", "Where people were", page_sections.maps(data)),
        *_tables(data),
    ]


def _tables(data: PageData) -> list[Part]:
    days = len(data.run.get("days", ())) or 1
    return [
        ("tenants", "Tenants", "Tenants", page_tables.tenants(data.tenants, days)),
        ("kpis", "KPIs", "All KPIs", page_tables.kpis(data.kpis, days)),
        ("parameters", "Assumptions", "What was assumed", page_tables.parameters(data.run["parameters"])),
        ("provenance", "Provenance", "Where this comes from", page_tables.provenance(data.run, data.provenance)),
    ]


def _parts_of_a_day(data: PageData) -> list[Part]:
    return [
        ("summary", "In short", "The day in short", page_sections.summary(data.run, data.kpis)),
        ("cautions", "Cautions", "Before you rely on it", page_sections.caution_list(data.run, data.kpis)),
        (
            "baseline",
            "Baseline",
            "Against the baseline",
            page_baseline.against_baseline(data.run, data.kpis, page_sections.TILES),
        ),
        ("policies", "Policies", "What the policies did", page_policies.policies(data)),
        ("day", "The day", "Through the day", page_sections.figure_grid(data, "day")),
        ("map", "Maps", "Where people were", page_sections.maps(data)),
        ("flows", "Flows", "From store to store", page_flows.flows(data)),
        ("queue", "Waiting", "Waiting", page_sections.waiting(data)),
        ("parking", "Car parks", "Car parks", page_sections.parking(data)),
        *(
            (topic.name, topic.title, topic.title, page_sections.topic(data, topic))
            for topic in TOPICS
            if topic.name not in OWN_SECTIONS
        ),
        ("sensing", "What was known", "What the mall could know", page_sensing.knowledge(data)),
        *_tables(data),
    ]


def _joined(parts: list[Part]) -> list[str]:
    shown = [part for part in parts if part[-1]]
    links = "".join(f'<li><a href="#{anchor}">{esc(short)}</a></li>' for anchor, short, _, _ in shown)
    sections = [
        f'<section id="{anchor}" aria-labelledby="h-{anchor}">\n<h2 id="h-{anchor}">{esc(title)}</h2>\n{body}\n</section>'
        for anchor, _, title, body in shown
    ]
    return [f'<nav aria-label="Sections"><ul>{links}</ul></nav>', *sections]
