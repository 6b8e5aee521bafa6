"""Offers: single use, windows, stacking, thresholds, floors, caps, budgets, chains, bundles and who pays, by the kernels that every sale uses."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.promos.doors import claim_each, give_back_each, leave_each, redeem_each
from sim.crowd.promos.wallet import why_not
from sim.decisions_of_policies import Offer, SetBudget
from sim.ledger.accounts import FIRST_TENANT, OPERATOR, OUTSIDE, TransferReason
from sim.operations.policy_records import Applied
from sim.operations.policy_switches import Switchboard
from sim.promos import Refused
from sim.units import US_PER_HOUR
from sim.verification.drawings import Drawing, box
from sim.verification.parameters import Parameter, whole
from sim.verification.records import Record, at_most, equal

MEANING = "single use, half-open windows, stacking, thresholds, floors, caps and budgets of offers, chains, bundles and funding (CP-01 to CP-12)"
PARAMETERS: dict[str, Parameter] = {
    "budget_yuan": whole(10_000, "of the budget", 0, 1_000_000),
    "coupon_yuan": whole(30, "that a coupon takes off", 1, 10_000),
    "claims": whole(100_000, "claims at one instant", 1, 5_000_000),
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
NOON_US = 12 * US_PER_HOUR
SHOPS = ("A", "B", "C")
AT_ONCE = 16  # receipts for which the books have room at any time
YUAN = 100


def run(values: dict[str, Any]) -> list[Record]:
    """Return what a budget gives out when more claim at one instant than it reaches for (CP-08)."""
    stand = Stand()
    coupon_fen, limit_fen = values["coupon_yuan"] * YUAN, values["budget_yuan"] * YUAN
    stand.offer(Offer("off", ("A",), off_fen=coupon_fen, budget="purse"), purse=limit_fen)
    claimed, spent_fen, left = 0, 0, values["claims"]
    while left > 0:
        rows = stand.rows[:left]
        left -= rows.size
        holders = rows[stand.claim("off", rows)]
        claimed += holders.size
        spent_fen += int(stand.pay("A", np.full(holders.size, 2 * coupon_fen), holders).sum())
        stand.crowd.mall.coupons["promo"] = -1  # others on the same rows, who have claimed at the same instant
        stand.crowd.mall.minds["coupons"] = 0
    purse = stand.crowd.mall.budgets[0]
    reaches = min(values["claims"], limit_fen // coupon_fen)
    return [
        equal("coupons that a budget reaches for, claimed at one instant", "coupons", reaches, claimed),
        equal("what they have taken off", "fen", reaches * coupon_fen, spent_fen),
        at_most("spent and set aside", "fen", limit_fen, int(purse.spent_fen + purse.reserved_fen)),
    ]


def run_by_hand() -> list[Record]:
    """Return the cases that are traced by hand."""
    return [
        *_single_use(),
        *_windows(),
        *_stacking(),
        *_thresholds(),
        *_floors(),
        *_chains(),
        *_bundles(),
        *_funding(),
        *_ends(),
    ]


class Stand:
    """Three shops, parties with empty wallets, and offers."""

    def __init__(self, stack_base: str = "after") -> None:
        config = RunConfig(policies=["idle"])
        config.promos.stack_base = stack_base
        drawing = Drawing("offers")
        drawing.floor("L0", box(0, 0, 60, 20))
        for index, shop in enumerate(SHOPS):
            drawing.store(shop, "fashion", box(20 * index, 20, 20 * index + 20, 40), (20.0 * index + 10.0, 20.0), 2.0)
        drawing.spot("street", 5.0, 10.0)
        compiled = drawing.compiled()
        self.unit_ids = compiled.unit_ids
        self.crowd = Crowd(compiled, config, lambda full: None)
        self.switches = Switchboard(self.crowd, compiled)
        self.rows = np.arange(self.crowd.mall.shoppers.size)
        leave_each(self.crowd.mall, self.rows, NOON_US)

    def offer(self, offer: Offer, **budgets_fen: int) -> Applied:
        """Make an offer, after the budgets that it may name."""
        for name, limit_fen in budgets_fen.items():
            self.switches.apply(NOON_US, "by hand", SetBudget(name, limit_fen))
        return self.switches.apply(NOON_US, "by hand", offer)

    def claim(self, name: str, rows: np.ndarray | None = None, at_us: int = NOON_US) -> np.ndarray:
        """Let parties claim an offer, the first one if none are named; return who has it."""
        rows = self.rows[:1] if rows is None else rows
        found = np.zeros(rows.size, bool)
        claim_each(self.crowd.mall, rows, list(self.switches.offers).index(name), at_us, found)
        return found

    def pay(self, shop: str, price_fen: Any, rows: np.ndarray | None = None, at_us: int = NOON_US) -> np.ndarray:
        """Let parties buy; return what was taken off."""
        rows = self.rows[:1] if rows is None else rows
        price_fen, found = np.broadcast_to(np.asarray(price_fen, np.int64), rows.shape).copy(), np.zeros(rows.size, np.int64)
        for first in range(0, rows.size, AT_ONCE):
            part = slice(first, first + AT_ONCE)
            self.crowd.make_room_in_books()
            redeem_each(self.crowd.mall, rows[part], self.unit_ids.index(shop), price_fen[part], at_us, found[part])
        return found

    def off(self, shop: str, price_fen: int, at_us: int = NOON_US) -> int:
        """Return what the first party's wallet takes off a price."""
        return int(self.pay(shop, price_fen, at_us=at_us)[0])

    def leave(self, rows: np.ndarray) -> None:
        """Let visits end, and others begin."""
        leave_each(self.crowd.mall, rows, NOON_US)

    def balance_fen(self, account: int) -> int:
        """Return what an account holds."""
        return int(self.crowd.ledger.balance(account))

    def account_of(self, shop: str) -> int:
        """Return a shop's account."""
        return FIRST_TENANT + self.unit_ids.index(shop)


