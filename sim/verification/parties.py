"""Parties that split and meet again: nobody lost or doubled, children never alone, the one car leaves with everyone, five arrive together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import paths
from sim.categories import CATEGORY_INDEX
from sim.config import RunConfig
from sim.crowd.engine import Crowd, Taken
from sim.crowd.state import Doing
from sim.crowd.venues.desk_records import Desk
from sim.events import EventKind
from sim.floorplan.cache import load_compiled
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.units import US_PER_HOUR, US_PER_MIN, US_PER_S
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import Record, at_least, at_most, equal
from sim.visitors import NEEDS_MAX, Visitors, empty_visitors

MEANING = "parties that split and meet again: people and children conserved at every event, every part back once, the car with everyone"
PARAMETERS: dict[str, Parameter] = {
    "parties": whole(20_000, "parties of two to six, which all want to part", 10, 2_000_000),
    "parties_per_day": whole(1000, "of them on one day of the small mall", 10, 20_000),
    "bracelet_share": number(0.5, "share of families with bracelets", 0.0, 1.0),
    "look_every_min": number(10.0, "time between two looks at who is where", 0.5, 600.0),
    "walk_m": number(40.0, "straight walk of a group of five", 5.0, 200.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
COLUMNS = ("time_us", "kind", "visit", "people", "place", "value")
OPENS_US, CLOSES_US, END_US = 10 * US_PER_HOUR, 22 * US_PER_HOUR, 26 * US_PER_HOUR
FIVES = 100
TOGETHER_S = 10.0
MALL, PLAYGROUND = "corner_mall", "L1-outfitters"


@dataclass
class Seen:
    """What was found amiss over all days, and how much there was to look at."""

    parts: int = 0
    families: int = 0
    not_back_once: int = 0
    wrong_people: int = 0  # events whose people are not those of the party less its parts
    not_home: int = 0
    cars: int = 0
    cars_not_gone: int = 0
    looks: int = 0
    parties_not_whole: int = 0
    children_astray: int = 0
    places_wrong: int = 0


def run(values: dict[str, Any]) -> list[Record]:
    """Return what became of the parties, and how far apart five people arrive who walk the same way by themselves."""
    seen = Seen()
    compiled = load_compiled(paths.find_floorplan(MALL))
    left, day = values["parties"], 0
    while left > 0:
        count = min(left, values["parties_per_day"])
        _live(compiled, _config(values), _families(compiled, values, count, day), values, seen)
        left, day = left - count, day + 1
    return [
        at_least("parts that left their party", "count", values["parties"] / 4, seen.parts),
        equal("parts that did not rejoin exactly once", "count", 0, seen.not_back_once),
        equal("events whose people are not the party's less its parts'", "count", 0, seen.wrong_people),
        equal("parties that did not leave as they came", "count", 0, seen.not_home),
        equal("cars that did not leave once, with everyone", "count", 0, seen.cars_not_gone, cars=seen.cars),
        equal("looks at which a party was not whole", "count", 0, seen.parties_not_whole, looks=seen.looks),
        equal(
            "looks at which a child was alone outside the playground", "count", 0, seen.children_astray, families=seen.families
        ),
        equal("looks at which floor and stores hold others than the rows say", "count", 0, seen.places_wrong),
        *_five(values),
    ]


def _config(values: dict[str, Any]) -> RunConfig:
    config = RunConfig(seed=values["seed"])
    config.desks.playground.at, config.desks.playground.share = PLAYGROUND, 0.7
    config.parties.parents_split_share = 1.0
    return config


def _families(compiled: CompiledPlan, values: dict[str, Any], count: int, day: int) -> Visitors:
    """Return parties of two to six, half of them with children and half by car, in order of arrival."""
    key = stream_key(values["seed"], "verify parties")
    number = (draw_words(key, np.arange(count) + day * values["parties_per_day"], 0) >> np.uint64(1)).astype(np.int64)

    def draw(purpose: int) -> np.ndarray:
        return uniforms(key, number, purpose)

    people = (2 + 5 * draw(1)).astype(np.int32)
    children = np.where(draw(2) < 0.5, (draw(3) * people).astype(np.int8), 0).astype(np.int8)
    needs = np.full((count, NEEDS_MAX), -1, np.int8)
    trades = np.unique([CATEGORY_INDEX[trade] for trade in compiled.tenant_categories])
    for slot in range(2):
        needs[:, slot] = trades[(draw(4 + slot) * trades.size).astype(int)]
    parks = compiled.arrays.parking_entrance
    by_car = (draw(6) < 0.5) & (parks.size > 0)
    visitors = empty_visitors(count)._replace(
        number=number, people=people, children=children, needs=needs,
        arrive_us=(OPENS_US + draw(7) * (CLOSES_US - OPENS_US - US_PER_HOUR)).astype(np.int64),
        stay_s=3600.0 * (0.5 + 2.0 * draw(8)), splits=np.ones(count, np.int8),
        has_bracelets=(draw(9) < values["bracelet_share"]).astype(np.int8),
        parking=np.where(by_car, 0, -1).astype(np.int32),
        entrance=np.where(by_car, parks[0] if parks.size else 0, 0).astype(np.int32),
    )  # fmt: skip
    order = np.lexsort((number, visitors.arrive_us))
    return Visitors(*(column[order] for column in visitors))


def _live(compiled: CompiledPlan, config: RunConfig, parties: Visitors, values: dict[str, Any], seen: Seen) -> None:
    taken: list[dict[str, np.ndarray]] = []
    crowd = opened(compiled, config, taken)
    crowd.admit(parties)
    every_us = round(values["look_every_min"] * US_PER_MIN)
    for now_us in range(OPENS_US, END_US, every_us):
        if now_us >= CLOSES_US and crowd.controls.mall_is_open[0] == 1:
            crowd.controls.mall_is_open[0] = 0
            crowd.controls.unit_is_open[:] = 0
            crowd.switched(now_us)
        crowd.advance_to(now_us)
        _look(crowd, parties, seen)
    crowd.advance_to(END_US)
    crowd.finish(END_US)
    _read({name: np.concatenate([part[name] for part in taken]) for name in COLUMNS}, parties, seen)


def opened(compiled: CompiledPlan, config: RunConfig, taken: list[dict[str, np.ndarray]]) -> Crowd:
    """Return a crowd in a mall where everything is open; its events are copied to `taken`."""

    def take(full: Taken) -> None:
        taken.append({name: getattr(full.events, name).copy() for name in COLUMNS})

    crowd = Crowd(compiled, config, take)
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = 1
    controls.unit_is_open[:] = 1
    controls.desk_is_open[:] = 1
    controls.unit_closes_us[:] = CLOSES_US
    return crowd


def _look(crowd: Crowd, parties: Visitors, seen: Seen) -> None:
    """Count what is wrong now: rows of one party must be its people, children with an adult or looked after, places as full as the rows say."""
    mall = crowd.mall
    rows = np.flatnonzero(mall.shoppers["doing"] != Doing.NOTHING)
    people, children = mall.shoppers["people"].astype(np.int64), mall.minds["children"].astype(np.int64)
    root = np.where(mall.minds["parent"][rows] >= 0, mall.minds["parent"][rows], rows)
    whole_people, whole_children = (np.bincount(root, column[rows], mall.shoppers.size) for column in (people, children))
    leads = rows[mall.minds["parent"][rows] < 0]
    by_number = np.argsort(parties.number)
    at = by_number[np.searchsorted(parties.number[by_number], mall.shoppers["number"][leads])]
    seen.looks += 1
    is_whole = (whole_people[leads] == parties.people[at]) & (whole_children[leads] == parties.children[at])
    seen.parties_not_whole += int(np.count_nonzero(~is_whole))
    alone = rows[(children[rows] > 0) & (children[rows] >= people[rows])]
    lead = mall.minds["parent"][alone]
    is_cared_for = (mall.minds["in_care"][lead] == alone) & (mall.shoppers["unit"][alone] == mall.desks[Desk.PLAYGROUND].unit)
    seen.children_astray += int(np.count_nonzero(~is_cared_for | (lead < 0)))
    for places, name in ((mall.zones, "zone"), (mall.units, "unit")):
        inside = rows[mall.shoppers[name][rows] >= 0]
        held = np.bincount(mall.shoppers[name][inside], people[inside], places.size)
        seen.places_wrong += int(np.count_nonzero(held != places["people"]))


def _read(events: dict[str, np.ndarray], parties: Visitors, seen: Seen) -> None:
    """Follow the people of every party from event to event."""
    kind, visit, people, value = (events[name] for name in ("kind", "visit", "people", "value"))
    split, rejoined = np.flatnonzero(kind == EventKind.SPLIT), np.flatnonzero(kind == EventKind.REJOINED)
    seen.parts += split.size
    seen.families += int(np.count_nonzero(parties.children))
    moves = [np.stack([value[at], visit[at], people[at]], axis=1) for at in (split, rejoined)]
    moves = [move[np.lexsort(move.T[::-1])] for move in moves]
    if moves[0].shape == moves[1].shape:
        is_same = (moves[0] == moves[1]).all(axis=1)
        seen.not_back_once += int(np.count_nonzero(~is_same)) + split.size - np.unique(value[split]).size
    else:
        seen.not_back_once += abs(split.size - rejoined.size)
    order = np.argsort(parties.number)
    at = order[np.minimum(np.searchsorted(parties.number[order], visit), order.size - 1)]
    is_lead = parties.number[at] == visit
    change = np.where(kind == EventKind.SPLIT, -1, np.where(kind == EventKind.REJOINED, 1, 0)) * people.astype(np.int64)
    by_visit = np.lexsort((np.arange(visit.size), visit))
    running = np.cumsum(change[by_visit])
    starts = np.flatnonzero(np.append(True, np.diff(visit[by_visit]) != 0))
    before = (running - change[by_visit])[starts]
    apart = np.empty(visit.size, np.int64)
    apart[by_visit] = running - np.repeat(before, np.diff(np.append(starts, visit.size)))
    ordinary = is_lead & (change == 0)
    seen.wrong_people += int(np.count_nonzero(people[ordinary] != parties.people[at[ordinary]] + apart[ordinary]))
    came, left, unparked = (
        np.flatnonzero(kind == wanted) for wanted in (EventKind.ARRIVED, EventKind.LEFT, EventKind.UNPARKED)
    )
    seen.not_home += int(came.size - left.size) + int(np.count_nonzero(apart[left]))
    seen.not_home += int(left.size - np.unique(visit[left]).size)
    parked = visit[kind == EventKind.PARKED]
    seen.cars += parked.size
    gone = np.unique(visit[unparked[apart[unparked] == 0]])
    seen.cars_not_gone += int(np.count_nonzero(~np.isin(parked, gone))) + int(unparked.size - np.unique(visit[unparked]).size)


def _five(values: dict[str, Any]) -> list[Record]:
    """Five people walk straight to a store, as one party and as five parts of one: how far apart they are when they enter it."""
    drawing = Drawing("parties")
    length_m = values["walk_m"]
    drawing.walled("L0", box(0, 0, length_m + 12, 8), [])
    drawing.exit("street", 0.0, 4.0, 4.0)
    drawing.store("store", "books", box(length_m, 0, length_m + 12, 8), (length_m, 4.0))
    compiled = drawing.compiled()
    spread_s = []
    for splits in (0, 1):
        config = RunConfig(seed=values["seed"])
        config.parties.into_singles, config.parties.own_interest_share = True, 0.0
        config.choice.browse_share, config.choice.orientation_share, config.choice.wrong_turn_share = 1.0, 0.0, 0.0
        fives = empty_visitors(FIVES)._replace(
            number=np.arange(FIVES, dtype=np.int64), people=np.full(FIVES, 5, np.int32), stay_s=np.full(FIVES, 7200.0),
            arrive_us=15 * US_PER_HOUR + 3 * US_PER_MIN * np.arange(FIVES), splits=np.full(FIVES, splits, np.int8),
            free_speed_mps=np.full(FIVES, 1.06),
        )  # fmt: skip
        taken: list[dict[str, np.ndarray]] = []
        crowd = opened(compiled, config, taken)
        crowd.admit(fives)
        crowd.advance_to(END_US)
        crowd.finish(END_US)
        events = {name: np.concatenate([part[name] for part in taken]) for name in COLUMNS}
        spread_s.append(_spread_s(events))
    return [
        at_most("five as one party: from the first to the last at the store", "s", TOGETHER_S, float(spread_s[0].max())),
        at_most("five as five parts: from the first to the last at the store, on average", "s", TOGETHER_S, float(spread_s[1].mean())),
        at_most("the same, the worst group", "s", TOGETHER_S, float(spread_s[1].max()), groups=spread_s[1].size),
    ]  # fmt: skip


def _spread_s(events: dict[str, np.ndarray]) -> np.ndarray:
    """Return for every group the time between its first and last person at the store."""
    split = events["kind"] == EventKind.SPLIT
    lead_of = dict(zip(events["value"][split].tolist(), events["visit"][split].tolist(), strict=True))
    at_us: dict[int, list[int]] = {}
    people: dict[int, int] = {}
    for row in np.flatnonzero(events["kind"] == EventKind.STORE_ENTERED).tolist():
        visit = int(events["visit"][row])
        lead = lead_of.get(visit, visit)
        at_us.setdefault(lead, []).append(int(events["time_us"][row]))
        people[lead] = people.get(lead, 0) + int(events["people"][row])
    spread = [max(times) - min(times) for lead, times in at_us.items() if people[lead] == 5]
    return np.array(spread) / US_PER_S if len(spread) == FIVES else np.full(1, np.inf)
