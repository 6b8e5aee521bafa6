"""The report's section on what the mall could know: who was recognised, how right positions were, whether that is good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.reporting.page_sections import figure_cells, figure_grid
from sim.reporting.wording import esc, number, percent, whole

if TYPE_CHECKING:
    from sim.reporting.report_page import PageData

PUSH_M = 30.0  # of the KPIs push_range_*: the radius that the mall's operator had in mind


def knowledge(data: PageData) -> str:
    """Return what the mall's systems could know in words and pictures; nothing where nothing but doors and tills was sensed."""
    kpis = data.kpis
    charts, maps = figure_grid(data, "sensing"), figure_cells(data, "sensing_map", recolour=False)
    return "\n".join(
        [
            *_paragraphs(_identity(kpis), _positions(kpis), _stays(kpis), _push(kpis)),
            *([charts] if charts else []),
            *_paragraphs(_maps(kpis, data.curves.get("sensing") or {})),
            *([f'<div class="maps">{maps}</div>'] if maps else []),
        ]
    )


def _paragraphs(*texts: str) -> list[str]:
    return [f"<p>{esc(text)}</p>" for text in texts if text]


def _identity(kpis: dict[str, Any]) -> str:
    if kpis.get("wifi_connect_share") is None:
        return ""
    text = (
        f"{percent(kpis['wifi_connect_share'])} of the visits had a phone on the mall's Wi-Fi, and {percent(kpis.get('portal_member_share'))} "
        "logged in at its page."
    )
    if kpis.get("unique_members") is not None:
        text += (
            f" {whole(kpis['unique_members'])} different people who are enrolled, with an account of points or without, were recognised, "
            f"{whole(kpis.get('members_new'))} of them new."
        )
    if kpis.get("sales_known_share") is not None:
        text += f" {percent(kpis['sales_known_share'])} of sales could be put down to members who agree to be followed, by a linked way to pay"
        if kpis.get("identified_sales_share") is not None:
            text += f"; this is beside the {percent(kpis['identified_sales_share'])} of sales at which a membership was shown at the till"
        text += "."
    return text


def _positions(kpis: dict[str, Any]) -> str:
    if kpis.get("position_error_m_median") is None:
        return ""
    text = (
        f"Where positioning put a phone on the right level, half of the places were within {number(kpis['position_error_m_median'], 1)} m of "
        f"the truth and three in four within {number(kpis['position_error_m_p75'], 1)} m"
    )
    if kpis.get("floor_right_share") is not None:
        text += f"; the level was right in {percent(kpis['floor_right_share'])} of the cases"
    if kpis.get("zone_right_share") is not None:
        text += f", the zone or store in {percent(kpis['zone_right_share'])}"
    text += "."
    if kpis.get("position_coverage_share") is not None:
        text += (
            f" At a glance {percent(kpis['position_coverage_share'])} of the phones inside with Wi-Fi on could be placed: the others "
            "had not scanned since the glance before, or were not heard."
        )
    return text


def _stays(kpis: dict[str, Any]) -> str:
    if kpis.get("store_attribution_share") is None:
        return ""
    text = f"Of the stays of followed phones in stores, {percent(kpis['store_attribution_share'])} were found and put down to the right store"
    if kpis.get("store_attribution_precision_share") is not None:
        text += f"; of the stays that were reported, {percent(kpis['store_attribution_precision_share'])} were right"
    return f"{text}."


def _push(kpis: dict[str, Any]) -> str:
    right, reached = kpis.get("push_range_precision_share"), kpis.get("push_range_recall_share")
    if right is None or reached is None:
        return ""
    astray = 1.0 - right
    verdict = (
        "hardly any message goes astray"
        if astray < 0.02
        else f"one message in {max(1.0 / astray, 1.0):.0f} goes to somebody elsewhere"
    )
    return (
        f"Is that good enough for a message to everybody within {PUSH_M:g} m of a store? {percent(right)} of those it would go to truly "
        f"stand there, so that {verdict}; {percent(reached)} of those who do stand there would get it."
    )


def _maps(kpis: dict[str, Any], sensed: dict[str, Any]) -> str:
    seen, true = kpis.get("cold_area_share_estimated"), sensed.get("cold_area_share_of_fixes")
    if seen is None or true is None:
        return ""
    text = f"By positioning {percent(seen)} of the floor looks cold; by the true places of the same phones {percent(true)} is."
    likeness = sensed.get("zone_density_correlation")
    if likeness is not None:
        text += f" Over zones, the two pictures correlate by {number(likeness, 2)}."
    return text
