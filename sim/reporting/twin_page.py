"""The page of a live twin: now, forecasts, alarms, what policies would change, what was set aside; as a file, or part by part for a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.reporting.inline_svg import inline_svg
from sim.reporting.page_sections import title
from sim.reporting.twin_figures import fan_chart, kept_chart
from sim.reporting.twin_tables import (
    alarm_table,
    aside_tables,
    dial_table,
    forecast_tables,
    score_table,
    tried_table,
    whole_mall_table,
)
from sim.reporting.twin_words import axis_of, interval_of, name_of, value_of
from sim.reporting.wording import clock, esc, long_date, whole

ASSETS = Path(__file__).parent / "assets"
MAIN_QUANTITY = "people"
SHOWN_AHEAD_MIN = 60  # of the charts that hold forecasts against what came
Row = Mapping[str, Any]
TITLES = {
    "now": "Now",
    "alarms": "Alarms",
    "forecast": "Forecast",
    "tried": "What policies would change, switched on now",
    "scores": "How good the forecasts were",
    "dials": "What the twin has learned of today",
    "aside": "What was set aside",
}


def page(status: Row, courses: Row, alarms: Sequence[Row]) -> str:
    """Return the whole page as one file: no script, no request to anybody."""
    body = "\n".join(
        f'<section id="{anchor}"><h2>{esc(TITLES[anchor])}</h2>\n{text}</section>'
        for anchor, text in sections(status, courses, alarms).items()
        if text
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{esc(status['scenario'])} · live twin</title>\n<style>\n{style()}</style>\n</head>\n"
        f'<body>\n<a class="skip" href="#main">Skip to the twin</a>\n{masthead(status)}\n<main id="main">\n{body}\n</main>\n'
        f"<footer><p>Galleria {esc(status['version'])} · believed and foretold values are of a simulation, measured ones of the feed.</p></footer>\n"
        "</body>\n</html>\n"
    )


def style() -> str:
    """Return the rules of the page's looks."""
    return "".join((ASSETS / name).read_text(encoding="utf-8") for name in ("report.css", "twin.css"))


def masthead(status: Row) -> str:
    """Return the head: which mall, which day, which question."""
    question = f'<p class="question">{esc(status["question"])}</p>' if status["question"] else ""
    tries = ", ".join(status["tries"]) or "none"
    return (
        f'<header class="masthead"><p class="kicker">Galleria · live twin of scenario <b>{esc(status["scenario"])}</b></p>'
        f"<h1>{esc(title(status['mall']))}</h1>"
        f'<p class="when">{esc(long_date(status["date"]))}, open {clock(status["opens_us"])} to {clock(status["closes_us"])} · '
        f"{whole(status['members'])} malls side by side · policies tried: {esc(tries)}</p>{question}</header>"
    )


def sections(status: Row, courses: Row, alarms: Sequence[Row]) -> dict[str, str]:
    """Return the page's parts by anchor, as they are now; empty where there is nothing to say."""
    if "now_us" not in status:
        waiting = f"<p>{_ended(status) or 'The first quarter of an hour is not over.'}</p>"
        return {**dict.fromkeys(TITLES, ""), "now": waiting, "aside": aside_tables(status["set_aside"])}
    return {
        "now": _now(status, courses),
        "alarms": _alarms(status, alarms),
        "forecast": forecast_tables(status),
        "tried": tried_table(status["tried"], status["tried_us"]),
        "scores": _scores(status, courses),
        "dials": dial_table(status),
        "aside": aside_tables(status["set_aside"]),
    }


def spoken(status: Row) -> str:
    """Return the state in one plain sentence, for who listens to the page, and for its title."""
    if "now_us" not in status:
        return "The twin waits for its first quarter of an hour."
    people = next((row for row in status["believed"] if row["what"] == MAIN_QUANTITY and row["where"] == ""), None)
    inside = "" if people is None else f", {value_of(MAIN_QUANTITY, people['mean'])} people inside"
    standing = len(status["alarms"])
    alarms = f", {standing} alarm{' stands' if standing == 1 else 's stand'}" if standing else ", no alarm"
    return f"{status['now']}{inside}{alarms}."


def _ended(status: Row) -> str:
    return f"{esc(status['ended'][:1].upper() + status['ended'][1:])}." if status["ended"] else ""


def _now(status: Row, courses: Row) -> str:
    people = next((row for row in status["believed"] if row["what"] == MAIN_QUANTITY and row["where"] == ""), None)
    parts = [f'<p class="lead">At <b>{esc(status["now"])}</b>{_inside(people)} {_ended(status)}</p>']
    if courses.get(MAIN_QUANTITY, {}).get("believed"):
        label, factor = axis_of(MAIN_QUANTITY)
        svg = fan_chart(courses[MAIN_QUANTITY], status["opens_us"], status["closes_us"], label, factor)
        parts.append(
            _figure(
                svg,
                "fan",
                "People inside over the day, measured and as the twin has it, and the forecast from now on",
                "People inside. Shaded: 90 % intervals.",
            )
        )
    parts.append(whole_mall_table(status))
    return "\n".join(parts)


def _inside(people: Row | None) -> str:
    if people is None:
        return " the twin is in step."
    counted = (
        "nothing was counted" if people["measured"] is None else f"counted were {value_of(MAIN_QUANTITY, people['measured'])}"
    )
    held = interval_of(MAIN_QUANTITY, dict(people))
    return f" there are <b>{value_of(MAIN_QUANTITY, people['mean'])} people</b> inside as the twin has it ({held}); {counted}."


def _alarms(status: Row, alarms: Sequence[Row]) -> str:
    compared, outside = status["compared_now"], status["outside_now"]
    single = f"{outside} of the {compared} values measured at {status['now']} lay outside of their 90 % intervals; one in ten does by chance."
    rule = "An alarm is two in a row of the whole mall or three of a place, always on one side, or a total far outside."
    if not alarms:
        return f"<p>No alarm so far. {esc(f'{single} {rule}' if compared else rule)}</p>"
    standing = len(status["alarms"])
    text = f"{len(alarms)} so far, {standing or 'none'} of them standing now. {f'{single} ' if compared else ''}{rule}"
    return f"<p>{esc(text)}</p>\n{alarm_table(alarms, status['now_us'])}"


def _scores(status: Row, courses: Row) -> str:
    if not status["scores"]:
        return ""
    figures = []
    for what, course in courses.items():
        ahead = SHOWN_AHEAD_MIN
        if ahead not in course["foretold"] or all(row[1] is None for row in course["believed"]):
            continue
        label, factor = axis_of(what)
        svg = kept_chart(course, ahead, status["opens_us"], status["closes_us"], label, factor)
        figures.append(
            _figure(
                svg,
                f"kept{what}",
                f"{name_of(what)}: foretold an hour before, and measured",
                f"{name_of(what)}, whole mall: foretold an hour before, and what was measured.",
            )
        )
    text = (
        "Each forecast whose time has come is held against what was measured. The score (CRPS) is in the quantity's own unit and is like a mean "
        "error that also counts how wide the forecast was; 0 is perfect. A good 90 % interval holds nine of ten."
    )
    return f'<p>{esc(text)}</p>\n<div class="grid">{"".join(figures)}</div>\n{score_table(status["scores"])}'


def _figure(svg: str, prefix: str, alt: str, caption: str) -> str:
    return f"<figure>{inline_svg(svg, prefix, alt, True)}<figcaption>{esc(caption)}</figcaption></figure>"
