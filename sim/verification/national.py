"""A nation's path to so many members, against its closed form, and whether the goals of the source are reached."""

from __future__ import annotations

from typing import Any

from sim.members_path import GOAL_MONTHS, GOALS, closed_form, members_path, off_site_needed
from sim.schema.network import MembersPathConfig
from sim.verification.parameters import Parameter, number, whole
from sim.verification.records import Record, at_most, near, record

MEANING = "members by months of a national network: the model against its closed form; 30 and 100 million, reached or not"
PARAMETERS: dict[str, Parameter] = {
    "visitors": number(55e6, "people who come to any mall at all", 1e3, 2e9),
    "visitor_days": number(5.6e6, "visits by people on an average day", 1e3, 1e9),
    "portal_share": number(0.06, "share of strangers' visits on which they complete the portal", 0.0001, 1.0),
    "join_share": number(0.30, "share of those who complete it who become members", 0.0001, 1.0),
    "visits_cv": number(1.0, "sd / mean of how often people come", 0.05, 5.0),
    "growth_per_year": number(0.05, "growth of visitors and visitor-days", -0.5, 3.0),
    "turnover_per_year": number(0.10, "share of visitors who move away in a year", 0.0, 1.0),
    "off_site_per_day": number(0.0, "members a day who join elsewhere", 0.0, 1e7),
    "months": whole(48, "months that are looked at", 48, 360),
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"portal_share": 0.02, "join_share": 0.10},
    {"portal_share": 0.20, "join_share": 0.58},
)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the model without growth against its closed form, what it may not exceed, and the path with what it would take."""
    given = MembersPathConfig(
        visitors_distinct=values["visitors"], visitor_days_per_day=values["visitor_days"], portal_share=values["portal_share"],
        join_share=values["join_share"], visits_cv=values["visits_cv"], growth_per_year=values["growth_per_year"],
        turnover_per_year=values["turnover_per_year"], off_site_per_day=values["off_site_per_day"], months=values["months"],
    )  # fmt: skip
    still = MembersPathConfig(**{**vars(given), "growth_per_year": 0.0, "turnover_per_year": 0.0, "off_site_per_day": 0.0})
    path, plain = members_path(given), members_path(still)
    exact = [(month, closed_form(still, round(month * 365 / 12))) for month in (1, 12, 48)]
    found = [
        near(
            f"members after {month} months, nobody moving", "people", reference, float(plain.members[month]), 0.015 * reference
        )
        for month, reference in exact
    ]
    found.append(at_most("members who have joined in a mall", "people", float(path.visitors[-1]), float(path.on_site[-1])))
    for goal, months in zip(GOALS, GOAL_MONTHS, strict=True):
        needed = off_site_needed(given, goal, months)
        words = f"{goal / 1e6:.0f} million wanted after {months} months"
        reached = float(path.members[months])
        rule = "reached in time" if reached >= goal else f"not reached: {needed:,.0f} a day would have to join elsewhere"
        found.append(record(words, "people", goal, reached, "info", rule))
    return found
