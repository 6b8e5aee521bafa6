"""What a policy can decide: frozen records, applied in order of (policy, index) or refused with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.promos import Channel, Hook, Says

EVERYWHERE = ""
NO_OFFER = ""
NO_HAPPENING = ""


@dataclass(frozen=True)
class Offer:
    """An offer under a name of its own. What it takes off a price is `off_share` of it, plus `off_fen`, or down to `price_fen`.

    Its instants are local, [from_us, until_us), since midnight of the day. A chain is offers each `after` the one before; a bundle is offers
    of one `bundle`, each of which counts only where another of it has been used on the same visit.
    """

    name: str
    units: tuple[str, ...] = ()  # ids of stores that take it; none: all
    off_share: float = 0.0  # of the price, 0 to 1
    off_fen: int = 0
    price_fen: int = -1  # that the article costs with it; -1: as it is otherwise
    gift_fen: int = 0  # worth of something given with the purchase, which costs whoever funds it that much
    threshold_fen: int = 0  # least price
    most_off_fen: int = 2**53
    points_factor: float = 1.0  # by what a purchase with it earns more points
    from_us: int = 0
    until_us: int = 2**62
    life_us: int = 2**62  # from the claim on
    after: str = NO_OFFER  # that must have been used on this visit
    bundle: str = ""
    budget: str = ""  # of what it takes off; none: without limit
    claims_most: int = 2**53
    per_member: int = 1  # claims on a visit
    stack_order: int = 0  # lower ones come first
    combines: bool = False  # with other offers on one receipt
    funded_by_seller_share: float = 1.0  # of what it takes off; the operator bears the rest unless `co_funder` does
    co_funder: str = ""  # unit that bears the rest
    members_only: bool = False


def is_worthless(offer: Offer) -> bool:
    """Return whether an offer takes nothing off and gives nothing on top."""
    has_value = (
        offer.off_share > 0 or offer.off_fen > 0 or offer.price_fen >= 0 or offer.gift_fen > 0 or offer.points_factor > 1
    )
    return not has_value or (offer.most_off_fen == 0 and offer.gift_fen == 0 and offer.points_factor <= 1)


@dataclass(frozen=True)
class SetBudget:
    """So much may be spent by the offers that name this budget, all together."""

    name: str
    limit_fen: int


@dataclass(frozen=True)
class EndOffer:
    """Nobody claims the offer any more; whoever holds it keeps it."""

    name: str


@dataclass(frozen=True, eq=False)
class Send:
    """A message to people, by their numbers on the platform: with an offer, or towards a place, or for information."""

    people: np.ndarray  # int64 numbers (Present.person)
    channel: Channel
    offer: str = NO_OFFER
    says: Says = Says.OFFER
    unit: str = EVERYWHERE  # where to, when it is no offer of one store
    happening: str = NO_HAPPENING  # to come to
    because: str = ""  # in a word
    features: dict[str, np.ndarray] = field(default_factory=dict)  # of each person, what the policy went by; each (n)
    propensity: np.ndarray | None = None  # of each person, the probability with which the policy sends it this; None: 1
    after_s: float = 0.0
    held: np.ndarray | None = (
        None  # bool, of each person: chance has decided not to send it this; kept as what the others are held against
    )
    units: np.ndarray | None = (
        None  # int64, of each person the store (its place in the plan) that a list shows it, instead of `unit`
    )
    position: int = 0  # in that list, 0 at its top


@dataclass(frozen=True, eq=False)
class SellTags:
    """Tell a store what the platform makes of people; it pays for each, and each may learn of it."""

    unit_id: str
    people: np.ndarray  # int64
    tags: np.ndarray  # int64, of each person what is told, as a number
    price_fen: int  # for each person


@dataclass(frozen=True)
class ChargeFee:
    """A store owes the mall a fee for being shown."""

    unit_id: str
    fen: int
    because: str = ""
    held: np.ndarray | None = (
        None  # bool, of each person: chance has decided not to send it this; kept as what the others are held against
    )


@dataclass(frozen=True)
class PutTrigger:
    """From now on whoever does something somewhere gets something, at once; a second one of the same name takes the first one's place."""

    name: str
    hook: Hook
    channel: Channel
    offer: str = NO_OFFER
    says: Says = Says.OFFER
    at_units: tuple[str, ...] = ()  # stores (entrances for ARRIVED); none: anywhere
    unit: str = EVERYWHERE
    share: float = 1.0  # of those who do so, drawn for each
    segment: int = 0  # only people marked with it; 0: everybody
    members_only: bool = False
    per_visit: int = 1
    after_s: float = 0.0
    from_us: int = 0
    until_us: int = 2**62


@dataclass(frozen=True)
class DropTrigger:
    """The trigger acts no more."""

    name: str


@dataclass(frozen=True, eq=False)
class Mark:
    """Put people into a segment (1 to 62) of triggers, or take them out of it."""

    people: np.ndarray  # int64
    segment: int
    belongs: bool = True


@dataclass(frozen=True)
class SetSeatPrice:
    """A seat of this show costs so much from now on."""

    show: int  # index in the timetable
    price_fen: int


@dataclass(frozen=True)
class ReleaseSeats:
    """So many seats of a show may be sold in all."""

    show: int
    seats: int


@dataclass(frozen=True)
class ShowWait:
    """Show a wait at a store's station, or none (negative)."""

    unit_id: str
    wait_s: float


@dataclass(frozen=True)
class StartHappening:
    """Something in the hall, before the door of a unit or an entrance, for a while of this day.

    `kind` is one of sim.schema.happenings.EVENT_KINDS, or "freeze", "clue", "meeting". A hunt is clues each `after` the one before.
    """

    name: str
    kind: str
    at: str
    from_us: int
    until_us: int
    capacity: int = 2**30  # people
    theme: str = ""  # trade
    is_open_to_all: bool = False  # passers-by may stop; others only come when invited
    stay_min_mean: float = 15.0
    staff: int = 0
    cost_fen: int = 0  # beside staff
    after: str = NO_HAPPENING  # clue that leads here
    reward: str = NO_OFFER  # that the last clue gives


@dataclass(frozen=True, eq=False)
class GivePoints:
    """Points on the house, in centi-points, to members by number."""

    people: np.ndarray
    centi: int


@dataclass(frozen=True)
class MoveTenant:
    """Two tenants change rooms overnight; in a run of one day nothing comes of it."""

    unit_id: str
    to_unit_id: str


PolicyDecision = (
    Offer
    | SetBudget
    | EndOffer
    | Send
    | PutTrigger
    | DropTrigger
    | Mark
    | SetSeatPrice
    | ReleaseSeats
    | ShowWait
    | GivePoints
    | MoveTenant
    | SellTags | ChargeFee
    | StartHappening
)  # fmt: skip
