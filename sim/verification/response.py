"""What becomes of messages sent at random, near where somebody is, and near and to its taste: redemption of each kind, and what a cut gains."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.config import RunConfig
from sim.config_files import compose
from sim.crowd.engine import Crowd, Taken
from sim.crowd.state import Doing
from sim.decisions_of_policies import Offer, Send
from sim.events import EventKind
from sim.floorplan.cache import load_compiled
from sim.operations.policy_switches import Switchboard
from sim.paths import find_floorplan
from sim.plan_arrays import CompiledPlan
from sim.promos import Channel, Reach
from sim.random_streams import stream_key, uniforms
from sim.reporting.event_schema import Columns
from sim.reporting.topics.promos import Sums
from sim.sensing.present import Present
from sim.units import US_PER_HOUR, US_PER_MIN
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.people import PopulationOf
from sim.verification.records import Record, between, near, record, verdict_of
from sim.visitors import TASTES

MEANING = "redemption of coupons of 20 % sent to parties inside: at random, near, near and to their taste; what 20 % and 40 % off gain in a store"
PARAMETERS: dict[str, Parameter] = {
    "visits": whole(6_000, "visits on the day", 20, 200_000),
    "share": number(0.3, "of the parties inside that get a message every half hour", 0.0, 1.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
ARMS = ("random", "located", "matched")
BARS = ((0.005, 0.03), (0.02, 0.045), (0.045, 0.08))  # 2 %, 3-4 % and 5-7 %, with the error of one day
WEEKDAY, SATURDAY = "2026-06-10", "2026-06-13"
NEAR_STORES = 15
OPENS_MIN, CLOSES_MIN, FIRST_MIN, LAST_MIN, EVERY_MIN = 600, 1320, 630, 1230, 30
NOISE = 1.0  # standard deviations of what a platform believes of a taste about what it is (judged)


class Tally(NamedTuple):
    """Messages that were sent, and of them those whose coupon was used, by arm."""

    sent: np.ndarray
    used: np.ndarray


def run_response(values: dict[str, Any], population_of: PopulationOf) -> list[Record]:
    """Return redemption by arm on a weekday, in order and against its levels, and the matched arm's at a weekend."""
    weekday, weekend = (_day(values, date, population_of) for date in (WEEKDAY, SATURDAY))
    shares = weekday.used / np.maximum(weekday.sent, 1)
    found = [
        between(
            f"redeemed of those sent: {arm}",
            "share",
            None,
            float(shares[index]),
            *BARS[index],
            half_width=_half(weekday, index),
        )
        for index, arm in enumerate(ARMS)
    ]
    is_ordered = bool(shares[0] < shares[1] < shares[2])
    found.append(
        record(
            "random < located < matched", "share", None, float(shares[2] - shares[0]), verdict_of(is_ordered), "in this order"
        )
    )
    of_weekend = float(weekend.used.sum() / max(weekend.sent.sum(), 1))
    of_weekday = float(weekday.used.sum() / max(weekday.sent.sum(), 1))
    found.append(
        record("weaker at a weekend", "share", of_weekday, of_weekend, verdict_of(of_weekend < of_weekday), "below a weekday's")
    )
    return [*found, *deal_cases(_config(values, WEEKDAY))]


def deal_cases(config: RunConfig) -> list[Record]:
    """Return what a cut gains in the chance to buy, over all stores of the default mall (Dube et al. 2017)."""
    trades = _plan(config).tenant_categories
    shares = np.array([config.categories[trade].conversion_share for trade in trades])
    odds = (shares / (1 - shares))[(shares > 0) & (shares < 1)]
    found = []
    for depth, points in ((0.2, 0.02), (0.4, 0.05)):
        more = odds * math.exp(config.promos.deal_weight * depth**config.promos.deal_power)
        gained = float(np.mean(more / (1 + more) - odds / (1 + odds)))
        found.append(near(f"chance to buy gained in a store by {depth:.0%} off", "share", points, gained, 0.002))
    return found


def _half(tally: Tally, arm: int) -> float:
    """Return the half width of a share's 95 % interval."""
    share = tally.used[arm] / max(tally.sent[arm], 1)
    return float(1.96 * math.sqrt(share * (1 - share) / max(tally.sent[arm], 1)))


def _config(values: dict[str, Any], date: str) -> RunConfig:
    return compose(
        "everyday",
        [f"population.visits_per_day={values['visits']}", f"seed={values['seed']}", f'date="{date}"', "policies=[idle]"],
    )


def _plan(config: RunConfig) -> CompiledPlan:
    return load_compiled(find_floorplan(config.floorplan))


