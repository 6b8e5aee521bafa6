"""The told part of the report: masthead, the day in words, cautions, charts and maps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sim.reporting import page_points, page_tables
from sim.reporting.inline_svg import inline_svg
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.topics.topic import Topic
from sim.reporting.wording import UNKNOWN, across, clock, duration, esc, kpi_text, long_date, number, percent, whole, yuan

if TYPE_CHECKING:
    from sim.reporting.report_page import PageData

TILES = (
    "footfall_visits", "dwell_min_mean", "stores_per_visit_mean", "sales_fen", "basket_fen_mean", "conversion_share",
    "queue_wait_s_p95", "queue_abandon_share", "parking_occupancy_share_max", "parking_balk_share", "los_d_or_worse_share",
    "cold_area_share",
)  # fmt: skip


def masthead(run: dict[str, Any]) -> str:
    """Return the head of the page: which mall, which day, which question."""
    question = f'<p class="question">{esc(run["question"])}</p>' if run["question"] else ""
    expects = f'<p class="expects"><strong>What was expected:</strong> {esc(run["expects"])}</p>' if run["expects"] else ""
    seed = next((item["value"] for item in run["parameters"] if item["key"] == "seed"), "")
    policies = ", ".join(run["policies"]) or "none"
    return (
        '<header class="masthead">\n'
        f'<p class="kicker">Galleria · scenario <b>{esc(run["name"])}</b></p>\n'
        f"<h1>{esc(title(run['mall']))}</h1>\n"
        f'<p class="when">{esc(long_date(str(run["date"])))}, open {clock(run["opens_us"])} to {clock(run["closes_us"])} · '
        f"{whole(run['tenants'])} tenants on {len(run['levels'])} levels · policies: {esc(policies)}{_experiment(run)}</p>\n"
        f"{question}{expects}\n"
        f"{_REPLAY_LINK if run.get('has_replay') else ''}"
        f'<p class="once"><strong>One day, one seed.</strong> Everything here is a single simulated day (seed {esc(seed)}). Another seed gives another '
        "day that is just as likely, with other numbers. A difference between two such reports does not show that something works; "
        "<code>galleria compare</code> runs both sides many times under the same luck and says how sure one can be.</p>\n"
        "</header>"
    )


_REPLAY_LINK = '<p><a href="replay.html">Watch the day as it went</a></p>\n'
_DESIGNS = {"ab": "A/B by person", "switchback": "switchback", "zones": "hold-out by zone"}


def _experiment(run: dict[str, Any]) -> str:
    """Return which experiment the policies were part of; nothing without policies."""
    if not run["policies"]:
        return ""
    told = {item["key"]: item["value"] for item in run["parameters"]}
    kind = told.get("policy.design.kind", "none")
    held = f" · {_DESIGNS[kind]}, {100 * told['policy.design.control_share']:.0f} % held back" if kind in _DESIGNS else ""
    out = told.get("sensing.identity.holdout_share", 0.0)
    return f"{held} · {100 * out:.0f} % of members held out from all policies" if out else held


def title(mall: str) -> str:
    """Return a mall's name as a heading."""
    return mall.replace("_", " ").strip().capitalize() if "_" in mall or mall.islower() else mall


def summary(run: dict[str, Any], kpis: dict[str, Any]) -> str:
    """Return the day in two sentences or three, and the headline KPIs."""
    text = [
        f"{whole(kpis['footfall_visits'])} parties came in, {whole(kpis['footfall_people'])} people; at most "
        f"{whole(kpis['people_inside_max'])} were inside at once.",
        *_foreseen(run),
    ]
    if kpis["dwell_min_mean"] is not None:
        text.append(
            f"A party stayed {number(kpis['dwell_min_mean'], 0)} minutes, walked {number(kpis['walk_m_mean'], 0)} m and entered "
            f"{number(kpis['stores_per_visit_mean'], 1)} stores."
        )
    if kpis["purchases"]:
        text.append(
            f"Tenants sold for {yuan(kpis['sales_fen'])} in {whole(kpis['purchases'])} purchases; "
            f"their rents bring the mall {yuan(kpis['mall_income_fen'])}."
        )
    if waits := _waits(kpis):
        text.append(f"On average parties waited {' and '.join(waits)}.")
    return f'<p class="lead">{esc(" ".join(text))}</p>\n{tiles(kpis)}'


