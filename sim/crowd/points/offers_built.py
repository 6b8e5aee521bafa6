"""From configuration to the table of offers, and to the parameters of the catalogue and of the till's watch."""

from __future__ import annotations

import numpy as np

from sim.config import RunConfig
from sim.crowd.points.offer_records import FUNDED_BY_MERCHANT, OFFER
from sim.crowd.state import records
from sim.errors import ConfigError, Problem
from sim.ledger.accounts import OPERATOR, TREASURY
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_DAY

CENTIPOINTS = 100  # in a point
FEN_PER_YUAN = 100
FUNDERS = {"merchant": FUNDED_BY_MERCHANT, "alliance": TREASURY, "operator": OPERATOR}


def offers_of(compiled: CompiledPlan, config: RunConfig) -> np.recarray:  # type: ignore[type-arg]
    """Return the OFFER of each item of the catalogue; raises ConfigError for a merchant that the plan lacks."""
    catalogue = config.partners.catalogue
    offers = records(len(catalogue.items), OFFER)
    problems = []
    for index, (offer, item) in enumerate(zip(offers, catalogue.items, strict=True)):
        if item.unit and item.unit not in compiled.unit_ids:
            place = f"partners.catalogue.items[{index}].unit"
            rule = "must be the id of a unit that has a tenant, or empty for every merchant"
            problems.append(Problem(place, repr(item.unit), rule, "tenants.csv names them in its column unit"))
            continue
        offer.price_centi = round(item.points * CENTIPOINTS)
        offer.worth_fen = offer.price_centi  # a point is worth a yuan at the till
        offer.off_fen = round(item.off_yuan * FEN_PER_YUAN)
        offer.from_fen = round(item.from_yuan * FEN_PER_YUAN)
        offer.valid_us = round(item.valid_days * US_PER_DAY)
        offer.stock = item.stock
        offer.cost_fen = round(item.cost_yuan * FEN_PER_YUAN)
        offer.is_gift = item.kind == "gift"
        value_yuan = item.value_yuan if offer.is_gift else item.off_yuan * catalogue.use_share
        offer.value_fen = value_yuan * FEN_PER_YUAN
        offer.unit = compiled.unit_ids.index(item.unit) if item.unit else -1
        offer.funder = FUNDERS[item.funder]
    if problems:
        raise ConfigError.of("the configuration", problems)
    return offers


def describe_offers(params: np.recarray, config: RunConfig) -> None:  # type: ignore[type-arg]
    """Fill in the parameters of the catalogue and of the till's watch."""
    catalogue, attacks, rules = config.partners.catalogue, config.abuse.attacks, config.abuse.rules
    params["offers"] = len(catalogue.items) if catalogue.is_on else 0
    params["look_share"] = catalogue.look_share
    params["offer_weight"] = catalogue.value_weight
    params["keep_utility"] = catalogue.keep_utility
    params["offer_pull_utility"] = catalogue.pull_utility
    params["watches_receipts"] = config.abuse.is_on
    params["receipts_most"] = rules.receipts_most
    params["in_a_row_most"] = rules.in_a_row_most
    params["points_hold_us"] = round(rules.hold_days * US_PER_DAY)
    params["refund_farmers_to"] = attacks.refund_farmers_share
    params["double_spenders_to"] = params["refund_farmers_to"] + attacks.double_spenders_share
    params["ring_members_to"] = params["double_spenders_to"] + attacks.ring_members_share