def _day(values: dict[str, Any], date: str, population_of: PopulationOf) -> Tally:
    """Let a day happen on which messages go out every half hour, each by an arm that is drawn for it."""
    config = _config(values, date)
    compiled = _plan(config)
    sums = Sums(compiled, None)  # type: ignore[arg-type]

    def take(taken: Taken) -> None:
        used = int(taken.events.count[0])
        rows = Columns(*(np.array(getattr(taken.events, name)[:used]) for name in Columns._fields))
        sums.take(rows, {kind: np.flatnonzero(rows.kind == kind) for kind in EventKind})

    crowd = _opened(compiled, config, take)
    switches = Switchboard(crowd, compiled)
    crowd.admit(
        visitors := population_of(config, compiled).arrivals(OPENS_MIN, CLOSES_MIN),
        reach=np.full(visitors.number.size, Reach.PUSH, np.int16),
    )
    for unit in compiled.unit_ids:
        switches.apply(0, "verify", Offer(unit, (unit,), off_share=0.2, life_us=2 * US_PER_HOUR))
    arms: list[np.ndarray] = []
    for review, now_min in enumerate(range(FIRST_MIN, LAST_MIN, EVERY_MIN)):
        crowd.advance_to(now_min * US_PER_MIN)
        arms += _send(switches, compiled, now_min * US_PER_MIN, review, values)
    _close(crowd)
    arm_of = np.concatenate([np.zeros(0, np.int64), *arms])
    brought_by = sums.message_of_use()
    return Tally(
        np.bincount(arm_of[sums.read().number], minlength=len(ARMS)),
        np.bincount(arm_of[brought_by[brought_by >= 0]], minlength=len(ARMS)),
    )


def _opened(compiled: CompiledPlan, config: RunConfig, take: Any) -> Crowd:
    crowd = Crowd(compiled, config, take)
    controls = crowd.controls
    controls.mall_is_open[0] = 1
    controls.entrance_is_open[:] = controls.unit_is_open[:] = 1
    controls.unit_closes_us[:] = CLOSES_MIN * US_PER_MIN
    return crowd


def _close(crowd: Crowd) -> None:
    closes_us = CLOSES_MIN * US_PER_MIN
    crowd.advance_to(closes_us)
    crowd.controls.mall_is_open[0] = 0
    crowd.controls.unit_is_open[:] = 0
    crowd.switched(closes_us)
    crowd.advance_to(closes_us + 4 * US_PER_HOUR)
    crowd.finish(closes_us + 4 * US_PER_HOUR)


def _send(switches: Switchboard, compiled: CompiledPlan, now_us: int, review: int, values: dict[str, Any]) -> list[np.ndarray]:
    """Send to some of those inside, store by store; return the arm of each message in order."""
    mall = switches.crowd.mall
    rows = np.flatnonzero((mall.shoppers["doing"] != Doing.NOTHING) & (mall.minds["parent"] < 0))
    rows = rows[np.argsort(mall.shoppers["number"][rows])]
    people = np.ascontiguousarray(mall.shoppers["number"][rows])

    def draws(purpose: str, entities: np.ndarray) -> np.ndarray:
        return uniforms(stream_key(values["seed"], f"response {purpose}"), entities, review)

    whole, real = np.full(people.size, -1, np.int32), np.full(people.size, np.nan)
    reach = np.full(people.size, Reach.PUSH, np.int16)
    switches.look_up(Present(people, whole > 0, reach, whole, real, real, real, whole), people)
    is_chosen = draws("who", people) < values["share"]
    rows, people = rows[is_chosen], people[is_chosen]
    if people.size == 0:
        return []
    arm = (len(ARMS) * draws("arm", people)).astype(np.int64)
    noise = np.stack([draws(f"noise {dimension}", people) for dimension in range(TASTES)], axis=1)
    unit = _stores(switches, compiled, rows, arm, draws("store", people), noise)
    found = []
    for store in np.unique(unit).tolist():
        here = unit == store
        first = switches.messages
        switches.apply(now_us, "verify", Send(people[here], Channel.PUSH, compiled.unit_ids[store]))
        if switches.messages > first:
            found.append(arm[here])
    return found


def _stores(
    switches: Switchboard, compiled: CompiledPlan, rows: np.ndarray, arm: np.ndarray, which: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """Return the store of each message: any, one of the nearest, or of these the one whose brand is nearest to what is believed of a taste."""
    mall, units = switches.crowd.mall, len(compiled.unit_ids)
    walk_s = mall.hop_s[0, np.clip(mall.shoppers["place"][rows], 0, mall.hop_s.shape[1] - 1), :units]
    nearest = np.argsort(walk_s, axis=1, kind="stable")[:, 1 : 1 + NEAR_STORES]  # the first is where it is
    taste = mall.tastes[rows] + NOISE * ndtri(noise)
    likes = np.einsum("rd,rsd->rs", taste, mall.brands[nearest])
    each = np.arange(rows.size)
    located = nearest[each, (which * nearest.shape[1]).astype(np.int64)]
    matched = nearest[each, likes.argmax(axis=1)]
    chosen: np.ndarray = np.choose(arm, [(which * units).astype(np.int64), located, matched])
    return chosen
