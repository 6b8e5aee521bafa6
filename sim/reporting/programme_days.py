"""What several days say of the programme of points: who brought whom, and its accounts, as the report of one day has them."""

from __future__ import annotations

from typing import Any

from sim.reporting.kpis import Books
from sim.reporting.topics import finance, home, referral

TOPICS = (referral.TOPIC, finance.TOPIC, home.TOPIC)
_ADD_UP = ("paid_fen", "points_centi")  # of referral


def programme_days(before: dict[str, Any], books: Books) -> dict[str, Any]:
    """Return the curves of these topics over the days so far: what came back is added up, all else is as of the last day."""
    found = {topic.name: topic.curves(books.sums.topics[topic.name], books) for topic in TOPICS}
    brought, day = before.get("referral"), found["referral"]
    if brought and day:
        added = {name: [one + other for one, other in zip(brought[name], day[name], strict=True)] for name in _ADD_UP}
        found["referral"] = {**day, **added}
    return found
