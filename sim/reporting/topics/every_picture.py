"""The pictures of all topics, in the report's order."""

from __future__ import annotations

from typing import Any

from sim.plan_arrays import CompiledPlan
from sim.reporting.figures import Span
from sim.reporting.picture import Picture
from sim.reporting.topics import (
    abuse_pictures,
    alliance_pictures,
    car_money_pictures,
    cars_pictures,
    checkout_pictures,
    cinema_pictures,
    clearing_pictures,
    desks_pictures,
    finance_pictures,
    flows_pictures,
    food_pictures,
    goods_pictures,
    happenings_pictures,
    home_pictures,
    layout_pictures,
    lines_pictures,
    members_pictures,
    minds_pictures,
    online_pictures,
    parties_pictures,
    partners_pictures,
    points_pictures,
    promos_pictures,
    ratings_pictures,
    referral_pictures,
    shown_pictures,
    targets_pictures,
)

_OF_TOPIC = {
    "flows": flows_pictures,
    "targets": targets_pictures,
    "lines": lines_pictures, "food": food_pictures, "cinema": cinema_pictures, "checkout": checkout_pictures,
    "goods": goods_pictures,
    "layout": layout_pictures,
    "desks": desks_pictures, "cars": cars_pictures,
    "car_money": car_money_pictures,
    "minds": minds_pictures,
    "parties": parties_pictures,
    "members": members_pictures,
    "ratings": ratings_pictures,
    "alliance": alliance_pictures,
    "promos": promos_pictures,
    "points": points_pictures,
    "clearing": clearing_pictures,
    "referral": referral_pictures,
    "finance": finance_pictures,
    "partners": partners_pictures,
    "home": home_pictures,
    "abuse": abuse_pictures,
    "shown": shown_pictures,
    "happenings": happenings_pictures,
    "online": online_pictures,
}  # fmt: skip


def topic_pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the whole day."""
    return [
        made
        for topic, module in _OF_TOPIC.items()
        if curves.get(topic)
        for made in module.pictures(curves[topic], compiled, span)
    ]
