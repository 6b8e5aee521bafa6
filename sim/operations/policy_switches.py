"""What throws the switches that policies decide on: what applies which decision, and offers and budgets themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.crowd.engine import Crowd
from sim.crowd.promos.records import BUDGET, FUNDED_BY_OPERATOR, PROMO
from sim.crowd.promos.wallet import NO_LIMIT_FEN, why_not
from sim.crowd.state import Doing
from sim.decisions_of_policies import (
    ChargeFee,
    DropTrigger,
    EndOffer,
    GivePoints,
    Mark,
    MoveTenant,
    Offer,
    PolicyDecision,
    PutTrigger,
    ReleaseSeats,
    SellTags,
    Send,
    SetBudget,
    SetSeatPrice,
    ShowWait,
    StartHappening,
    is_worthless,
)
from sim.operations.happenings import Happenings
from sim.operations.policy_fees import charge_fee, sell_tags
from sim.operations.policy_messages import send_messages
from sim.operations.policy_people import give_points, mark_people
from sim.operations.policy_places import move_tenant, release_seats, set_seat_price, show_wait, start_happening
from sim.operations.policy_records import Applied, Receipt, Sent, TagsSold
from sim.operations.policy_triggers import drop_trigger, put_trigger
from sim.plan_arrays import CompiledPlan
from sim.promos import Refused
from sim.random_streams import stable_key
from sim.sensing.present import Present, nobody_present

MILLION = 1_000_000


@dataclass
class Switchboard:
    """Offers, budgets and triggers by name, and the messages sent so far; numbers of messages run on over the day."""

    crowd: Crowd
    compiled: CompiledPlan
    withheld: frozenset[int] = frozenset()
    happenings: Happenings | None = None
    offers: dict[str, Offer] = field(default_factory=dict)
    budgets: dict[str, int] = field(default_factory=dict)
    triggers: dict[str, PutTrigger] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)  # policy of each offer
    sent: list[Sent] = field(default_factory=list)
    messages: int = 0
    least_area_share: float = 1.0  # of the room that a tenant has now, in the one it moves to
    moves: list[tuple[str, str]] = field(default_factory=list)  # of tenants, for the night
    receipts: list[Receipt] = field(default_factory=list)  # since they were last taken
    tags_sold: list[TagsSold] = field(default_factory=list)
    fees: list[tuple[str, int, int]] = field(default_factory=list)  # policy, unit, fen
    trigger_slots: dict[str, int] = field(default_factory=dict)  # of triggers by name, in order of first mention
    trigger_policy: dict[str, str] = field(default_factory=dict)
    present: Present = field(default_factory=nobody_present)
    visits: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    rows: tuple[int, np.ndarray, np.ndarray] | None = None  # at an instant: visits inside in order, and the row of each

    def look_up(self, present: Present, visits: np.ndarray) -> None:
        """Know where to deliver what is decided at this review."""
        self.present, self.visits, self.rows = present, visits, None

    def used(self) -> dict[str, tuple[int, int, int]]:
        """Return of each offer by name: claims, uses and fen that it has cost."""
        promos = self.crowd.mall.promos
        rows = zip(promos["claims"].tolist(), promos["used"].tolist(), promos["spent_fen"].tolist(), strict=True)
        return dict(zip(self.offers, rows, strict=True))

    def take_receipts(self) -> list[Receipt]:
        """Return under which numbers went out what was sent since the last call."""
        taken, self.receipts = self.receipts, []
        return taken

    def facts(self) -> dict[str, Any]:
        """Return what the run keeps: offers with what came of them, messages, moves of tenants, tags sold and fees."""
        return {
            "offers": dict(self.offers), "owner": dict(self.owner), "used": self.used(), "sent": self.sent, "moves": list(self.moves),
            "tags_sold": self.tags_sold, "fees": self.fees,
            "worthless": [is_worthless(offer) for offer in self.offers.values()],
            "trigger_policies": [self.trigger_policy[name] for name in self.trigger_slots],
        }  # fmt: skip

    def apply(self, now_us: int, policy: str, decision: PolicyDecision) -> Applied:
        """Throw what a decision asks for, or say why not."""
        return ACTS[type(decision)](self, now_us, policy, decision)

    def _offer(self, now_us: int, policy: str, offer: Offer) -> Applied:
        refused = self._wrong_with(policy, offer, now_us)
        if refused:
            return Applied(offer.name, refused)
        mall = self.crowd.mall
        units = [self.compiled.unit_ids.index(unit) for unit in offer.units]
        row = np.zeros(1, PROMO).view(np.recarray)
        for name, value in (
            ("key", stable_key(f"{policy}/{offer.name}") >> 8), ("off_ppm", round(MILLION * offer.off_share)), ("off_fen", offer.off_fen),
            ("price_fen", offer.price_fen), ("gift_fen", offer.gift_fen), ("from_fen", offer.threshold_fen), ("most_fen", offer.most_off_fen),
            ("points_milli", round(1000 * offer.points_factor)), ("from_us", offer.from_us), ("until_us", offer.until_us),
            ("life_us", offer.life_us), ("claims_most", offer.claims_most), ("seller_ppm", round(MILLION * offer.funded_by_seller_share)),
            ("after", list(self.offers).index(offer.after) if offer.after else -1), ("bundle", _bundle(offer, self.offers)),
            ("budget", list(self.budgets).index(offer.budget) if offer.budget else -1),
            ("co_funder", self.compiled.unit_ids.index(offer.co_funder) if offer.co_funder else FUNDED_BY_OPERATOR),
            ("per_member", offer.per_member), ("order", offer.stack_order), ("home", units[0] if len(units) == 1 else -1),
            ("combines", offer.combines), ("members_only", offer.members_only), ("is_worthless", is_worthless(offer)), ("opens", -1),
        ):  # fmt: skip
            row[name] = value
        if offer.after:
            mall.promos["opens"][list(self.offers).index(offer.after)] = len(self.offers)
        takes = np.full((1, len(self.compiled.unit_ids)), 0 if units else 1, np.int8)
        takes[0, units] = 1
        self.crowd.mall = mall._replace(
            promos=np.concatenate([mall.promos, row]).view(np.recarray), promo_units=np.concatenate([mall.promo_units, takes])
        )
        self.crowd.mall.params["promos"] += 1
        self.offers[offer.name], self.owner[offer.name] = offer, policy
        return Applied(offer.name)

    def _wrong_with(self, policy: str, offer: Offer, now_us: int) -> str:
        unknown = [
            unit
            for unit in (*offer.units, *([offer.co_funder] if offer.co_funder else []))
            if unit not in self.compiled.unit_ids
        ]
        if offer.name in self.offers:
            return f"there is an offer {offer.name!r} already"
        if unknown:
            return f"no unit {unknown[0]!r}"
        if not 0 <= offer.off_share <= 1:
            return f"takes {offer.off_share:.0%} off a price: 0 to 100 % are possible"
        if min(offer.off_fen, offer.gift_fen, offer.threshold_fen, offer.claims_most, offer.per_member) < 0:
            return "an amount is negative"
        if offer.points_factor < 0:
            return "a receipt cannot earn fewer points than none"
        if not 0 <= offer.funded_by_seller_share <= 1:
            return "the seller bears 0 to 100 % of it"
        if offer.until_us <= max(offer.from_us, now_us):
            return "its window is over before it begins" if offer.until_us <= offer.from_us else "its window has expired"
        if offer.after == offer.name:
            return "a chain cannot wait for itself"
        if offer.after and offer.after not in self.offers:
            return (
                f"no offer {offer.after!r} to come after; the steps of a chain are offered in their order, and none leads back"
            )
        if offer.after and any(other.after == offer.after for other in self.offers.values()):
            return f"another offer comes after {offer.after!r} already: a chain does not branch"
        if offer.budget and offer.budget not in self.budgets:
            return f"no budget {offer.budget!r}"
        return ""

    def why_not_to_be_had(self, now_us: int, name: str) -> str:
        """Return why nobody can have an offer now: then nobody is told of it, and nothing happens."""
        if name not in self.offers:
            return f"no offer {name!r}"
        if not self.is_worth_something(name):
            return f"offer {name!r} is worth nothing, and opens nothing that is"
        offer = self.crowd.mall.promos[list(self.offers).index(name)]
        left_fen = NO_LIMIT_FEN
        if offer.budget >= 0:
            purse = self.crowd.mall.budgets[offer.budget]
            left_fen = int(purse.limit_fen - purse.spent_fen - purse.reserved_fen)
        is_over = bool(now_us >= offer.until_us or offer.is_ended == 1)
        refused = why_not(is_over, int(offer.claims_most - offer.claims), left_fen, int(offer.off_fen + offer.gift_fen))
        return (
            ""
            if refused < 0
            else f"offer {name!r} is not to be had any more: {Refused(refused).name.lower().replace('_', ' ')}"
        )

    def is_worth_something(self, name: str) -> bool:
        """Return whether an offer, or one that it leads to, is worth anything."""
        found = not is_worthless(self.offers[name])
        for other in [each.name for each in self.offers.values() if each.after == name]:
            found = found or self.is_worth_something(other)
        return found

    def _set_budget(self, now_us: int, policy: str, budget: SetBudget) -> Applied:
        if budget.limit_fen < 0:
            return Applied(budget.name, "a budget cannot be negative")
        mall = self.crowd.mall
        if budget.name not in self.budgets:
            self.budgets[budget.name] = len(self.budgets)
            more = np.zeros(1, BUDGET).view(np.recarray)
            self.crowd.mall = mall._replace(budgets=np.concatenate([mall.budgets, more]).view(np.recarray))
        self.crowd.mall.budgets["limit_fen"][self.budgets[budget.name]] = budget.limit_fen
        return Applied(budget.name)

    def _end_offer(self, now_us: int, policy: str, decision: EndOffer) -> Applied:
        if decision.name not in self.offers:
            return Applied(decision.name, f"no offer {decision.name!r}")
        self.crowd.mall.promos["is_ended"][list(self.offers).index(decision.name)] = 1
        return Applied(decision.name)

    def rows_of_people(self, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which of some people are inside, as indices, and the row of each of them."""
        present = self.present.person
        at = np.minimum(np.searchsorted(present, people), max(present.size - 1, 0))
        found = np.flatnonzero(present[at] == people) if present.size else np.zeros(0, np.int64)
        rows = self.rows_of_visits(self.visits[at[found]]) if found.size else found
        return found[rows >= 0], rows[rows >= 0]

    def rows_of_visits(self, visits: np.ndarray) -> np.ndarray:
        """Return the row of each visit that is inside, -1 for others."""
        numbers, order = self._inside()
        at = np.minimum(np.searchsorted(numbers, visits), max(numbers.size - 1, 0))
        found = np.full(visits.size, -1, np.int64)
        is_there = numbers[at] == visits if numbers.size else np.zeros(visits.size, bool)
        found[is_there] = order[at[is_there]]
        return found

    def _inside(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the visits that are inside, in order, and the row of each; nobody moves while decisions of a review are applied."""
        now_us = self.crowd.now_us
        if self.rows is None or self.rows[0] != now_us:
            shoppers = self.crowd.mall.shoppers
            taken = np.flatnonzero((shoppers["doing"] != Doing.NOTHING) & (self.crowd.mall.minds["parent"] < 0))
            order = taken[np.argsort(shoppers["number"][taken])]
            self.rows = (now_us, shoppers["number"][order], order)
        return self.rows[1], self.rows[2]


def _bundle(offer: Offer, offers: dict[str, Offer]) -> int:
    """Return the number of an offer's bundle: the place of the first offer of it, this one's own when it is the first; -1 for none."""
    if not offer.bundle:
        return -1
    names = [each.bundle for each in offers.values()]
    return names.index(offer.bundle) if offer.bundle in names else len(names)


ACTS: dict[type, Callable[[Switchboard, int, str, Any], Applied]] = {
    Offer: Switchboard._offer, SetBudget: Switchboard._set_budget, EndOffer: Switchboard._end_offer, Send: send_messages,
    PutTrigger: put_trigger, DropTrigger: drop_trigger, Mark: mark_people, GivePoints: give_points,
    SetSeatPrice: set_seat_price, ReleaseSeats: release_seats, ShowWait: show_wait, StartHappening: start_happening,
    MoveTenant: move_tenant, SellTags: sell_tags, ChargeFee: charge_fee,
}  # fmt: skip
