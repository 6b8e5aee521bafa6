"""What throws the switches that policies decide on: offers, budgets, messages, triggers, seats, displays, points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.crowd.engine import Crowd
from sim.crowd.promos.letters import put_letters
from sim.crowd.promos.lists import put_lists
from sim.crowd.promos.records import BUDGET, FUNDED_BY_OPERATOR, PROMO, TRIGGER
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
from sim.events import EventKind
from sim.ledger.accounts import POINTS_ISSUED, TransferReason
from sim.ledger.doors import issue_one
from sim.ledger.records import NEVER_US, NONE, Count, Refusal
from sim.operations.happenings import Happenings
from sim.operations.policy_fees import charge_fee, sell_tags
from sim.operations.policy_records import POSITIONS_MAX, Receipt, TagsSold, wrong_with_list
from sim.plan_arrays import CompiledPlan
from sim.promos import Channel, Hook, Reach, Refused, Says
from sim.random_streams import stable_key
from sim.sensing.present import Present, nobody_present
from sim.units import US_PER_S

MILLION = 1_000_000
SEGMENTS_MAX = 62
WAYS = {
    Channel.PUSH: Reach.PUSH,
    Channel.APP: Reach.APP,
    Channel.PORTAL: Reach.PORTAL,
    Channel.CHAT: Reach.CHAT,
    Channel.PAYMENT: Reach.LINKED,
}


@dataclass(frozen=True)
class Applied:
    """What came of one decision."""

    what: str
    refused: str = ""
    people: int = 0
    has_switched: bool = False


@dataclass
class Sent:
    """One decision to send, as it is kept: who was chosen with what probability and why, who was reached, under which numbers."""

    time_us: int
    policy: str
    offer: str
    channel: Channel
    unit: str
    because: str
    first: int  # number of the first message; the others follow in the order of people
    people: np.ndarray
    visits: np.ndarray  # the truth: -1 where nobody was reached
    propensity: np.ndarray
    features: dict[str, np.ndarray]
    held: np.ndarray  # bool: chance has decided not to send it to them
    whose: np.ndarray  # the truth: the visit of each person who is inside, also of whom nothing was sent; -1 for others
    units: np.ndarray | None = None  # of each person the store that a list showed it
    position: int = 0  # in that list


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
    _slots: dict[str, int] = field(default_factory=dict)  # of triggers by name, in order of first mention
    _trigger_policy: dict[str, str] = field(default_factory=dict)
    _present: Present = field(default_factory=nobody_present)
    _visits: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def look_up(self, present: Present, visits: np.ndarray) -> None:
        """Know where to deliver what is decided at this review."""
        self._present, self._visits = present, visits

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
            "trigger_policies": [self._trigger_policy[name] for name in self._slots],
        }  # fmt: skip

    def apply(self, now_us: int, policy: str, decision: PolicyDecision) -> Applied:
        """Throw what a decision asks for, or say why not."""
        acts: dict[type, Callable[[int, str, Any], Applied]] = {
            Offer: self._offer, SetBudget: self._set_budget, EndOffer: self._end_offer, Send: self._send, PutTrigger: self._put_trigger,
            DropTrigger: self._drop_trigger, Mark: self._mark, SetSeatPrice: self._set_seat_price, ReleaseSeats: self._release_seats,
            ShowWait: self._show_wait, GivePoints: self._give_points,
            MoveTenant: self._move_tenant,
            SellTags: self._paid, ChargeFee: self._paid,
            StartHappening: self._start_happening,
        }  # fmt: skip
        return acts[type(decision)](now_us, policy, decision)

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
        if not self._is_worth_something(name):
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

    def _is_worth_something(self, name: str) -> bool:
        found = not is_worthless(self.offers[name])
        for other in [each.name for each in self.offers.values() if each.after == name]:
            found = found or self._is_worth_something(other)
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

    def _send(self, now_us: int, policy: str, send: Send) -> Applied:
        what = send.offer or send.unit or send.because
        refused = self.why_not_to_be_had(now_us, send.offer) if send.offer else ""
        if refused:
            return Applied(what, refused)
        if send.happening and (self.happenings is None or send.happening not in self.happenings.names):
            return Applied(what, f"no happening {send.happening!r}")
        if send.unit and send.unit not in self.compiled.unit_ids:
            return Applied(what, f"no unit {send.unit!r}")
        if send.channel not in WAYS:
            return Applied(what, f"nobody is addressed by {send.channel.name}: a trigger can")
        people = np.asarray(send.people, np.int64)
        refused = wrong_with_list(send, len(self.compiled.unit_ids))
        if refused:
            return Applied(what, refused)
        first, self.messages = self.messages, self.messages + people.size
        numbers = first + np.arange(people.size)
        at = np.minimum(np.searchsorted(self._present.person, people), max(self._present.person.size - 1, 0))
        is_here = self._present.person[at] == people if self._present.person.size else np.zeros(people.size, bool)
        is_here[is_here] &= (self._present.reach[at[is_here]] & WAYS[send.channel]) > 0
        whose = np.full(people.size, -1, np.int64)
        whose[is_here] = self._visits[at[is_here]]
        held = np.zeros(people.size, bool) if send.held is None else np.asarray(send.held, bool)
        is_here &= ~held
        if self.withheld:
            is_here &= ~np.isin(numbers, list(self.withheld))
        visits = np.full(people.size, -1, np.int64)
        visits[is_here] = self._visits[at[is_here]]
        visits[self._put(now_us, send, numbers, visits)] = -1
        propensity = np.ones(people.size) if send.propensity is None else np.asarray(send.propensity, float)
        self.sent.append(
            Sent(now_us, policy, send.offer, send.channel, send.unit, send.because, first, people, visits, propensity, dict(send.features),
                 held, whose, send.units, send.position)
        )  # fmt: skip
        self.receipts.append(Receipt(policy, send.offer, send.unit, send.because, first, people))
        return Applied(what, people=int((visits >= 0).sum()))

    def _paid(self, now_us: int, policy: str, decision: SellTags | ChargeFee) -> Applied:
        if isinstance(decision, SellTags):
            return Applied(*sell_tags(self, now_us, policy, decision))
        return Applied(*charge_fee(self, now_us, policy, decision))

    def _put(self, now_us: int, send: Send, numbers: np.ndarray, visits: np.ndarray) -> np.ndarray:
        """Put the messages into inboxes; return which of them found no party or no room."""
        mall = self.crowd.mall
        rows = self._rows_of(visits)
        promo = list(self.offers).index(send.offer) if send.offer else -1
        unit = self.compiled.unit_ids.index(send.unit) if send.unit else -1
        due_us = now_us + round(send.after_s * US_PER_S)
        says = send.says
        if send.happening and self.happenings is not None:
            unit, says = self.happenings.names.index(send.happening), Says.COME
        if send.units is None:
            lost = put_letters(mall, rows, numbers, promo, unit, int(send.channel), int(says), due_us)
        else:
            lost = put_lists(
                mall, rows, numbers, send.units, promo, int(send.channel), int(says), due_us, int(send.position)
            )
        for row, number in zip(rows[~lost].tolist(), numbers[~lost].tolist(), strict=True):
            self.crowd.note_of_row(now_us, EventKind.MESSAGE_SENT, row, int(send.channel), number)
        if send.units is not None:
            for row, number, shown in zip(
                rows[~lost].tolist(), numbers[~lost].tolist(), np.asarray(send.units)[~lost].tolist(), strict=True
            ):
                self.crowd.note_of_row(now_us, EventKind.PLACE_SHOWN, row, shown, POSITIONS_MAX * number + int(send.position))
        return np.flatnonzero(lost)

    def rows_of_people(self, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which of some people are inside, as indices, and the row of each of them."""
        present = self._present.person
        at = np.minimum(np.searchsorted(present, people), max(present.size - 1, 0))
        found = np.flatnonzero(present[at] == people) if present.size else np.zeros(0, np.int64)
        rows = self._rows_of(self._visits[at[found]]) if found.size else found
        return found[rows >= 0], rows[rows >= 0]

    def _rows_of(self, visits: np.ndarray) -> np.ndarray:
        """Return the row of each visit that is inside, -1 for others."""
        shoppers = self.crowd.mall.shoppers
        taken = np.flatnonzero((shoppers["doing"] != Doing.NOTHING) & (self.crowd.mall.minds["parent"] < 0))
        order = taken[np.argsort(shoppers["number"][taken])]
        numbers = shoppers["number"][order]
        at = np.minimum(np.searchsorted(numbers, visits), max(numbers.size - 1, 0))
        found = np.full(visits.size, -1, np.int64)
        is_there = numbers[at] == visits if numbers.size else np.zeros(visits.size, bool)
        found[is_there] = order[at[is_there]]
        return found

    def _put_trigger(self, now_us: int, policy: str, trigger: PutTrigger) -> Applied:
        places = self.compiled.entrance_ids if trigger.hook == Hook.ARRIVED else self.compiled.unit_ids
        unknown = [place for place in trigger.at_units if place not in places]
        if trigger.offer and trigger.offer not in self.offers:
            return Applied(trigger.name, f"no offer {trigger.offer!r}")
        if trigger.offer and not self._is_worth_something(trigger.offer):
            return Applied(trigger.name, f"offer {trigger.offer!r} is worth nothing, and opens nothing that is")
        if unknown or (trigger.unit and trigger.unit not in self.compiled.unit_ids):
            return Applied(trigger.name, f"no place {(unknown or [trigger.unit])[0]!r}")
        if not 0 <= trigger.share <= 1 or not 0 <= trigger.segment <= SEGMENTS_MAX:
            return Applied(trigger.name, f"a share is 0 to 1, a segment 0 to {SEGMENTS_MAX}")
        if trigger.until_us <= now_us or trigger.until_us <= trigger.from_us:
            return Applied(trigger.name, "its window is over")
        self.triggers[trigger.name] = trigger
        self._trigger_policy[trigger.name] = policy
        self._lay_out_triggers()
        return Applied(trigger.name)

    def _drop_trigger(self, now_us: int, policy: str, decision: DropTrigger) -> Applied:
        if decision.name not in self.triggers:
            return Applied(decision.name, f"no trigger {decision.name!r}")
        del self.triggers[decision.name]
        self._lay_out_triggers()
        return Applied(decision.name)

    def _lay_out_triggers(self) -> None:
        """Write all triggers anew, in order of (hook, name); how often each has fired is counted by events."""
        ordered = sorted(self.triggers.values(), key=lambda each: (each.hook, each.name))
        mall = self.crowd.mall
        table = np.zeros(len(ordered), TRIGGER).view(np.recarray)
        acts_at = np.zeros((len(ordered), mall.trigger_places.shape[1]), np.int8)
        names = list(self.offers)
        for index, trigger in enumerate(ordered):
            places = self.compiled.entrance_ids if trigger.hook == Hook.ARRIVED else self.compiled.unit_ids
            for name in ("from_us", "until_us", "segment", "share", "per_visit", "hook", "channel", "says", "members_only"):
                table[name][index] = getattr(trigger, name)
            table["key"][index] = stable_key(trigger.name) >> 8
            table["slot"][index] = self._slots.setdefault(trigger.name, len(self._slots))
            table["after_us"][index] = round(trigger.after_s * US_PER_S)
            table["promo"][index] = names.index(trigger.offer) if trigger.offer else -1
            table["unit"][index] = self.compiled.unit_ids.index(trigger.unit) if trigger.unit else -1
            acts_at[index] = 0 if trigger.at_units else 1
            acts_at[index, [places.index(place) for place in trigger.at_units]] = 1
        hooks = [int(trigger.hook) for trigger in ordered]
        start = np.searchsorted(hooks, np.arange(len(Hook) + 1)).astype(np.int32)
        more = np.zeros((mall.triggered.shape[0], len(self._slots) - mall.triggered.shape[1]), np.int8)
        self.crowd.mall = mall._replace(
            triggers=table,
            trigger_places=acts_at,
            trigger_start=start,
            triggered=np.concatenate([mall.triggered, more], axis=1),
        )

    def _mark(self, now_us: int, policy: str, mark: Mark) -> Applied:
        if not 1 <= mark.segment <= SEGMENTS_MAX:
            return Applied(str(mark.segment), f"a segment is 1 to {SEGMENTS_MAX}")
        people = np.asarray(mark.people, np.int64)
        is_here = np.isin(self._present.person, people)
        rows = self._rows_of(self._visits[is_here])
        rows = rows[rows >= 0]
        bit = np.int64(1) << np.int64(mark.segment - 1)
        segments = self.crowd.mall.minds["segments"]
        segments[rows] = segments[rows] | bit if mark.belongs else segments[rows] & ~bit
        return Applied(str(mark.segment), people=int(rows.size))

    def _start_happening(self, now_us: int, policy: str, decision: StartHappening) -> Applied:
        if self.happenings is None or (decision.reward and decision.reward not in self.offers):
            return Applied(decision.name, f"no offer {decision.reward!r}")
        reward = list(self.offers).index(decision.reward) if decision.reward else -1
        return Applied(decision.name, self.happenings.start(now_us, decision, reward))

    def _set_seat_price(self, now_us: int, policy: str, decision: SetSeatPrice) -> Applied:
        what, controls = f"show {decision.show}", self.crowd.controls
        if not 0 <= decision.show < controls.show_price_fen.size or decision.price_fen < 0:
            return Applied(what, "no such show, or a negative price")
        controls.show_price_fen[decision.show] = decision.price_fen
        return Applied(what, has_switched=True)

    def _release_seats(self, now_us: int, policy: str, decision: ReleaseSeats) -> Applied:
        what, controls = f"show {decision.show}", self.crowd.controls
        if not 0 <= decision.show < controls.show_seats_on_sale.size or decision.seats < 0:
            return Applied(what, "no such show, or a negative number of seats")
        controls.show_seats_on_sale[decision.show] = decision.seats
        return Applied(what, has_switched=True)

    def _show_wait(self, now_us: int, policy: str, decision: ShowWait) -> Applied:
        if decision.unit_id not in self.compiled.unit_ids:
            return Applied(decision.unit_id, f"no unit {decision.unit_id!r}")
        station, controls = self.compiled.unit_ids.index(decision.unit_id), self.crowd.controls
        controls.station_is_shown[station] = int(decision.wait_s >= 0)
        controls.shown_wait_s[station] = max(decision.wait_s, 0.0)
        return Applied(decision.unit_id, has_switched=True)

    def _move_tenant(self, now_us: int, policy: str, move: MoveTenant) -> Applied:
        what, ids = f"{move.unit_id} and {move.to_unit_id}", self.compiled.unit_ids
        unknown = [unit for unit in (move.unit_id, move.to_unit_id) if unit not in ids]
        if unknown:
            return Applied(what, f"no unit {unknown[0]!r}")
        if move.unit_id == move.to_unit_id:
            return Applied(what, "a tenant is in its own room already")
        if {move.unit_id, move.to_unit_id} & {unit for pair in self.moves for unit in pair}:
            return Applied(what, "one of the two moves tonight already")
        one_m2, other_m2 = (
            float(self.compiled.arrays.unit_area_m2[ids.index(unit)]) for unit in (move.unit_id, move.to_unit_id)
        )
        if min(one_m2, other_m2) < self.least_area_share * max(one_m2, other_m2):
            return Applied(
                what, f"too small: {one_m2:.0f} and {other_m2:.0f} m2, layout.least_area_share {self.least_area_share:g}"
            )
        self.moves.append((move.unit_id, move.to_unit_id))
        return Applied(what)

    def _give_points(self, now_us: int, policy: str, decision: GivePoints) -> Applied:
        if decision.centi <= 0:
            return Applied("points", "points must be given, not taken")
        if self.crowd.mall.params["points_on"][0] == 0:
            return Applied("points", "there is no programme of points (points.is_on=false)")
        is_here = np.isin(self._present.person, np.asarray(decision.people, np.int64))
        rows = self._rows_of(self._visits[is_here])
        accounts = self.crowd.mall.minds["account"][rows[rows >= 0]]
        accounts = accounts[accounts >= 0]
        lasts_us = int(self.crowd.mall.params["points_last_us"][0])
        given = 0
        for account in accounts.tolist():
            self.crowd.make_room_in_books()
            midnight_us = int(self.crowd.ledger.book.book_counts[Count.MIDNIGHT_US])
            expires_us = NEVER_US if lasts_us == NEVER_US else midnight_us + lasts_us
            book, reason = self.crowd.ledger.book, TransferReason.POINTS_GIVEN
            given += issue_one(book, now_us, POINTS_ISSUED, account, decision.centi, reason, expires_us, NONE) == Refusal.POSTED
        return Applied("points", "" if given or not accounts.size else "the books refuse it", people=given)


def _bundle(offer: Offer, offers: dict[str, Offer]) -> int:
    """Return the number of an offer's bundle: the place of the first offer of it, this one's own when it is the first; -1 for none."""
    if not offer.bundle:
        return -1
    names = [each.bundle for each in offers.values()]
    return names.index(offer.bundle) if offer.bundle in names else len(names)