def _single_use() -> list[Record]:
    stand = Stand()
    stand.offer(Offer("one", ("A",), off_fen=500, claims_most=1))
    has = stand.claim("one", stand.rows[:2])
    twice = stand.pay("A", 1000, np.array([0, 0]))
    stand.offer(Offer("two", ("A",), off_fen=500, per_member=2))
    held = sum(int(stand.claim("two")[0]) for _ in range(5))
    return [
        equal("CP-01 one coupon, two who claim it at one instant", "coupons", 1, int(has.sum())),
        equal("CP-01 taken off by one coupon that is shown twice", "fen", 500, int(twice.sum())),
        equal("two coupons for each, claimed five times", "coupons", 2, held),
    ]


def _windows() -> list[Record]:
    stand = Stand()
    begins_us, ends_us = NOON_US + 60, NOON_US + 120
    found = {}
    for name, at_us in (("before", begins_us - 1), ("first", begins_us), ("last", ends_us - 1), ("after", ends_us)):
        stand.offer(Offer(name, ("A",), off_fen=500, from_us=begins_us, until_us=ends_us))
        stand.claim(name)
        found[name] = stand.off("A", 1000, at_us)
        leave_each(stand.crowd.mall, stand.rows[:1], NOON_US)
    stand.offer(Offer("short", ("A",), off_fen=500, life_us=10))
    stand.claim("short")
    lapsed = stand.off("A", 1000, NOON_US + 10)
    refused = [stand.offer(Offer(f"bad {index}", **bad)).refused for index, bad in enumerate(_WRONG)]
    return [
        equal("CP-02 taken off a microsecond before the window", "fen", 0, found["before"]),
        equal("CP-02 at its first microsecond", "fen", 500, found["first"]),
        equal("CP-02 at its last", "fen", 500, found["last"]),
        equal("CP-02 when it is over", "fen", 0, found["after"]),
        equal("taken off when the coupon's own life is over", "fen", 0, lapsed),
        equal("offers that make no sense, refused with a reason", "offers", len(_WRONG), sum(bool(each) for each in refused)),
    ]


