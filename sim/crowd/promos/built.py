"""From the configuration and from decisions to the records of promos."""

from __future__ import annotations

import datetime
from math import inf, log
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.promos.records import BUDGET, CHANNEL, CHANNELS, COUPON, COUPONS_MAX, LETTER, LETTERS_MAX, PROMO, TRIGGER
from sim.promos import Channel, Hook
from sim.units import US_PER_MIN

SATURDAY = 5
ANNOYING = (Channel.PUSH, Channel.CHAT, Channel.STAFF)  # what interrupts


def describe_promos(params: Any, config: RunConfig) -> None:
    """Write the parameters of messages and offers into the one record of PARAMS."""
    promos = config.promos
    params.has_policies = int(bool(config.policies))
    params.relevance_weight, params.depth_weight = promos.relevance_weight, promos.depth_weight
    params.fatigue_weight, params.company_weight = promos.fatigue_weight, promos.company_weight
    params.crowding_weight, params.hurry_weight = promos.crowding_weight, promos.hurry_weight
    params.hurry_us = max(1.0, promos.hurry_min * US_PER_MIN)
    params.claim_logit, params.follow_logit = logit(promos.claim_share), logit(promos.follow_share)
    params.deal_weight, params.coupon_pull = promos.deal_weight, promos.coupon_pull
    params.deal_prone_share, params.prone_factor = promos.deal_prone_share, promos.deal_prone_factor
    params.deal_power, params.later_share = promos.deal_power, promos.later_share
    params.delivered_share, params.walk_weight = promos.delivered_share, promos.walk_weight
    params.hungry_relevance, params.needed_relevance = promos.hungry_relevance, promos.needed_relevance
    is_weekend = datetime.date.fromisoformat(config.date).weekday() >= SATURDAY
    params.day_logit = -promos.weekend_weight if is_weekend else 0.0
    params.stack_base_is_list = int(promos.stack_base == "before")
    params.position_decay, params.tag_learnt_share = promos.position_decay, promos.tag_learnt_share
    baskets = [100.0 * category.basket_yuan_mean for category in config.categories.values()]
    params.usual_fen = float(np.median(baskets)) if baskets else 0.0


def promos_of(config: RunConfig, units: int, entrances: int, rows: int) -> dict[str, np.ndarray]:
    """Return the arrays of a mall in which nothing has been offered yet."""
    coupons, letters = np.zeros((rows, COUPONS_MAX), COUPON), np.zeros((rows, LETTERS_MAX), LETTER)
    coupons["promo"], letters["channel"] = -1, -1
    return {
        "promos": np.zeros(0, PROMO).view(np.recarray), "promo_units": np.zeros((0, units), np.int8),
        "budgets": np.zeros(0, BUDGET).view(np.recarray), "coupons": coupons.view(np.recarray), "letters": letters.view(np.recarray),
        "triggers": np.zeros(0, TRIGGER).view(np.recarray), "trigger_start": np.zeros(len(Hook) + 1, np.int32),
        "trigger_places": np.zeros((0, max(units, entrances)), np.int8), "channels": _channels(config),
        "triggered": np.zeros((rows, 0), np.int8),
    }  # fmt: skip


def _channels(config: RunConfig) -> np.ndarray:
    found = np.zeros(CHANNELS, CHANNEL).view(np.recarray)
    for channel in Channel:
        found["open_logit"][channel] = logit(getattr(config.promos, f"{channel.name.lower()}_open_share"))
        found["annoys"][channel] = float(channel in ANNOYING)
    return found


def logit(share: float) -> float:
    """Return ln(p / (1 - p)); infinite at the ends."""
    return -inf if share <= 0 else inf if share >= 1 else log(share / (1 - share))