def _foreseen(run: dict[str, Any]) -> list[str]:
    """Return what the calendar makes of an average day, and what was the day's own luck; nothing of runs that did not write it down."""
    if "calendar" not in run:
        return []
    visits, factor, luck = (run["calendar"][name] for name in ("visits_per_day", "factor", "luck"))
    text = f"The calendar foresees {whole(visits * factor)} for this date: {whole(visits)} on an average day, times {number(factor, 2)}"
    more = round(100 * (luck - 1))
    if more == 0:
        return [f"{text}."]
    return [f"{text}; the day's own luck made it {abs(more)} % {'more' if more > 0 else 'fewer'}."]


def tiles(kpis: dict[str, Any]) -> str:
    """Return the headline KPIs."""
    return f'<dl class="tiles">{"".join(_tile(name, kpis[name]) for name in TILES if kpis[name] is not None)}</dl>'


def _waits(kpis: dict[str, Any]) -> list[str]:
    """Return what waiting at tills and for tables was like, each by itself: the two are of different length."""
    return [
        f"{duration(kpis[f'{kind}_wait_s_mean'])} {place} ({percent(kpis[f'{kind}_abandon_share'])} gave up)"
        for kind, place in (("till", "at tills"), ("table", "for a table"))
        if kpis[f"{kind}_wait_s_mean"] is not None
    ]


def _tile(name: str, value: Any) -> str:
    kpi = BY_NAME[name]
    return f'<div><dt>{esc(kpi.label)}</dt><dd>{esc(kpi_text(name, value))}</dd><dd class="name"><code>{name}</code></dd></div>'


def caution_list(run: dict[str, Any], kpis: dict[str, Any]) -> str:
    """Return the cautions, and which KPIs this run cannot know."""
    items = "".join(f'<li class="{esc(caution["weight"])}">{esc(caution["text"])}</li>' for caution in run["cautions"])
    body = (
        f'<ul class="cautions">{items}</ul>'
        if items
        else "<p>Nothing stood out: no party was stranded, no jam had to be broken.</p>"
    )
    by_reason: dict[str, list[str]] = {}
    for name, value in kpis.items():
        if value is None:
            by_reason.setdefault(
                BY_NAME[name].unknown
                or BY_NAME[name].null_where
                or "nothing happened from which to compute it, or the run did not record it",
                [],
            ).append(name)
    reasons = "".join(
        f"<li>{esc(reason[0].upper() + reason[1:])}: {', '.join(f'<code>{name}</code>' for name in names)}.</li>"
        for reason, names in by_reason.items()
    )
    count = sum(len(names) for names in by_reason.values())
    unknown = (
        f"<details data-fold><summary>{count} KPIs are unknown in this run, and why</summary><ul>{reasons}</ul></details>"
        if reasons
        else ""
    )
    return body + unknown


def _figure(data: PageData, picture: dict[str, str], recolour: bool = True) -> str:
    prefix = re.sub(r"\W", "", picture["file"].removeprefix("figures/").removesuffix(".svg"))
    svg = inline_svg(data.figures[picture["file"]], prefix, picture["alt"], recolour)
    return f"<figure>{svg}<figcaption>{esc(picture['caption'])}</figcaption></figure>"


def figure_cells(data: PageData, section: str, recolour: bool = True) -> str:
    """Return the figures of a section one after another, nothing when there are none."""
    return "".join(_figure(data, picture, recolour) for picture in data.run["pictures"] if picture["section"] == section)


def figure_grid(data: PageData, section: str) -> str:
    """Return the figures of a section side by side, nothing when there are none."""
    found = figure_cells(data, section)
    return f'<div class="grid">{found}</div>' if found else ""


