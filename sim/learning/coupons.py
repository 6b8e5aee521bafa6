"""What a learner can do between two reviews: nothing, or a coupon of one trade, at one depth, to some of those whom the app reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.categories import CATEGORIES
from sim.decisions_of_policies import Offer, PolicyDecision, Send, SetBudget
from sim.errors import ConfigError, Problem
from sim.operations.policies import Seen
from sim.promos import Channel, Reach
from sim.sensing.observations import People

LEARNER = "learner"  # as whose its decisions stand among those of policies
EVERYONE, FANS = "everyone", "fans"  # whom the platform believes to like the trade more than people do on average
AUDIENCES = (EVERYONE, FANS)
DEPTHS = (0.1, 0.5)  # of the price: what a shopper hardly notices, and what nobody overlooks


@dataclass(frozen=True)
class Coupon:
    """A coupon pushed to people inside, good until the next review, at every store of a trade; the mall pays what it takes off."""

    trade: str
    off_share: float
    audience: str = EVERYONE

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.off_share:.0%} off {self.trade} for {self.audience}"


Action = Coupon | None  # None: nothing is sent


def menu_of(trades: Iterable[str]) -> tuple[Action, ...]:
    """Return what a learner chooses from unless told otherwise: nothing, then each trade at each depth for each audience."""
    present = [trade for trade in CATEGORIES if trade in set(trades)]
    coupons = [Coupon(trade, off, audience) for trade in present for off in DEPTHS for audience in AUDIENCES]
    return (None, *coupons)


def refuse_bad_menu(actions: Sequence[Action], trades: Sequence[str]) -> None:
    """Raise ConfigError for coupons that this mall cannot give, and for a choice between fewer than two things."""
    problems = []
    if len(actions) < 2:
        problems.append(Problem("actions", str(len(actions)), "two or more are wanted", "add None, which sends nothing"))
    for place, coupon in enumerate(actions):
        if coupon is None:
            continue
        if coupon.trade not in trades:
            known = ", ".join(sorted(set(trades)))
            problems.append(
                Problem(f"actions[{place}].trade", repr(coupon.trade), "this mall has no such store", f"one of {known}")
            )
        if not 0 < coupon.off_share <= 1:
            problems.append(
                Problem(f"actions[{place}].off_share", str(coupon.off_share), "must be in (0, 1]", "0.2 is a fifth off")
            )
        if coupon.audience not in AUDIENCES:
            problems.append(
                Problem(f"actions[{place}].audience", repr(coupon.audience), "unknown", f"one of {', '.join(AUDIENCES)}")
            )
    if problems:
        raise ConfigError.of("the environment", problems)


@dataclass(frozen=True)
class Coupons:
    """Turns a choice into decisions, from what is observed alone."""

    unit_ids: tuple[str, ...]
    trades: tuple[str, ...]  # of each unit
    budget_fen: int  # of a day
    every_us: int  # between two reviews

    def decisions(self, coupon: Action, seen: Seen, is_first: bool) -> list[tuple[str, PolicyDecision]]:
        """Return what to do at a review; the budget is set at the day's first."""
        found: list[PolicyDecision] = [SetBudget(LEARNER, self.budget_fen)] if is_first else []
        people = np.zeros(0, np.int64) if coupon is None else self.audience(coupon, seen)
        if coupon is not None and people.size:
            units = tuple(unit for unit, trade in zip(self.unit_ids, self.trades) if trade == coupon.trade)
            until_us = seen.now_us + self.every_us
            offer = Offer(
                f"{LEARNER}:{seen.now_us // 1_000_000}", units, off_share=coupon.off_share, budget=LEARNER, until_us=until_us,
                funded_by_seller_share=0.0,
            )  # fmt: skip
            found += [offer, Send(people, Channel.PUSH, offer.name, because=str(coupon))]
        return [(LEARNER, decision) for decision in found]

    def audience(self, coupon: Coupon, seen: Seen) -> np.ndarray:
        """Return the numbers of those inside who are sent a coupon; nobody who is held out from all policies."""
        known = seen.observations.people
        assert known is not None
        people = seen.present.person[(seen.present.reach & Reach.PUSH) > 0]
        if people.size:
            people = people[~known.is_held_out(people)]
        if people.size and coupon.audience == FANS:
            people = people[
                self._taste(known, people, coupon.trade, seen.now_us) > self._average(known, coupon.trade, seen.now_us)
            ]
        return people

    def _taste(self, known: People, people: np.ndarray, trade: str, now_us: int) -> np.ndarray:
        """Return the share of its stays that each person is believed to make in stores of the trade."""
        units = np.array([unit for unit, each in enumerate(self.trades) if each == trade])
        found: np.ndarray = known.store_affinity(people, now_us)[:, units].sum(axis=1)
        return found

    def _average(self, known: People, trade: str, now_us: int) -> float:
        nobody = np.array([-1])  # of whom nothing is known: everybody's taste
        return float(self._taste(known, nobody, trade, now_us)[0])
