"""Who orders online on a day, and by which way: a logit of each scene between going there, collecting, delivery, and not buying."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from agents.arrivals import Comers, instants_of, numbers_of, raced
from agents.membership import Memory
from agents.online_accounts import can_order
from agents.online_gifts import Gifts, gifts_of
from agents.population import Residents
from sim.calendar import day_of
from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.online.records import ORDER, Scene, Way
from sim.online_orders import OrdersOfDay
from sim.plan_arrays import CompiledPlan
from sim.random_streams import draw_words, stream_key, uniforms
from sim.units import US_PER_MIN
from sim.visitors import NOBODY, Purpose, Visitors

BEFORE_MIN = 120.0  # whoever orders at home does so up to so much earlier than it must; engineering judgement
NONE, COLLECT, DELIVER = 0, 1, 2


class _Wishes(NamedTuple):
    """Who thinks of ordering, one row each."""

    resident: np.ndarray  # int64 row
    is_comer: np.ndarray  # bool: would come anyway
    scene: np.ndarray
    trade: np.ndarray


class OnlineDay:
    """The orders of one day; every draw is addressed by the resident and the day, so that nobody's depend on who else is there."""

    def __init__(
        self,
        config: RunConfig,
        compiled: CompiledPlan,
        residents: Residents,
        memory: Memory,
        comers: Comers,
        profile: np.ndarray,
    ) -> None:
        self._config, self._compiled, self._residents, self._profile = config, compiled, residents, profile
        self._day = day_of(config).date.toordinal()
        wishes = self._wishes(comers.resident)
        chosen = self._chosen(wishes)
        orders = wishes.resident[chosen != NONE], wishes.is_comer[chosen != NONE], wishes.scene[chosen != NONE]
        own = self._own_orders(*orders, wishes.trade[chosen != NONE], chosen[chosen != NONE])
        stays_away = own["resident"][own["instead"] == 1]
        kept = comers.resident[~np.isin(comers.resident, stays_away)]
        gifts = self._gifts(own, kept, memory)
        comes = np.concatenate([own["resident"][own["comes_for_it"] == 1], gifts["resident"][gifts["comes_for_it"] == 1]])
        self.comers = Comers(np.union1d(kept, comes), comers.expected)
        found = np.concatenate([own, gifts])
        found = found[np.lexsort((found["number"], found["placed_us"]))]
        self.orders = OrdersOfDay(found, residents.distance_km.astype(np.float64))
        collects = own[(own["way"] == Way.COLLECT) & (own["visit"] >= 0)]
        keeps = self._draw("keeps list", collects["resident"]) < config.online.orders.keeps_list_share
        self._cut = np.sort(collects["visit"][~keeps & (collects["comes_for_it"] == 0)])
        self._keep = np.sort(collects["visit"][keeps & (collects["comes_for_it"] == 0)])
        self._collect = np.sort(found["visit"][found["visit"] >= 0])
        self._short = np.sort(found["visit"][found["comes_for_it"] == 1])

    def with_errands(self, visitors: Visitors) -> Visitors:
        """Return the parties with what an order makes of their plans: some come for nothing else, some do no more than collect."""
        is_short = np.isin(visitors.number, self._short)
        is_cut = np.isin(visitors.number, self._cut) | is_short
        # the first thing on the list of those who do the rest of it is what they have ordered
        rest = np.concatenate([visitors.needs[:, 1:], np.full((visitors.number.size, 1), -1, np.int8)], axis=1)
        needs = np.where(np.isin(visitors.number, self._keep)[:, None], rest, visitors.needs)
        needs = np.where(is_cut[:, None], np.int8(-1), needs)
        stay_min = -self._config.online.orders.stay_min * np.log(self._visit_draw("stay", visitors.number))
        stay_s = np.where(is_short, 60.0 * stay_min, visitors.stay_s)
        collects = np.isin(visitors.number, self._collect)
        walks_through = collects & (visitors.goal_entrance >= 0)
        return visitors._replace(
            needs=needs, stay_s=stay_s, goal_entrance=np.where(collects, np.int32(-1), visitors.goal_entrance),
            purpose=np.where(walks_through, np.int8(Purpose.SHOPPING), visitors.purpose),
        )  # fmt: skip

    def _draw(self, purpose: str, rows: np.ndarray) -> np.ndarray:
        return uniforms(stream_key(self._config.seed, f"online {purpose}"), self._residents.key[rows], self._day)

    def _visit_draw(self, purpose: str, numbers: np.ndarray) -> np.ndarray:
        return uniforms(stream_key(self._config.seed, f"online {purpose}"), numbers, 0)

    def _wishes(self, comers: np.ndarray) -> _Wishes:
        """Return who thinks of ordering: whoever comes today, and of the others those with a wish."""
        orders = self._config.online.orders
        everybody = np.arange(self._residents.key.size)
        others = np.flatnonzero(self._draw("wish", everybody) < orders.wishes_per_day)
        others = others[~np.isin(others, comers) & (self._residents.visits_per_day[others] > 0)]
        resident = np.concatenate([comers, others])
        is_comer = np.arange(resident.size) < comers.size
        able = can_order(self._config, self._residents.key[resident]) & (self._shares().sum() > 0)
        resident, is_comer = resident[able], is_comer[able]
        draw = self._draw("scene", resident)
        scene = np.select(
            [draw < orders.night_share, is_comer & (draw < orders.night_share + orders.way_share)],
            [Scene.NIGHT, Scene.ON_THE_WAY], Scene.HOME,
        )  # fmt: skip
        cdf = np.cumsum(self._shares())
        trade = np.searchsorted(cdf, self._draw("trade", resident) * cdf[-1], side="right")
        return _Wishes(resident, is_comer, scene, np.minimum(trade, len(CATEGORIES) - 1))

    def _shares(self) -> np.ndarray:
        """Return how often each trade is what somebody needs, of those that take orders here."""
        config, present = self._config, set(self._compiled.tenant_categories)
        takes = [name in present and name in config.online.orders.trades and name != "cinema" for name in CATEGORIES]
        return np.where(takes, [config.categories[name].need_share for name in CATEGORIES], 0.0)

    def _chosen(self, wishes: _Wishes) -> np.ndarray:
        """Return what each does: NONE (as it would have), COLLECT or DELIVER, by an exponential race with a draw for each."""
        config, residents, row = self._config, self._residents, wishes.resident
        choice, orders, delivery = config.online.choice, config.online.orders, config.online.delivery
        lost = np.array([config.categories[name].lost_to_stock_share for name in CATEGORIES])[wishes.trade]
        certain = choice.certainty_weight * lost
        km = residents.distance_km[row].astype(np.float64)
        there_and_back_min = 120.0 * km / choice.travel_kmh
        waits_min = np.where(wishes.scene == Scene.ON_THE_WAY, max(0.0, orders.promised_min - orders.way_min), 0.0)
        collect = np.asarray(choice.collect_utility)[wishes.scene] + certain
        collect = collect - choice.minute_weight * (waits_min + np.where(wishes.is_comer, 0.0, there_and_back_min))
        deliver = (
            np.asarray(choice.deliver_utility)[wishes.scene]
            + certain
            - choice.unseen_weight * orders.returns_share * (lost > 0)
        )
        deliver = deliver - choice.yuan_weight * residents.price_sensitivity[row] * delivery.fee_yuan
        deliver = deliver + choice.minute_weight * (np.where(wishes.is_comer, there_and_back_min, 0.0) - delivery.promised_min)
        rates = [
            np.ones(row.size),
            np.exp(collect) * orders.collects,
            np.exp(deliver) * delivery.is_on * (km <= delivery.radius_km),
        ]
        best, best_s = np.zeros(row.size, np.int64), np.full(row.size, np.inf)
        for alternative, rate in enumerate(rates):
            with np.errstate(divide="ignore"):
                rings_s = -np.log(self._draw(f"channel {alternative}", row)) / rate
            best = np.where(rings_s < best_s, alternative, best)
            best_s = np.minimum(best_s, rings_s)
        return best

    def _own_orders(
        self, row: np.ndarray, is_comer: np.ndarray, scene: np.ndarray, trade: np.ndarray, chosen: np.ndarray
    ) -> np.ndarray:
        """Return the orders (ORDER) of those who order for themselves."""
        config, orders, seed = self._config, self._config.online.orders, self._config.seed
        found = self._blank("order", row, trade)
        found["scene"], found["way"] = scene, np.where(chosen == COLLECT, Way.COLLECT, Way.DELIVER)
        collects = chosen == COLLECT
        found["instead"] = ~collects & is_comer & (self._draw("replaces", row) < config.online.delivery.replaces_share)
        comes = collects & (is_comer | (self._draw("no-show", row) >= orders.no_show_share))
        found["comes_for_it"] = comes & ~is_comer
        number = numbers_of(config, self._residents, row)
        arrive_us = instants_of(config, number, self._profile)
        found["visit"] = np.where(comes, number, NOBODY)
        before_min = orders.promised_min + BEFORE_MIN * uniforms(stream_key(seed, "online before"), found["number"], 0)
        before_us = np.where(scene == Scene.ON_THE_WAY, orders.way_min, before_min) * US_PER_MIN
        asked_us = np.where(comes, arrive_us - before_us.astype(np.int64), instants_of(config, found["number"], self._profile))
        found["placed_us"] = np.where(scene == Scene.NIGHT, 0, np.maximum(asked_us, 0))
        return found

    def _blank(self, purpose: str, row: np.ndarray, trade: np.ndarray) -> np.ndarray:
        """Return orders of residents for something of a trade: of which store, and for how much."""
        config, residents = self._config, self._residents
        found = np.zeros(row.size, ORDER)
        found["number"] = draw_words(stream_key(config.seed, f"online {purpose}"), residents.key[row], self._day) >> np.uint64(
            1
        )
        found["resident"], found["branch"], found["article"], found["account"], found["people"] = row, -1, -1, -1, 1
        found["visit"], found["distance_km"] = NOBODY, residents.distance_km[row]
        plan = self._compiled.arrays
        appeal = np.array([config.categories[name].appeal for name in CATEGORIES])[plan.unit_category]
        appeal = appeal * (plan.unit_area_m2 / 100.0) ** config.choice.area_exponent
        for each in np.unique(trade):
            of = np.flatnonzero(trade == each)
            weights = np.where(plan.unit_category == each, appeal, 0.0)
            found["unit"][of] = raced(stream_key(config.seed, "online store"), found["number"][of], plan.unit_key, weights)
        mean = np.array([config.categories[name].basket_yuan_mean for name in CATEGORIES])[trade]
        sigma = np.array([config.categories[name].basket_sigma for name in CATEGORIES])[trade]
        luck = np.exp(sigma * ndtri(self._visit_draw("basket", found["number"])) - sigma**2 / 2)
        found["amount_fen"] = np.maximum(1, 100 * mean * luck * residents.spend_scale[row]).astype(np.int64)
        return found

    def _gifts(self, own: np.ndarray, comers: np.ndarray, memory: Memory) -> np.ndarray:
        """Return the orders (ORDER) that are gifts: `resident` is who receives one."""
        config = self._config
        if not config.online.gifts.is_on or self._shares().sum() <= 0:
            return np.zeros(0, ORDER)
        gifts: Gifts = gifts_of(config, self._residents, memory, self._day)
        has_own = np.isin(
            gifts.receiver, own["resident"]
        )  # who collects already, or stays at home for a delivery, is sent none
        sender, receiver = gifts.sender[~has_own], gifts.receiver[~has_own]
        cdf = np.cumsum(self._shares())
        trade = np.searchsorted(cdf, self._draw("gift trade", sender) * cdf[-1], side="right")
        found = self._blank("gift", sender, np.minimum(trade, len(CATEGORIES) - 1))
        found["way"], found["resident"] = Way.GIFT, receiver
        is_comer = np.isin(receiver, comers)
        comes = is_comer | (self._draw("gift fetched", receiver) < config.online.gifts.comes_share)
        number = numbers_of(config, self._residents, receiver)
        found["visit"] = np.where(comes, number, NOBODY)
        found["comes_for_it"], found["is_first"] = comes & ~is_comer, gifts.is_first[~has_own] & ~is_comer
        latest_us = np.where(
            comes, instants_of(config, number, self._profile), instants_of(config, found["number"], self._profile)
        )
        early_us = (BEFORE_MIN * US_PER_MIN * self._visit_draw("before", found["number"])).astype(np.int64)
        found["placed_us"] = np.maximum(latest_us - early_us - round(config.online.orders.promised_min * US_PER_MIN), 0)
        return found