def maps(data: PageData) -> str:
    """Return a hot and cold map for each level, top level first."""
    figures = figure_cells(data, "map", recolour=False)
    if not figures:
        return ""
    cold, crowd = data.kpis["cold_area_share"], data.kpis["los_d_or_worse_share"]
    text = (
        "Time that people spent on each piece of floor, per square metre, relative to the mall's mean. Pale floor is cold: "
        f"{percent(cold)} of the walkable area saw less than a fifth of the mean. {percent(crowd)} of the time was spent in a crowd "
        "(Fruin level of service D or worse)."
    )
    places = _places(data.curves.get("places") or [])
    return f'<p>{esc(text)}</p>\n{places}<div class="maps">{figures}</div>'


def _places(levels: list[dict[str, Any]]) -> str:
    """Return the hottest and the coldest floor of each level by the stores it lies by, as a table."""
    if not levels:
        return ""

    def said(places: list[dict[str, Any]]) -> str:
        parts = (f'<span translate="no">{esc(place["store"])}</span> ({place["times_mean"]:.1f})' for place in places)
        return "; ".join(parts) or UNKNOWN

    rows = "".join(
        f'<tr><th scope="row" translate="no">{esc(each["level"])}</th><td>{said(each["hot"])}</td><td>{said(each["cold"])}</td></tr>\n'
        for each in levels
    )
    return across(
        '<table class="places"><caption>Hot and cold places by the store they lie by; in brackets the time spent per m², times the mall\'s mean'
        f'</caption><thead><tr><th scope="col">Level</th><th scope="col">Hottest by</th><th scope="col">Coldest by</th></tr></thead><tbody>{rows}</tbody></table>',
        "Hot and cold places",
    )


def waiting(data: PageData) -> str:
    """Return what waiting was like, in words and charts."""
    figures = figure_grid(data, "queue")
    if not figures:
        return ""
    kpis = data.kpis
    parts = [
        f"{place}: {duration(kpis[f'{kind}_wait_s_mean'])} on average, {percent(kpis[f'{kind}_abandon_share'])} gave up"
        for kind, place in (("till", "At tills"), ("table", "For tables"))
        if kpis[f"{kind}_wait_s_mean"] is not None
    ]
    covers = f" {whole(kpis['covers'])} people were seated." if kpis["covers"] else ""
    return f"<p>{esc('. '.join(parts))}.{esc(covers)}</p>\n{figures}"


def parking(data: PageData) -> str:
    """Return what parking was like, in words and a chart; nothing when the mall has no car park."""
    figures = figure_grid(data, "parking")
    if not figures:
        return ""
    kpis = data.kpis
    text = (
        f"{whole(kpis['cars_parked'])} cars parked over the day, on {whole(data.run['bays'])} bays; at the fullest moment {percent(kpis['parking_occupancy_share_max'])} "
        f"of the bays of the fullest car park were taken. Finding a bay took {duration(kpis['parking_search_s_mean'])} on average, paying and lines at "
        f"the exit cost {duration(kpis['parking_exit_delay_s_mean'])}, and {percent(kpis['parking_balk_share'])} of the cars drove on, those that "
        "came in and found no bay included."
    )
    return f"<p>{esc(text)}</p>\n{figures}"


def topic(data: PageData, of: Topic) -> str:
    """Return what the run says of a topic, in words and charts; nothing where it has nothing to say."""
    words = of.words(data.kpis, data.curves.get(of.name) or {})
    found = data.curves.get(of.name) or {}
    tables = [page_tables.comparison(found["rows"])] if of.name == "targets" and words else []
    tables += [page_points.statement_table(found)] if of.name == "points" and words else []
    # plans keep their own colours, and need the whole width for the names in their rooms
    plans = figure_cells(data, of.name, recolour=False) if of.name == "layout" else ""
    figures = f'<div class="maps">{plans}</div>' if plans else figure_grid(data, of.name)
    return "\n".join([*(f"<p>{esc(text)}</p>" for text in words), *tables, figures]) if words else ""


def footer(provenance: dict[str, Any]) -> str:
    """Return the last line of the page."""
    return f"<footer><p>Galleria {esc(provenance['version'])} · all numbers are of a simulation, none was measured in a real mall.</p></footer>"