_WRONG: tuple[dict[str, Any], ...] = (
    {"off_share": 1.2}, {"off_share": -0.1}, {"off_fen": -1}, {"units": ("Z",)}, {"after": "nothing"}, {"budget": "none"},
    {"from_us": NOON_US + 2, "until_us": NOON_US + 1}, {"until_us": NOON_US}, {"funded_by_seller_share": 1.5}, {"co_funder": "Z"},
    {"points_factor": -1.0},
)  # fmt: skip


def _stacking() -> list[Record]:
    found = []
    for share_order, amount_order, payable_fen in ((0, 1, 19_000), (1, 0, 20_000)):
        stand = Stand()
        stand.offer(Offer("share", off_share=0.2, stack_order=share_order, combines=True))
        stand.offer(Offer("amount", off_fen=5_000, stack_order=amount_order, combines=True))
        for name in ("amount", "share"):
            stand.claim(name)
        words = "20 % and then 50 yuan" if share_order == 0 else "50 yuan and then 20 %"
        found.append(equal(f"CP-04 to pay of 300 yuan: {words}", "fen", payable_fen, 30_000 - stand.off("A", 30_000)))
    stand = Stand()
    stand.offer(Offer("alone", off_share=0.1))
    stand.offer(Offer("too", off_share=0.2))
    for name in ("alone", "too"):
        stand.claim(name)
    return [*found, equal("two that do not combine: the better one", "fen", 2_000, stand.off("A", 10_000))]


def _thresholds() -> list[Record]:
    found = []
    for price_fen, off_fen in ((19_999, 0), (20_000, 3_000)):
        stand = Stand()
        stand.offer(Offer("least", off_fen=3_000, threshold_fen=20_000))
        stand.claim("least")
        found.append(equal(f"CP-06 30 yuan from 200 on, at {price_fen / YUAN:.2f}", "fen", off_fen, stand.off("A", price_fen)))
    for base, off_fen in (("before", 2_000 + 3_000), ("after", 2_000)):
        stand = Stand(base)
        stand.offer(Offer("share", off_share=0.1, combines=True))
        stand.offer(Offer("least", off_fen=3_000, threshold_fen=20_000, stack_order=1, combines=True))
        for name in ("share", "least"):
            stand.claim(name)
        words = f"CP-06 10 % and 30 yuan from 200 on, measured {base} it, at 200.00"
        found.append(equal(words, "fen", off_fen, stand.off("A", 20_000)))
    return found


def _floors() -> list[Record]:
    stand = Stand()
    stand.offer(Offer("deep", off_fen=5_000))
    stand.claim("deep")
    deep = stand.off("A", 3_000)
    stand.offer(Offer("price", price_fen=900))
    stand.claim("price")
    dear = stand.off("B", 3_000)
    stand.claim("price", stand.rows[1:2])
    return [
        equal("CP-07 to pay of 30 yuan with 50 off", "fen", 0, 3_000 - deep),
        equal("to pay at a set price", "fen", 900, 3_000 - dear),
        equal("a set price above the price makes nothing dearer", "fen", 0, int(stand.pay("B", 500, stand.rows[1:2])[0])),
    ]


def _chains() -> list[Record]:
    stand = Stand()
    refused = stand.offer(Offer("loop", after="loop", off_share=0.1)).refused
    stand.offer(Offer("shop", ("A",)))
    stand.offer(Offer("eat", ("B",), off_share=0.1, after="shop"))
    stand.offer(Offer("film", ("C",), off_share=0.5, after="eat"))
    branch = stand.offer(Offer("other", ("C",), off_share=0.5, after="eat")).refused
    for name in ("shop", "film"):
        stand.claim(name)
    early = stand.off("C", 1_000)
    first = stand.off("A", 1_000)
    second = stand.off("B", 1_000)
    third = stand.off("C", 1_000)
    return [
        equal(
            "a chain that leads back to itself, and one that branches, are refused", "chains", 2, bool(refused) + bool(branch)
        ),
        equal("the last step before the others", "fen", 0, early),
        equal("the first step only opens the next", "fen", 0, first),
        equal("the second, which the first has put into the wallet", "fen", 100, second),
        equal("the last in its turn", "fen", 500, third),
    ]


