"""The told part of the report of several days: what they were like together, one after another, and by weekday."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sim.reporting.page_sections import figure_grid, tiles
from sim.reporting.page_tables import comparison
from sim.reporting.topics.targets_days import DAYS_LEAST
from sim.reporting.topics.targets_words import ORIGINS
from sim.reporting.wording import UNKNOWN, clock, esc, long_date, number, percent, whole, yuan

if TYPE_CHECKING:
    from sim.reporting.report_page import PageData

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Row = dict[str, Any]


def masthead(run: Row, title: str) -> str:
    """Return the head of the page: which mall, which days, which question."""
    days = run["days"]
    last = (date.fromisoformat(run["date"]) + timedelta(days=len(days) - 1)).isoformat()
    question = f'<p class="question">{esc(run["question"])}</p>' if run["question"] else ""
    expects = f'<p class="expects"><strong>What was expected:</strong> {esc(run["expects"])}</p>' if run["expects"] else ""
    seed = next((item["value"] for item in run["parameters"] if item["key"] == "seed"), "")
    return (
        '<header class="masthead">\n'
        f'<p class="kicker">Galleria · scenario <b>{esc(run["name"])}</b></p>\n'
        f"<h1>{esc(title)}</h1>\n"
        f'<p class="when">{len(days)} days, {esc(long_date(run["date"]))} to {esc(long_date(last))}, open {clock(run["opens_us"])} to '
        f"{clock(run['closes_us'])} · {whole(run['tenants'])} tenants on {len(run['levels'])} levels</p>\n"
        f"{question}{expects}\n"
        f'<p class="once"><strong>One run of days, one seed.</strong> Everything here is one course of events (seed {esc(seed)}); another seed gives '
        "another that is just as likely. <code>galleria compare</code> runs two sides many times under the same luck.</p>\n"
        "</header>"
    )


def summary(data: PageData) -> str:
    """Return the days in a few sentences, and the headline KPIs."""
    days, kpis = data.run["days"], data.kpis
    visits = [row["footfall_visits"] for row in days]
    busiest = max(days, key=lambda row: row["footfall_visits"])
    quietest = min(days, key=lambda row: row["footfall_visits"])
    text = [
        f"<b>{whole(kpis['footfall_visits'])} parties</b> came in {len(days)} days, {whole(sum(visits) / len(days))} a day: most on "
        f"{esc(long_date(busiest['date']))} ({whole(busiest['footfall_visits'])}), fewest on {esc(long_date(quietest['date']))} "
        f"({whole(quietest['footfall_visits'])}).",
        f"Tenants sold for <b>{yuan(kpis['sales_fen'])}</b>, {yuan(kpis['sales_fen'] / len(days))} a day; their rents bring the mall "
        f"{yuan(kpis['mall_income_fen'])} in all.",
    ]
    wet = [row for row in days if row.get("is_wet")]
    if wet:
        text.append(f"It rained on {len(wet)} days.")
    holidays = [row for row in days if row.get("holiday")]
    if holidays:
        text.append(f"{len(holidays)} days were public holidays.")
    last = days[-1]
    if last["points_outstanding"]:
        text.append(
            f"Members earned {whole(kpis['points_issued'])} points; {whole(last['point_holders'])} of them hold "
            f"{whole(last['points_outstanding'])} at the end."
        )
    if "alliance_share" in last:
        half = last["alliance_half_day"]
        text.append(
            f"{percent(days[0]['alliance_share'])} of the tenants were in the alliance in the first evening, {percent(last['alliance_share'])} are in the "
            f"last one; {whole(last['alliance_joined_total'])} times one has joined, {whole(last['alliance_left_total'])} times one has left"
            + ("." if half is None else f", and half of them were in after {whole(half)} days of the alliance's life.")
        )
    if "first_visits" in last:
        first, won_back, lost = (sum(row[name] for row in days) for name in ("first_visits", "won_back", "became_lost"))
        text.append(
            f"{whole(first)} residents came for the first time, {whole(won_back)} came back who had been lost, and {whole(lost)} have stayed "
            "away so long that they count as lost."
        )
    return f'<p class="lead">{" ".join(text)}</p>\n{tiles(kpis)}{_RULES}'


_RULES = (
    "<p>Counts and sums are of all days together, ratios (basket, conversion, stores per visit) of what happened on all days, what stands in the "
    "evening of the last one; maxima are the largest of any day. Percentiles, the share of cold floor and some others are plain means of the days. The "
    '<a href="#kpis">list of KPIs</a> says it of each.</p>'
)


def series(data: PageData) -> str:
    """Return the figures that show one day after another."""
    return figure_grid(data, "days")


def weekdays(data: PageData) -> str:
    """Return a table of the mean Monday to Sunday, holidays apart."""
    days = data.run["days"]
    groups = [(name, [row for row in days if row["weekday"] == name and not row["holiday"]]) for name in WEEKDAYS]
    groups.append(("Public holidays", [row for row in days if row["holiday"]]))
    whole_mean = _mean(days, "footfall_visits") or 0
    lines = "".join(_weekday_row(name, rows, whole_mean) for name, rows in groups if rows)
    heads = (
        "Day",
        "Days",
        "Visits",
        "Relative to the mean",
        "Sales, ¥",
        "Stay, min",
        "Stores a visit",
        "Wait that 5 % exceed, s",
        "Satisfaction",
    )
    cells = "".join(f'<th scope="col"{"" if index == 0 else " class=n"}>{head}</th>' for index, head in enumerate(heads))
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of weekdays">'
        f"<table><caption>The mean of each day of the week; stay, stores and satisfaction over its visits</caption><thead><tr>{cells}</tr></thead>\n<tbody>{lines}</tbody></table></div>"
        f"{_luck(days)}<p>{esc(ORIGINS)}</p>\n{comparison(data.curves['targets']['rows'])}"
    )


def _luck(days: Sequence[Row]) -> str:
    """Return a warning where weekdays came too seldom to tell their differences from luck."""
    if len(days) >= DAYS_LEAST:
        return ""
    return (
        f"<p>In {len(days)} days each day of the week comes {-(-len(days) // 7)} times at most: much of what parts the rows is luck. "
        f"From {DAYS_LEAST} days on the week has a shape.</p>\n"
    )


def _weekday_row(name: str, rows: Sequence[Row], whole_mean: float) -> str:
    visits, sales_fen = _mean(rows, "footfall_visits"), _mean(rows, "sales_fen")
    satisfaction = _mean(rows, "satisfaction", "visits_ended")
    cells = (
        whole(len(rows)),
        whole(visits),
        number(visits / whole_mean, 2) if visits is not None and whole_mean else UNKNOWN,
        whole(None if sales_fen is None else sales_fen / 100),
        number(_mean(rows, "dwell_min_mean", "footfall_visits"), 0),
        number(_mean(rows, "stores_per_visit_mean", "footfall_visits"), 1),
        whole(_mean(rows, "queue_wait_s_p95")),
        UNKNOWN if satisfaction is None else percent(satisfaction),
    )
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td class=n>{cell}</td>" for cell in cells)}</tr>\n'


def _mean(rows: Sequence[Row], name: str, weight: str = "") -> float | None:
    known = [(row[name], row[weight] if weight else 1) for row in rows if row[name] is not None]
    total = sum(count for _, count in known)
    return sum(value * count for value, count in known) / total if total else None
