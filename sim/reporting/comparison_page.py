"""Assembles comparison.html: what differs between arms in words, figures and one table; one file, no network, deaf to hostile names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reporting import comparison_tables as tables
from sim.reporting import comparison_words as words
from sim.reporting.comparison_wording import setting
from sim.reporting.inline_svg import inline_svg
from sim.reporting.page_frame import framed
from sim.reporting.page_sections import footer
from sim.reporting.wording import esc, whole

ASSETS = Path(__file__).parent / "assets"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """A figure on the page."""

    section: str  # forest, all, parts, effects, maps
    arm: str
    caption: str
    alt: str
    svg: str
    follows_theme: bool = True  # maps keep their colours


def page(comparison: Record, provenance: Record, figures: Sequence[Shown]) -> str:
    """Return the whole page; every number on it stands in `comparison` or is a count of its records.

    The content policy allows our one script by its digest and no other, and no request at all.
    """
    script = (ASSETS / "report.js").read_text(encoding="utf-8")
    style = (ASSETS / "report.css").read_text(encoding="utf-8") + (ASSETS / "comparison.css").read_text(encoding="utf-8")
    body = [
        '<a class="skip" href="#main">Skip to the comparison</a>',
        _masthead(comparison),
        _nav_and_main(_sections(comparison, provenance, figures)),
        footer(dict(provenance)),
    ]
    return framed(f"{comparison['scenario']}: what differs from {comparison['baseline']}", style, body, script)


def _masthead(comparison: Record) -> str:
    arms = [each["arm"] for each in comparison["summary"]]
    days = comparison["replications"]
    return (
        '<header class="masthead">\n'
        f'<p class="kicker">Galleria · comparison · scenario <b>{esc(comparison["scenario"])}</b></p>\n'
        f"<h1>What differs from {esc(comparison['baseline'])}?</h1>\n"
        f'<p class="when">{", ".join(f"<b>{esc(arm)}</b>" for arm in arms)} against <b>{esc(comparison["baseline"])}</b> · '
        f"{whole(days)} replication{'s' if days != 1 else ''} of each arm under common random numbers</p>\n"
        f"{_how_to_read(comparison)}"
        "</header>"
    )


def _how_to_read(comparison: Record) -> str:
    if comparison["confidence"] is None:
        return ""
    return (
        '<p class="once"><strong>How sure.</strong> <em>Surely</em> means: the difference holds at 5 % after correction (Holm) for the number of KPIs and arms '
        f"looked at. Intervals are 95 % intervals of the mean paired difference over {whole(comparison['replications'])} replications, each by itself. No difference shown is "
        "no proof that there is none. All numbers are of a simulation.</p>\n"
    )


def _nav_and_main(parts: Sequence[tuple[str, str, str, str]]) -> str:
    shown = [part for part in parts if part[-1]]
    links = "".join(f'<li><a href="#{anchor}">{esc(short)}</a></li>' for anchor, short, _, _ in shown)
    sections = "\n".join(
        f'<section id="{anchor}" aria-labelledby="h-{anchor}">\n<h2 id="h-{anchor}">{esc(title)}</h2>\n{body}\n</section>'
        for anchor, _, title, body in shown
    )
    return f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n<main id="main">\n{sections}\n</main>'


def _sections(comparison: Record, provenance: Record, figures: Sequence[Shown]) -> list[tuple[str, str, str, str]]:
    """Return anchor, short title, title and body of each section; those without a body are left out."""
    drawn = {section: _by_arm(comparison, figures, section) for section in ("forest", "parts", "effects", "maps")}
    return [
        ("summary", "In short", "What differs, and what does not", _summary(comparison)),
        ("cautions", "Cautions", "Before you rely on it", _cautions(comparison)),
        ("why", "Why", "Why it moved", _why(comparison)),
        ("forest", "KPIs", "How far the KPIs move", drawn["forest"]),
        ("money", "Money", "What it brings the owner", tables.benefits(comparison.get("benefits", ()))),
        ("parts", "Winners and losers", "Who wins and who loses", tables.losers(comparison.get("losers", ())) + drawn["parts"]),
        ("effects", "Where and when", "By hour and by level", drawn["effects"]),
        ("maps", "Maps", "Where people are", _MAPS + drawn["maps"] if drawn["maps"] else ""),
        ("precision", "Precision", "How much common luck saved", _precision(comparison)),
        ("kpis", "All KPIs", "Every KPI of every arm", tables.kpis(comparison)),
        ("provenance", "Provenance", "Where this comes from", tables.provenance(comparison, provenance)),
    ]


_MAPS = (
    "<p>Time that people spend on each piece of floor, in person-minutes a day and per square metre, mean of all replications. The scale of the first two maps "
    "is the same on all levels, and ends where one zone in fifty is busier. In the third, blue floor gains people and orange floor loses them.</p>\n"
)


def _summary(comparison: Record) -> str:
    cards = []
    for arm in comparison["summary"]:
        text = "\n".join(f"<p>{paragraph}</p>" for paragraph in words.paragraphs(comparison, arm))
        cards.append(f'<article class="arm"><h3>{esc(arm["arm"])}</h3>\n{_setting(comparison, arm["arm"])}{text}</article>')
    return "\n".join(cards)


def _setting(comparison: Record, arm: str) -> str:
    """Return what the arm sets otherwise than the baseline, where comparison.json has it."""
    told = [
        f"<code>{esc(each['key'])}</code> {esc(setting(each['baseline']))} → <b>{esc(setting(each['arm']))}</b>"
        for each in comparison.get("differs", {}).get(arm, ())
    ]
    if not told:
        return ""
    few, more = told[:4], told[4:]
    rest = (
        f"<details><summary>{len(more)} more settings</summary><ul>{''.join(f'<li>{each}</li>' for each in more)}</ul></details>"
        if more
        else ""
    )
    return f'<div class="setting">Set otherwise than the baseline: {"; ".join(few)}.{rest}</div>\n'


def _cautions(comparison: Record) -> str:
    items = "".join(f'<li class="serious">{esc(text[:1].upper() + text[1:])}.</li>' for text in comparison["cautions"])
    empty = "<p>Nothing stood out: all arms have the same floor plan, days and seeds.</p>"
    unknown = comparison.get("not_simulated", ())
    rest = (
        f"<details><summary>{len(unknown)} KPIs that no run knows yet</summary><p>{', '.join(f'<code>{esc(name)}</code>' for name in unknown)}</p></details>"
        if unknown
        else ""
    )
    alarms = comparison.get("false_alarms")
    return (
        (f'<ul class="cautions">{items}</ul>' if items else empty)
        + (f"<p>{esc(alarms['words'])}.</p>" if alarms else "")
        + rest
    )


def _why(comparison: Record) -> str:
    return "\n".join(
        f"<h3>{esc(told['arm'])}</h3>\n{''.join(f'<p>{esc(text)}</p>' for text in told['words'])}"
        for told in comparison.get("why", ())
    )


def _precision(comparison: Record) -> str:
    told = [f"<p>{esc(each['words'])}.</p>" for each in comparison.get("common_draws", ())]
    if not told:
        mine = [(arm["arm"], words.precision(arm)) for arm in comparison["summary"]]
        told = [f"<p><b>{esc(arm)}.</b> {text}</p>" for arm, text in mine if text]
    note = f"<p>Estimated from {whole(comparison['replications'])} replications; the table of all KPIs has it for each.</p>"
    return "".join([*told, note]) if told else ""


def _by_arm(comparison: Record, figures: Sequence[Shown], section: str) -> str:
    """Return the figures of a section, arm by arm."""
    found = []
    for number, arm in enumerate(each["arm"] for each in comparison["summary"]):
        mine = [figure for figure in figures if figure.section == section and figure.arm == arm]
        folded = [figure for figure in figures if figure.section == f"{section} folded" and figure.arm == arm]
        if mine or folded:
            cells = "".join(_figure(figure, f"{section}{number}x{place}") for place, figure in enumerate(mine))
            found.append(
                f'<h3>{esc(arm)}</h3>\n<div class="{section}">{cells}</div>{_folded(folded, section, f"{section}{number}f")}'
            )
    return "\n".join(found)


def _folded(figures: Sequence[Shown], section: str, prefix: str) -> str:
    if not figures:
        return ""
    cells = "".join(_figure(figure, f"{prefix}{place}") for place, figure in enumerate(figures))
    title = figures[0].caption if len(figures) == 1 else f"{len(figures)} more, in which little or nothing changes"
    return f'<details data-fold><summary>{esc(title)}</summary><div class="{section}">{cells}</div></details>'


def _figure(figure: Shown, prefix: str) -> str:
    svg = inline_svg(figure.svg, prefix, figure.alt, figure.follows_theme)
    return f'<figure><div class="pan" tabindex="0" role="group" aria-label="{esc(figure.alt)}">{svg}</div><figcaption>{esc(figure.caption)}</figcaption></figure>'