def _bundles() -> list[Record]:
    stand = Stand()
    for shop in ("A", "B"):
        stand.offer(Offer(f"at {shop}", (shop,), off_share=0.2, bundle="both", funded_by_seller_share=0.5, co_funder="C"))
        stand.claim(f"at {shop}")
    first, second = stand.off("A", 1_000), stand.off("B", 1_000)
    return [
        equal("the first of a bundle opens the other", "fen", 0, first),
        equal("the other takes its share off", "fen", 200, second),
        equal("half of which another merchant pays", "fen", -100, stand.balance_fen(stand.account_of("C"))),
    ]


def _funding() -> list[Record]:
    stand = Stand()
    stand.offer(Offer("odd", ("A",), off_fen=333, funded_by_seller_share=1 / 3, budget="purse"), purse=1_000)
    stand.claim("odd")
    stand.pay("A", 1_000)
    operator_fen, seller_fen = stand.balance_fen(OPERATOR), stand.balance_fen(stand.account_of("A"))
    back = stand.crowd.mall.budgets[0]
    give_back_each(stand.crowd.mall, stand.rows[:1], stand.unit_ids.index("A"), NOON_US)
    returned_fen = stand.balance_fen(OPERATOR)
    spent_fen = int(back.spent_fen)
    stand.offer(Offer("gift", ("B",), gift_fen=800, funded_by_seller_share=0.0))
    stand.claim("gift")
    stand.pay("B", 1_000)
    journal = stand.crowd.ledger.journal
    gifts = journal[journal["reason"] == TransferReason.OFFER_GIFT]
    return [
        equal("borne by the operator, the seller bearing a third of 3.33 yuan", "fen", -222, operator_fen),
        equal("paid to the seller", "fen", 222, seller_fen),
        equal("with a refund all of that comes back", "fen", 0, returned_fen),
        equal("and the budget is as it was", "fen", 0, spent_fen),
        equal("a gift costs whoever funds it", "fen", -800, stand.balance_fen(OPERATOR)),
        equal("and its seller nothing", "fen", 0, stand.balance_fen(stand.account_of("B"))),
        equal("what it costs leaves the mall", "fen", 800, int(gifts["amount"][gifts["credit"] == OUTSIDE].sum())),
    ]


def _ends() -> list[Record]:
    stand = Stand()
    stand.offer(Offer("off", ("A",), off_fen=300, budget="purse"), purse=500)
    has = int(stand.claim("off", stand.rows[:2]).sum())
    purse = stand.crowd.mall.budgets[0]
    aside_fen = int(purse.reserved_fen)
    leave_each(stand.crowd.mall, stand.rows[:2], NOON_US)
    worthless = Stand()
    worthless.offer(Offer("none", ("A",)))
    refused = [
        bool(worthless.switches.why_not_to_be_had(NOON_US, "none")),
        why_not(False, 1, 0, 0) == Refused.BUDGET,
        why_not(True, 1, 1, 0) == Refused.TOO_LATE,
        why_not(False, 0, 1, 0) == Refused.CLAIMS,
    ]
    return [
        equal("coupons of 3 yuan that 5 yuan reach for", "coupons", 1, has),
        equal("set aside for them", "fen", 300, aside_fen),
        equal("and free again when the visit ends without them", "fen", 0, int(purse.reserved_fen)),
        equal(
            "CP-12 nobody is told of what is worth nothing, has no budget, is over or all claimed", "offers", 4, sum(refused)
        ),
    ]
