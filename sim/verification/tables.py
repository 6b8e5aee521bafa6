"""A restaurant of the engine against theory: Erlang C at its tables and in its kitchen, seating rules, conservation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.crowd.state import Law
from sim.crowd.venues.dining_plans import TABLE_SEATS
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.queue_theory import erlang_c
from sim.verification.records import Record, at_most, equal, estimated, record, verdict_of
from sim.visitors import Visitors, empty_visitors

MEANING = "a restaurant: Erlang C at tables of one size and in its kitchen, seating rules, Little's law and conservation"
RULES = ("longest_wait_that_fits", "best_fit", "self_seating")
PARTY_MOST = 6
BATCHES = 31  # the first is left out: the restaurant starts empty
SIDE_M, ROOM_M2 = 60.0, 400.0
ENDLESS_S = 1e9

PARAMETERS: dict[str, Parameter] = {
    "parties_per_h": number(2.0, "parties an hour, Poisson", 0.01, 10_000),
    "tables": Parameter("0/0/3/0", "tables for 2/4/6/8, with a table for the largest party", text=True),
    "party_lambda": number(0.0, "lambda of the zero-truncated Poisson party size (at most 6); 0: everybody comes alone", 0.0, 5.0),
    "turn_min": number(60.0, "mean time at table", 1.0, 600.0),
    "turn_cv": number(1.0, "its sd / mean; 1 is exponential, anything else log-normal", 0.0, 3.0),
    "patience_min": number(None, "mean of a Weibull patience of shape 2, null for endless", 0.1, 600.0, may_be_null=True),
    "seating": Parameter("longest_wait_that_fits", "who is called when a table gets free", choices=RULES),
    "compare_rules": Parameter(False, "whether the other rules see the same parties, to be held against this one", flag=True),
    "cooks": whole(0, "cooks, each order an exponential time for one of them; 0: food is there at once", 0, 1000),
    "cook_min": number(30.0, "mean of that time", 0.1, 600.0),
    "parties": whole(250_000, "parties that come", 62, 5_000_000),
    "seed": SEED,
}  # fmt: skip
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"parties_per_h": 1.6, "tables": "0/0/2/0", "parties": 600_000},
    {"parties_per_h": 8.0, "tables": "0/0/60/0", "cooks": 5, "cook_min": 30.0},
    {
        "parties_per_h": 45.0, "tables": "29/7/1/1", "party_lambda": 1.2, "turn_min": 61.0, "turn_cv": 0.3, "patience_min": 30.0,
        "compare_rules": True, "parties": 40_000,
    },
)  # fmt: skip


@dataclass(frozen=True)
class Evening:
    """What was seen of a restaurant, event by event."""

    kind: np.ndarray
    time_us: np.ndarray
    visit: np.ndarray
    people: np.ndarray
    value: np.ndarray
    present: int  # parties on the list or at a table at the end

    def of(self, *kinds: EventKind) -> np.ndarray:
        """Return the rows of these kinds, in order of time."""
        return np.flatnonzero(np.isin(self.kind, kinds))


def run(values: dict[str, Any]) -> list[Record]:
    """Return the records of one restaurant."""
    counts = _counts_of(values["tables"])
    name = f"{values['parties_per_h']:g} parties/h, tables {values['tables']}"
    seen = evening(values, counts, values["seating"])
    found = _exact(name, seen, counts)
    offered = values["parties_per_h"] * values["turn_min"] / 60
    is_plain = values["party_lambda"] == 0 and values["patience_min"] is None
    if is_plain and values["cooks"] == 0 and values["turn_cv"] == 1.0 and offered < sum(counts):
        wait_min = erlang_c(offered, sum(counts)) / (sum(counts) / values["turn_min"] - values["parties_per_h"] / 60)
        started = seen.of(EventKind.SERVICE_STARTED)
        found.append(
            estimated(f"{name}: mean wait for a table (Erlang C)", "min", wait_min, _batches(seen.value[started] / US_PER_MIN), quantity="wait_min_mean")
        )  # fmt: skip
    if is_plain and values["cooks"] > 0:
        found += _kitchen(name, values, seen, counts)
    return found + (_rules(name, values, counts, seen) if values["compare_rules"] else [])


def _kitchen(name: str, values: dict[str, Any], seen: Evening, counts: tuple[int, ...]) -> list[Record]:
    """Return how long food takes behind tables of which always one is free: then orders come as Poisson as guests."""
    offered = values["parties_per_h"] * values["cook_min"] / 60
    served = seen.of(EventKind.FOOD_SERVED)
    took_min = seen.value[served] / US_PER_MIN
    case = f"{name}: from order to food, {values['cooks']} cooks (Erlang C)"
    waits = seen.value[seen.of(EventKind.SERVICE_STARTED)]
    if offered >= values["cooks"] or (waits > 0).mean() > 1e-4:
        return [
            record(
                case,
                "min",
                None,
                float(took_min.mean()),
                "info",
                "a closed form needs cooks who keep up and a table for everybody",
            )
        ]
    wait_min = erlang_c(offered, values["cooks"]) / (values["cooks"] / values["cook_min"] - values["parties_per_h"] / 60)
    return [estimated(case, "min", wait_min + values["cook_min"], _batches(took_min), quantity="kitchen_min_mean")]


def _rules(name: str, values: dict[str, Any], counts: tuple[int, ...], seen: Evening) -> list[Record]:
    """Return guests per hour under each rule, the same parties coming; the batches are compared pair by pair."""
    edges = np.linspace(0, values["parties"], BATCHES + 1)
    fed = {}
    for rule in RULES:
        day = seen if rule == values["seating"] else evening(values, counts, rule)
        seated = day.of(EventKind.SEATED)
        fed[rule] = np.histogram(day.visit[seated], edges, weights=day.people[seated].astype(np.int64))[0][1:]
    hours = values["parties"] / values["parties_per_h"] / BATCHES
    found = [
        record(f"{name}: guests seated by {rule}", "people/h", None, float(people.mean() / hours), "info", "measured")
        for rule, people in fed.items()
    ]
    for better in RULES[:2]:
        gap = (fed[better] - fed["self_seating"]) / hours
        error = float(gap.std(ddof=1) / np.sqrt(gap.size))
        found.append(
            record(f"{name}: guests more by {better} than by self_seating (Thompson 2002)", "people/h", 0.0, float(gap.mean()), verdict_of(bool(gap.mean() > -4.9 * error)), "not below the reference by more than 4.9 standard errors", 1.96 * error)
        )  # fmt: skip
    return found


def _exact(name: str, seen: Evening, counts: tuple[int, ...]) -> list[Record]:
    """Return what holds without statistics."""
    joined, seated = seen.of(EventKind.QUEUE_JOINED), seen.of(EventKind.SEATED)
    started, gave_up, ended = seen.of(EventKind.SERVICE_STARTED), seen.of(EventKind.RENEGED), seen.of(EventKind.SERVICE_ENDED)
    moved = seen.of(EventKind.SERVICE_STARTED, EventKind.SERVICE_ENDED)
    in_use = np.cumsum(np.where(seen.kind[moved] == EventKind.SERVICE_STARTED, 1, -1))
    listed = seen.of(EventKind.QUEUE_JOINED, EventKind.SERVICE_STARTED, EventKind.RENEGED)
    line = np.cumsum(np.where(seen.kind[listed] == EventKind.QUEUE_JOINED, 1, -1))[:-1]
    area_us = int((line * np.diff(seen.time_us[listed])).sum())
    waited_us = int(seen.value[started].sum() + seen.value[gave_up].sum())
    return [
        equal(f"{name}: on the list = seated + gave up + still there", "parties", joined.size, started.size + gave_up.size + seen.present - (started.size - ended.size)),
        at_most(f"{name}: most tables in use", "tables", sum(counts), int(in_use.max(initial=0))),
        equal(f"{name}: parties at a table too small for them", "parties", 0, int((seen.people[seated] > seen.value[seated]).sum())),
        equal(f"{name}: Little's law on the list, integral of its length = sum of waits", "party-us", area_us, waited_us),
    ]  # fmt: skip


def evening(values: dict[str, Any], counts: tuple[int, ...], rule: str) -> Evening:
    """Send parties through a restaurant until the last has gone home."""
    config, compiled = _config(values, counts, rule), _drawn()
    taken: list[tuple[np.ndarray, ...]] = []
    crowd = Crowd(compiled, config, lambda full: taken.append(_copied(full)))
    mall = crowd.mall
    mall.stations[0].law = Law.EXPONENTIAL if values["turn_cv"] == 1.0 else Law.LOGNORMAL
    venue = mall.venues[0]
    if values["cooks"] == 0:
        venue.kitchen = -1
    else:
        mall.stations[venue.kitchen].law = Law.EXPONENTIAL
    crowd.controls.mall_is_open[0] = 1
    crowd.controls.entrance_is_open[:] = 1
    crowd.controls.unit_is_open[:] = 1
    crowd.controls.unit_closes_us[:] = 2**60
    visitors = _parties(values)
    crowd.admit(visitors)
    last_us = int(visitors.arrive_us[-1]) + 1000 * US_PER_HOUR
    crowd.advance_to(last_us)
    crowd.finish(last_us)
    station = crowd.mall.stations[0]
    columns = [np.concatenate(parts) for parts in zip(*taken, strict=True)]
    kind, time_us, visit, people, value = columns
    return Evening(kind, time_us, visit, people, value, present=int(station.waiting + station.busy))


def _copied(full: Taken) -> tuple[np.ndarray, ...]:
    """Keep what happens at tables; station 0 and unit 0 are the restaurant."""
    events = full.events
    kept = np.flatnonzero((events.place == 0) & (events.kind >= EventKind.QUEUE_JOINED) & (events.kind < EventKind.BOARDED))
    other = np.flatnonzero((events.place == 0) & (events.kind == EventKind.FOOD_ORDERED))
    kept = np.sort(np.concatenate([kept, other]))
    return tuple(np.array(getattr(events, name)[kept]) for name in ("kind", "time_us", "visit", "people", "value"))


def _batches(samples: np.ndarray) -> np.ndarray:
    """Return the means of batches in order of time, without the first and the last."""
    return np.array([part.mean() for part in np.array_split(samples, BATCHES)[1:-1]])


def _counts_of(text: str) -> tuple[int, ...]:
    parts = text.split("/")
    if len(parts) != len(TABLE_SEATS) or not all(part.isdigit() for part in parts) or sum(map(int, parts[2:])) == 0:
        raise ConfigError.of(
            "galleria verify tables",
            [
                Problem(
                    "tables", repr(text), "must be four whole numbers, with a table for 6 or 8", "write it as tables=20/8/2/1"
                )
            ],
        )
    return tuple(int(part) for part in parts)


def _config(values: dict[str, Any], counts: tuple[int, ...], rule: str) -> RunConfig:
    config = RunConfig(seed=values["seed"])
    seats = sum(size * count for size, count in zip(TABLE_SEATS, counts, strict=True))
    dining, trade = config.food.restaurant, config.categories["restaurant"]
    dining.m2_per_seat = ROOM_M2 / seats
    dining.table_shares = [size * count / seats for size, count in zip(TABLE_SEATS, counts, strict=True)]
    dining.turn_growth_per_head = dining.order_share = dining.cook_min_per_head = 0.0
    dining.cook_min_base, dining.seats_per_cook = values["cook_min"], seats / max(values["cooks"], 1)
    dining.forecast_covers_per_seat = 1e9
    trade.dwell_min_mean, trade.dwell_cv, trade.conversion_share = values["turn_min"], values["turn_cv"], 1.0
    config.food.seating, config.food.overload_slope = rule, 0.0
    config.services.table_patience_s_mean = 60 * (values["patience_min"] or 0.0)
    config.services.balk_queue = 2**30
    choice = config.choice
    choice.meal_share = choice.browse_share = choice.impulse_share = choice.wrong_turn_share = choice.orientation_share = 0.0
    config.engine.log_rows = 200_000
    return config


def _drawn() -> CompiledPlan:
    drawing = Drawing("tables")
    drawing.walled("L0", box(0, 0, SIDE_M, 40), ())
    drawing.store("restaurant", "restaurant", box(20, 20, 40, 40), (30.0, 20.0))
    drawing.exit("street", 30.0, 0.0, 50.0)
    return drawing.compiled()


def _parties(values: dict[str, Any]) -> Visitors:
    """Return the parties: Poisson arrivals, sizes and nothing else that differs."""
    rows = values["parties"]
    number = np.arange(rows, dtype=np.int64)
    gaps_h = -np.log(uniforms(stream_key(values["seed"], "tables/arrivals"), number, 0)) / values["parties_per_h"]
    sizes = np.arange(1, PARTY_MOST + 1)
    mass = np.cumprod(np.full(PARTY_MOST, values["party_lambda"]) / sizes)
    cdf = np.cumsum(mass) / mass.sum() if values["party_lambda"] > 0 else np.ones(PARTY_MOST)
    people = 1 + np.searchsorted(cdf[:-1], uniforms(stream_key(values["seed"], "tables/people"), number, 0))
    visitors = empty_visitors(rows)
    needs = visitors.needs.copy()
    needs[:, 0] = CATEGORIES.index("restaurant")
    return visitors._replace(
        number=number, arrive_us=np.int64(np.cumsum(gaps_h) * US_PER_HOUR), people=people.astype(np.int32),
        stay_s=np.full(rows, ENDLESS_S), needs=needs,
    )  # fmt: skip
