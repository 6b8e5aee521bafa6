"""A cinema of one hall and one show: seats sold once, refunds once, and the audience that comes out together."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import HallConfig, RunConfig, ShowConfig, problems_of
from sim.crowd.engine import Crowd, Taken
from sim.crowd.venues.cinema_records import CINEMA, Film
from sim.crowd.venues.seats import ask_refund
from sim.events import EventKind
from sim.ledger.accounts import FIRST_TENANT
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import Parameter, number, whole
from sim.verification.records import Record, at_most, equal, near
from sim.visitors import Visitors, empty_visitors

MEANING = "seats sold and given back, overlapping shows, and the time an audience takes to get out of the door"
PARAMETERS: dict[str, Parameter] = {
    "seats": whole(120, "seats of the hall", 1, 1500),
    "buyers": whole(500, "people who want one seat each, at one instant", 1, 3000),
    "refunds": whole(5, "people who give their seats back before the cut-off, each asking twice", 0, 1500),
    "sold": Parameter("app", "where seats are bought", choices=("app", "counter")),
    "door_width_m": number(2.0, "width of the cinema's door", 0.8, 20.0),
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"sold": "counter"},
    {"seats": 300, "buyers": 250, "refunds": 40, "door_width_m": 4.0},
)
COLUMNS = ("time_us", "kind", "visit", "people", "place", "value")
COME_US, REFUND_US, LATE_US, END_US = 17 * US_PER_HOUR, 18 * US_PER_HOUR, 19 * US_PER_HOUR, 24 * US_PER_HOUR
STARTS, LASTS_MIN, PRICE_FEN = "19:30", 90.0, 3570
OUT_US = int((19.5 * 60 + LASTS_MIN) * US_PER_MIN)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of one show: the sale, the refunds, the seats sold again, the audience in and out."""
    seats, buyers, refunds = values["seats"], values["buyers"], min(values["refunds"], values["seats"], values["buyers"])
    events, crowd, asked = _evening(values, refunds)
    sold = min(seats, buyers)
    late = refunds + 3  # those who come after the refunds: the freed seats and what was never sold, and no more
    again = min(late, seats - sold + refunds)
    seen, seated = int(_sum(events, EventKind.SHOW_ENTERED)), sold - refunds + again
    headway_s = 1e-6 * int(crowd.mall.units[0].headway_us)
    out = events["kind"] == EventKind.STORE_LEFT
    left_us = events["time_us"][out & (events["time_us"] >= OUT_US)]
    took_s = 1e-6 * float(left_us.max() - OUT_US) if left_us.size else 0.0
    name = f"{seats} seats, {buyers} buyers at once ({values['sold']})"
    flow = RunConfig().movement.border_flow_per_m_s
    return [
        equal(f"{name}: seats sold to the first wave", "seats", sold, asked["sold_before"], quantity="seats_sold"),
        equal(f"{name}: buyers refused", "people", buyers - sold, asked["refused_before"], quantity="buyers_refused"),
        at_most(f"{name}: most seats of the hall taken at once", "seats", seats, _replayed(events)[0]),
        equal(f"{name}: seats sold while somebody had them", "seats", 0, _replayed(events)[1]),
        equal(f"{name}: first requests for a refund granted", "refunds", refunds, asked["granted"], quantity="refunds_granted"),
        equal(f"{name}: second requests granted", "refunds", 0, asked["twice"]),
        equal(f"{name}: requests after the cut-off granted", "refunds", 0, asked["after"]),
        equal(f"{name}: seats sold to who comes after the refunds", "seats", again, _sum(events, EventKind.SEAT_SOLD) - sold),
        equal(f"{name}: money with the cinema", "fen", seated * PRICE_FEN, crowd.ledger.balance(FIRST_TENANT)),
        equal(f"{name}: people who see the film", "people", seated, seen),
        equal(f"{name}: who sees it leaves the hall", "people", seen, int(_sum(events, EventKind.SHOW_LEFT))),
        equal(f"{name}: and comes out of the cinema's door", "people", seen, left_us.size),
        equal(f"{name}: people in the mall at the end", "people", 0, crowd.people_inside),
        near(
            f"{name}: last person out after the end of the film", "s", (seen - 1) / (values["door_width_m"] * flow), took_s,
            1e-6 * seen + 1e-6, note=f"one person every {headway_s:.3f} s through a door of {values['door_width_m']:g} m",
            quantity="emptying_s",
        ),
    ]  # fmt: skip


def run_timetable() -> list[Record]:
    """Return how many problems are found in timetables that are right or wrong by five minutes."""
    return [
        equal(
            f"shows 10:00-12:10 and {second}, cleaning 20 min: problems found",
            "problems",
            wrong,
            len(_timetable_problems(second)),
        )
        for second, wrong in (("12:25", 1), ("12:30", 0))
    ]


