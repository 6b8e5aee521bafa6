"""From the configuration to the parameters of referral; and what the table of referrals says at the end of a day."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.points.referral_records import NO_CAP_FEN, REFERRAL, Brought, Rule
from sim.crowd.state import records
from sim.ledger.accounts import Currency
from sim.ledger.ledger import Ledger
from sim.ledger.records import NONE
from sim.plan_arrays import CompiledPlan
from sim.units import US_PER_DAY

PPM = 1_000_000
WEIGHT = 1000  # whole parts of a weight of 1
FEN_PER_YUAN = 100


def life_us_of(config: RunConfig) -> int:
    """Return for how long a referral counts."""
    return round(config.referral.life_days * US_PER_DAY)


def describe_referral(params: np.recarray, config: RunConfig) -> None:  # type: ignore[type-arg]
    """Fill in the parameters of referral."""
    referral = config.referral
    params["referral_life_us"] = life_us_of(config)
    params["referral_cap_fen"] = round(referral.cap_yuan * FEN_PER_YUAN) if referral.cap_yuan > 0 else NO_CAP_FEN
    params["referrer_ppm"] = round(referral.share_to_referrer * PPM)
    params["referred_ppm"] = round(referral.share_to_member * PPM)
    funding = referral.funding
    params["seller_pays"] = round(funding.seller * WEIGHT)
    params["operator_pays"] = round(funding.operator * WEIGHT)
    params["alliance_pays"] = round(funding.alliance * WEIGHT)
    params["label_share"] = referral.label_share
    params["referral_rule"] = Rule[referral.rule.upper()]
    params["referral_accounts"] = NONE


def nobody_referred(residents: int) -> np.recarray:  # type: ignore[type-arg]
    """Return a REFERRAL of each resident, whom nobody has brought."""
    found = records(residents, REFERRAL)
    for name in ("unit", "teller", "friend"):
        found[name] = NONE
    return found


def accounts_of_merchants(ledger: Ledger, compiled: CompiledPlan, config: RunConfig) -> int:
    """Return the first of the accounts in which merchants get points for those whom they brought, opened if need be; NONE where they get money."""
    if not config.referral.is_on or config.referral.merchants_get == "money":
        return NONE
    first = f"points:{compiled.unit_ids[0]}" if compiled.unit_ids else ""
    if first in ledger.names:
        return ledger.names.index(first)
    numbers = [ledger.open(f"points:{unit}", Currency.POINTS, limit=0, has_lots=True) for unit in compiled.unit_ids]
    return numbers[0] if numbers else NONE


def referred_now(referrals: np.ndarray, units: int, now_us: int, life_us: int) -> dict[str, Any]:
    """Return how many residents count as brought at an instant of the run: by each merchant, by how, and by friends."""
    is_live = (referrals["how"] != Brought.NOT) & (referrals["since_us"] <= now_us) & (now_us < referrals["since_us"] + life_us)
    live = referrals[is_live]
    by_unit = np.bincount(live["unit"][live["unit"] >= 0], minlength=units)
    return {
        "by_unit": by_unit.tolist(),
        "by_how": {how.name.lower(): int(np.count_nonzero(live["how"] == how)) for how in Brought if how != Brought.NOT},
    }


def rings_of(referrals: np.ndarray, units: int) -> np.ndarray:
    """Return how many residents each merchant (row) has labelled or recruited; what a detector of rings holds against sales: columns REFERRAL.how."""
    found = np.zeros((units, len(Brought)), np.int64)
    mine = referrals[referrals["unit"] >= 0]
    np.add.at(found, (mine["unit"], mine["how"]), 1)
    return found
