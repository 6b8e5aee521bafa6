"""From parameters to ways to pay, tills of several kinds, and who teaches or guides in which store."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np

from sim.categories import CATEGORIES
from sim.config import CategoryConfig, RunConfig
from sim.crowd.checkout.records import FOOD_RETAIL, METHOD, METHODS
from sim.crowd.state import Role, records
from sim.crowd.station_plans import StationPlan, cashiers_of, mean_pay_s, tills_of
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stable_key, stream_key, uniforms
from sim.schema.checkout import CheckoutConfig, PriceCutConfig
from sim.units import US_PER_MIN, minutes_from_hours
from sim.visitors import PayMethod

MILLION = 1_000_000


def self_checkout_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the self-checkouts, named "self:<unit>", and the guides with tablets, named "guide:<unit>"."""
    services, checkout = config.services, config.checkout
    guides, order_s = checkout.tablet.guides_per_store, checkout.tablet.order_s_mean
    found = []
    for unit, name in enumerate(compiled.unit_ids):
        trade = CATEGORIES[compiled.arrays.unit_category[unit]]
        category = config.categories[trade]
        if category.tables:
            continue
        machines = machines_of(compiled, config, unit)
        if machines > 0:
            mean_s = category.handling_s_mean * checkout.self_checkout.slowness + mean_pay_s(config, trade)
            found.append(
                StationPlan(
                    f"self:{name}", Role.SELF_CHECKOUT, machines, mean_s, services.service_cv, unit,
                    patience_s_mean=services.till_patience_s_mean, patience_shape=services.till_patience_shape,
                    balk_queue=services.balk_queue, balk_share=config.queues.balk_share, places=config.queues.till_places,
                )
            )  # fmt: skip
        if checkout.tablet.is_on and category.lost_to_stock_share > 0:
            found.append(StationPlan(f"guide:{name}", Role.GUIDE, guides, order_s, services.service_cv, unit))
    return found


def place_checkouts(venues: Any, compiled: CompiledPlan, config: RunConfig, index: dict[str, int]) -> None:
    """Write down which stores have self-checkouts, guides with tablets, and somebody who teaches."""
    venues["has_teacher"] = teaches(compiled, config)
    for unit, name in enumerate(compiled.unit_ids):
        venues[unit].self_station = index.get(f"self:{name}", -1)
        venues[unit].guide_station = index.get(f"guide:{name}", -1)


def teaches(compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return for each unit whether somebody teaches beside its tills: drawn by the unit's id, so the same stores on any plan.

    Nobody teaches at tables, nor in a cinema, whose box office has no tills.
    """
    keys = np.array([stable_key(name) for name in compiled.unit_ids], np.int64)
    trades = [CATEGORIES[trade] for trade in compiled.arrays.unit_category]
    has_till = np.array([trade != "cinema" and not config.categories[trade].tables for trade in trades], bool)
    return np.asarray(
        (uniforms(stream_key(config.seed, "teachers"), keys, 0) < config.checkout.onboarding.teacher_share) & has_till
    )


def teacher_h(compiled: CompiledPlan, config: RunConfig) -> float:
    """Return the hours that staff teach on a day, over all stores; none where nobody is to be won."""
    onboarding = config.checkout.onboarding
    length_min = minutes_from_hours(onboarding.ends) - minutes_from_hours(onboarding.starts)
    return int(teaches(compiled, config).sum()) * length_min / 60 if onboarding.is_on else 0.0


def machines_of(compiled: CompiledPlan, config: RunConfig, unit: int) -> int:
    """Return the self-checkouts of a unit with tills."""
    return tills_of(compiled, config, unit) - cashiers_of(compiled, config, unit)[1]


def describe_trades(trades: Any, categories: dict[str, CategoryConfig]) -> None:
    """Write what the till needs to know of each trade."""
    for index, name in enumerate(CATEGORIES):
        trades[index].handling_s = categories[name].handling_s_mean
        trades[index].wanted_share = min(1.0, categories[name].conversion_share / (1 - categories[name].lost_to_stock_share))
        trades[index].is_food_retail = int(name in FOOD_RETAIL)


def methods_of(config: RunConfig) -> Any:
    """Return the ways to pay: those of most stores, then those of food retail."""
    checkout = config.checkout
    methods = records(2 * METHODS, METHOD)
    fees = checkout.fees
    for block, times in enumerate((checkout.pay_s, checkout.food_pay_s)):
        for method in PayMethod:
            way = methods[block * METHODS + method]
            way.pay_s_mean = getattr(times, method.name.lower())
            fee_share = fees.cash if method == PayMethod.CASH else fees.phone if method >= PayMethod.MOBILE else fees.card
            way.fee_ppm = round(fee_share * MILLION)
            way.small_factor = way.large_factor = 1.0
        cash = methods[block * METHODS + PayMethod.CASH]
        if checkout.pay_s.cash > 0:
            cash.small_factor = checkout.cash.small_s / checkout.pay_s.cash
            cash.large_factor = checkout.cash.large_s / checkout.pay_s.cash
    return methods


def describe_checkout(params: Any, config: RunConfig) -> None:
    """Write the parameters of paying into the one record of PARAMS."""
    checkout = config.checkout
    variance = log(1 + checkout.pay_cv**2)
    params.pay_mu, params.pay_sigma, params.pay_s_fixed = -variance / 2, sqrt(variance), config.services.payment_s_mean
    params.cash_small_fen, params.cash_large_fen = 100 * checkout.cash.small_yuan, 100 * checkout.cash.large_yuan
    cut_share = price_cut_share(checkout.price_cut)
    params.price_cut_ppm = round(cut_share * MILLION)
    params.phone_switch_share = checkout.price_cut.wallet_share * (1 - exp(-cut_share / checkout.price_cut.scale_share))
    params.self_slowness = checkout.self_checkout.slowness
    params.self_basket_fen = round(100 * checkout.self_checkout.basket_yuan_max)
    params.self_share_phone = checkout.self_checkout.willing_share_phone
    params.self_share_card = checkout.self_checkout.willing_share_card
    params.tablet_saved_share = checkout.tablet.saved_share
    params.delivery_fen = round(100 * checkout.tablet.delivery_yuan)
    _describe_onboarding(params, checkout)


def _describe_onboarding(params: Any, checkout: CheckoutConfig) -> None:
    onboarding = checkout.onboarding
    params.onboarding = int(onboarding.is_on)
    params.teaching_starts_us = minutes_from_hours(onboarding.starts) * US_PER_MIN
    params.teaching_ends_us = minutes_from_hours(onboarding.ends) * US_PER_MIN
    params.adopt_share_taught, params.adopt_share_alone = onboarding.hazard_taught, onboarding.hazard_alone
    params.taught_s, params.alone_s = onboarding.taught_s, onboarding.alone_s
    params.gift_fen = round(100 * onboarding.gift_yuan)
    params.first_pay_factor, params.first_pay_decay = onboarding.first_factor, onboarding.decay_share


def price_cut_share(price_cut: PriceCutConfig) -> float:
    """Return the share of the list price that is not paid by phone, by the chosen reading of the number in the offer."""
    stated_share = price_cut.stated_percent / 100
    cut_share = 1 - stated_share if price_cut.reading == "paid" else stated_share
    return cut_share if stated_share > 0 else 0.0
