"""Offers that are taken at home, under numbers of the run, and their budgets over all days."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np

from sim.decisions_of_home import OfferAtHome
from sim.decisions_of_policies import Offer, PolicyDecision, SetBudget


@dataclass
class Book:
    """What came of one offer so far."""

    policy: str
    offer: Offer
    days: int
    units: np.ndarray  # int64, none: all
    depth: float  # of a usual price
    claims: int = 0
    used: int = 0
    cost_fen: int = 0
    is_over: bool = False  # expired: nobody can hold one


@dataclass
class Offers:
    """All offers of the run in order of their numbers. `spent_fen` is what coupons of a budget have cost, as tills report."""

    unit_ids: tuple[str, ...]
    usual_fen: np.ndarray  # float64 (units) mean basket
    books: list[Book] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    limit_fen: dict[str, int] = field(default_factory=dict)
    spent_fen: dict[str, int] = field(default_factory=dict)
    budget_policy: dict[str, str] = field(default_factory=dict)

    def add(self, policy: str, made: OfferAtHome) -> str:
        """Take an offer up; return why not, or nothing."""
        offer = made.offer
        wrong = self._wrong_with(offer, made.days)
        if wrong:
            return wrong
        units = np.array([self.unit_ids.index(unit) for unit in offer.units], np.int64)
        self.numbers[offer.name] = len(self.books)
        self.books.append(Book(policy, offer, made.days, units, self._depth(offer, units)))
        return ""

    def _wrong_with(self, offer: Offer, days: int) -> str:
        unknown = [unit for unit in offer.units if unit not in self.unit_ids]
        if offer.name in self.numbers:
            return f"there is an offer {offer.name!r} already"
        if unknown:
            return f"no unit {unknown[0]!r}"
        if not 0 <= offer.off_share <= 1:
            return f"takes {offer.off_share:.0%} off a price: 0 to 100 % are possible"
        if min(offer.off_fen, offer.gift_fen, offer.threshold_fen, offer.claims_most) < 0:
            return "an amount is negative"
        if not 0 <= offer.funded_by_seller_share <= 1:
            return "the seller bears 0 to 100 % of it"
        if days < 1 or offer.until_us <= offer.from_us:
            return "its window is over before it begins"
        if offer.after or offer.bundle or offer.co_funder:
            return "a chain, a bundle or a second funder is of one visit: offer it inside"
        if offer.budget and offer.budget not in self.limit_fen:
            return f"no budget {offer.budget!r}"
        return ""

    def _depth(self, offer: Offer, units: np.ndarray) -> float:
        """Return the share of a usual price that it takes off, measured on the price that it asks for where that is more."""
        usual_fen = float(self.usual_fen[units].mean() if units.size else np.median(self.usual_fen))
        base_fen = max(usual_fen, float(offer.threshold_fen), 1.0)
        if offer.threshold_fen > 0:  # whoever takes it means to spend about that
            base_fen = float(offer.threshold_fen)
        depth = offer.off_share + (offer.off_fen + offer.gift_fen) / base_fen
        if offer.price_fen >= 0:
            depth = max(depth, 1.0 - offer.price_fen / usual_fen)
        return float(np.clip(depth, 0.0, 1.0))

    def set_budget(self, policy: str, budget: SetBudget) -> str:
        """Set a budget of the whole run."""
        if budget.limit_fen < 0:
            return "a budget cannot be negative"
        self.limit_fen[budget.name] = budget.limit_fen
        self.budget_policy.setdefault(budget.name, policy)
        self.spent_fen.setdefault(budget.name, 0)
        return ""

    def most_claims(self, number: int, reserved_fen: int) -> int:
        """Return how many more coupons of an offer can be taken, `reserved_fen` of its budget being set aside for those that are out."""
        book = self.books[number]
        most = book.offer.claims_most - book.claims
        if book.offer.budget:
            left_fen = self.limit_fen[book.offer.budget] - self.spent_fen[book.offer.budget] - reserved_fen
            sure_fen = sure_fen_of(book.offer)
            most = min(most, left_fen // sure_fen if sure_fen > 0 else most if left_fen > 0 else 0)
        return max(most, 0)

    def put_up(self, numbers: np.ndarray) -> tuple[tuple[str, PolicyDecision], ...]:
        """Return budgets, with what is left of them, and the offers of these numbers as a day's tills must know them."""
        books = [self.books[number] for number in numbers.tolist()]
        names = sorted({book.offer.budget for book in books if book.offer.budget})
        budgets = [
            (self.budget_policy[name], SetBudget(name, max(self.limit_fen[name] - self.spent_fen[name], 0))) for name in names
        ]
        offers = [(book.policy, dataclasses.replace(book.offer, claims_most=0)) for book in books]  # nobody takes one inside
        return (*budgets, *offers)

    def used(self) -> dict[str, tuple[int, int, int]]:
        """Return of each offer by name: claims, uses and fen that it has cost."""
        return {book.offer.name: (book.claims, book.used, book.cost_fen) for book in self.books}


def sure_fen_of(offer: Offer) -> int:
    """Return what a coupon costs for certain once it is used: what is set aside for it."""
    return offer.off_fen + offer.gift_fen