def _timetable_problems(second: str) -> list[str]:
    config = RunConfig()
    config.cinema.cleaning_min = 20.0
    config.cinema.shows = [ShowConfig(starts="10:00", lasts_min=130.0), ShowConfig(starts=second, lasts_min=100.0)]
    return [str(problem) for problem in problems_of(config)]


def _evening(values: dict[str, Any], refunds: int) -> tuple[dict[str, np.ndarray], Crowd, dict[str, int]]:
    """Let the show happen; return all events, the crowd at the end, and what became of the requests."""
    taken: list[dict[str, np.ndarray]] = []
    config = _config(values)
    compiled = _drawing(values).compiled()
    crowd = Crowd(compiled, config, lambda full: taken.append(_copied(full)))
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = controls.unit_is_open[:] = 1
    controls.unit_closes_us[:] = END_US
    crowd.admit(_visitors(0, values["buyers"], COME_US))
    crowd.advance_to(REFUND_US)
    recent = crowd.recent()
    kinds = recent.kind[: int(recent.count[0])]
    asked = {
        "sold_before": int(np.count_nonzero(kinds == EventKind.SEAT_SOLD)),
        "refused_before": int(np.count_nonzero(kinds == EventKind.SHOW_SOLD_OUT)),
    }
    booked = np.flatnonzero(crowd.mall.errands["film"] == Film.BOOKED)
    booked = booked[np.argsort(crowd.mall.shoppers["number"][booked])]
    asked["granted"] = sum(ask_refund(crowd.mall, row, REFUND_US) for row in booked[:refunds].tolist())
    asked["twice"] = sum(ask_refund(crowd.mall, row, REFUND_US) for row in booked[:refunds].tolist())
    crowd.admit(_visitors(values["buyers"], refunds + 3, REFUND_US + US_PER_MIN))
    crowd.advance_to(LATE_US)
    asked["after"] = sum(ask_refund(crowd.mall, row, LATE_US) for row in booked[refunds : 2 * refunds].tolist())
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    return {name: np.concatenate([part[name] for part in taken]) for name in COLUMNS}, crowd, asked


def _copied(full: Taken) -> dict[str, np.ndarray]:
    return {name: getattr(full.events, name).copy() for name in COLUMNS}


def _drawing(values: dict[str, Any]) -> Drawing:
    drawing = Drawing("cinema")
    drawing.floor("L0", box(0, 0, 60, 20))
    drawing.store("screen", "cinema", box(0, 20, 60, 80), (30.0, 20.0), values["door_width_m"])
    drawing.spot("street", 5.0, 10.0)
    return drawing


def _config(values: dict[str, Any]) -> RunConfig:
    """Return a run in which everybody wants the film and nothing else, and nobody tires of waiting."""
    config = RunConfig()
    cinema, services = config.cinema, config.services
    cinema.halls = [HallConfig(seats=values["seats"])]
    cinema.shows = [ShowConfig(starts=STARTS, lasts_min=LASTS_MIN, price_yuan=PRICE_FEN / 100)]
    cinema.show_utility, cinema.refund_share, cinema.refund_cutoff_min = 20.0, 0.0, 60.0
    cinema.advance_share = 1.0 if values["sold"] == "app" else 0.0
    cinema.app_share = 0.0
    config.checkout.fees.card = config.checkout.fees.phone = 0.0  # what the cinema takes is what was paid
    cinema.box_office_servers, cinema.kiosks = 20, 20
    services.balk_queue, services.till_patience_s_mean, services.store_m2_per_person = 10_000, 36_000.0, 0.5
    config.choice.meal_share = config.choice.browse_share = config.choice.impulse_share = 0.0
    config.engine.log_rows = 100_000
    return config


def _visitors(first: int, people: int, at_us: int) -> Visitors:
    found = empty_visitors(people)
    found.needs[:, 0] = CINEMA
    return found._replace(
        number=np.arange(first, first + people, dtype=np.int64),
        arrive_us=np.full(people, at_us),
        stay_s=np.full(people, 6 * 3600.0),
    )


def _sum(events: dict[str, np.ndarray], kind: EventKind) -> int:
    return int(events["people"][events["kind"] == kind].sum())


def _replayed(events: dict[str, np.ndarray]) -> tuple[int, int]:
    """Return the most seats taken at once and how many were sold although taken, from the log alone."""
    holder: dict[int, int] = {}
    most = twice = 0
    for kind, seat, visit in zip(events["kind"].tolist(), events["value"].tolist(), events["visit"].tolist(), strict=True):
        if kind == EventKind.SEAT_TAKEN:
            twice += seat in holder
            holder[seat] = visit
            most = max(most, len(holder))
        elif kind == EventKind.SEAT_FREED:
            assert holder.pop(seat) == visit
    return most, twice
