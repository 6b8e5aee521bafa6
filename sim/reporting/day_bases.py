"""What the ratios of a day are ratios to: so many visits, purchases, waits; by them several days are weighted."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from sim.events import EventKind
from sim.reporting.kpis import Books
from sim.reporting.stations import TABLE, TILL
from sim.reporting.topics import promos
from sim.reporting.topics.targets import customers_of_a


def bases(books: Books) -> dict[str, int]:
    """Return the number of each thing that a ratio of the day is reckoned of, by the names of over_days.py."""
    return {
        **_of_visits(books),
        **_of_topics(cast(dict[str, Any], books.sums.topics)),
        **_of_queues(books),
        **_of_parking(books),
        **promos.bases(cast(dict[str, Any], books.sums.topics)["promos"], books),
        "points issued": max(int(books.points.get("today", {}).get("issued_centi", 0)), 0),
    }


def _of_visits(books: Books) -> dict[str, int]:
    sums, topics = books.sums, cast(dict[str, Any], books.sums.topics)
    sells = np.array([books.config.categories[trade].conversion_share > 0 for trade in books.compiled.tenant_categories], bool)
    return {
        "visits": int(sums.events[EventKind.ARRIVED]),
        "people": int(sums.hour_people[EventKind.ARRIVED].sum()),
        "visits that left": int(sums.events[EventKind.LEFT]),
        "stays that ended": sums.stay.ended,
        "passings": int(books.tallies.unit_passed.sum()),
        "entries of tenants that sell": int(sums.unit["entries"][sells].sum()),
        "customers of merchant A": customers_of_a(topics["targets"], books).size,
        "purchases": int(sums.unit["purchases"].sum()),
        "sales": int(sums.unit["sales_fen"].sum()),
        "person-time": int(books.tallies.zone_person_us.sum()),
    }


def _of_topics(topics: dict[str, Any]) -> dict[str, int]:
    minds, parties, checkout, food = (topics[name] for name in ("minds", "parties", "checkout", "food"))
    return {
        "visits judged": int(minds.judged.sum()),
        "needs": minds.needs,
        "families that left": int(parties.count[EventKind.FAMILY_LEFT]),
        "meetings kept": int(parties.count[EventKind.MEETING_KEPT]),
        "meetings awaited": int(parties.count[EventKind.MEETING_AWAITED]),
        "payments": int(checkout.payments.sum()),
        "payments that took time": int(checkout.timed.sum()),
        "services at manned tills": checkout.served["till"],
        "services at all tills": checkout.served["till"] + checkout.served["self"],
        "people served food": int(food.unit["served_people"].sum()),
        "parties served food": int(food.unit["served"].sum()),
        "ratings left": int(topics["ratings"].left.sum()),
        "visits of members": topics["points"].members,
        "fen of sales": topics["members"].sales_fen,
        "visits of members who bought": topics["members"].buyers,
        "entries of lists": int(topics["shown"].by_position.sum()),
    }


def _of_queues(books: Books) -> dict[str, int]:
    sums = books.sums
    tills, tables = (sums.queues[kind].waits_us().size for kind in (TILL, TABLE))
    passed_by = int(sums.station["balked"][np.isin(sums.stations.kind, (TILL, TABLE))].sum())
    offered = books.station_offered_us
    return {
        "waits": tills + tables,
        "waits and lines passed by": tills + tables + passed_by,
        "waits at tills": tills,
        "waits for tables": tables,
        "table-time on offer": 0 if offered is None else int(offered[sums.stations.kind == TABLE].sum()),
    }


def _of_parking(books: Books) -> dict[str, int]:
    park = {name: int(values.sum()) for name, values in books.sums.park.items()}
    return {
        "cars parked": park["parked"],
        "cars parked and driven on": park["balked"] + park["parked"],
        "cars that left": park["unparked"],
    }
