"""Who holds what: the accounts that every ledger has, their currencies, and why anything moves between them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np


class Currency(IntEnum):
    """What an account is kept in, in whole numbers of its smallest unit."""

    FEN = 0
    POINTS = 1  # centi-points that are cash at the till (row H2 of the mission)
    GIFTS = 2  # centi-points that are exchanged for gifts and vouchers only (H6)
    UNITS = 3  # hundredths of the units of a programme outside (H17), which has a pair of accounts of its own


CURRENCY_WORDS = ("fen", "centi-points", "centi-gift-points", "centi-units")

# The accounts that every ledger has. What is issued comes out of an account that may only owe, and what is no longer outstanding goes
# into one for each way to end, so that issued = outstanding + redeemed + expired + voided + exchanged + given up as breakage.
OUTSIDE = 0  # the world outside: the shoppers' own money
OPERATOR = 1
PAYMENT_PLATFORM = 2  # whoever carries payments and keeps a fee
TREASURY = 3  # the alliance's money: what issuers have paid for points that are still out
REVENUE = 4  # what the alliance has earned of it: fees, and breakage as it is recognised
POINTS_ISSUED = 5
POINTS_REDEEMED = 6
POINTS_EXPIRED = 7
POINTS_VOIDED = 8  # taken back after refunds, or as fraud
POINTS_EXCHANGED = 9  # for another programme's
POINTS_BREAKAGE = 10  # when a programme is closed
GIFTS_ISSUED = 11
GIFTS_REDEEMED = 12
GIFTS_EXPIRED = 13
GIFTS_VOIDED = 14
FIRST_TENANT = 15  # one per tenant in order of units
FIXED = (
    ("outside", Currency.FEN), ("operator", Currency.FEN), ("payment_platform", Currency.FEN), ("treasury", Currency.FEN),
    ("alliance_revenue", Currency.FEN),
    ("points_issued", Currency.POINTS), ("points_redeemed", Currency.POINTS), ("points_expired", Currency.POINTS),
    ("points_voided", Currency.POINTS), ("points_exchanged", Currency.POINTS), ("points_breakage", Currency.POINTS),
    ("gifts_issued", Currency.GIFTS), ("gifts_redeemed", Currency.GIFTS), ("gifts_expired", Currency.GIFTS),
    ("gifts_voided", Currency.GIFTS),
)  # fmt: skip
assert len(FIXED) == FIRST_TENANT
# After the tenants, an account of obligations for each participant of the clearing, whose balances are the net positions of the cycle:
# the operator, the treasury, then every tenant.
CLEARING_OPERATOR, CLEARING_TREASURY, CLEARING_TENANT = 0, 1, 2


def first_clearing(units: int) -> int:
    """Return the account of the operator's obligations; those of the other participants follow."""
    return FIRST_TENANT + units


def participants(units: int) -> int:
    """Return how many take part in the clearing."""
    return CLEARING_TENANT + units


def account_names(unit_ids: Sequence[str]) -> list[str]:
    """Return the names of the accounts that are there from the start, in their order."""
    tenants = [f"tenant:{unit}" for unit in unit_ids]
    return [*(name for name, _ in FIXED), *tenants, *(f"clearing:{name}" for name in ("operator", "treasury", *tenants))]


class TransferReason(IntEnum):
    """Why something moved."""

    SALE = 0
    BASE_RENT = 1
    TURNOVER_RENT = 2
    INGREDIENTS = 3
    FOOD_WASTE = 4  # ingredients that nobody ate
    RESTAURANT_STAFF = 5
    RESTAURANT_FIXED = 6
    REFUND = 7  # of an earlier sale
    PAYMENT_FEE = 8
    ONBOARDING = 9  # the penny of a first payment by phone, its gift, and the wages of whoever teaches
    DELIVERY = 10  # of what a guide has ordered
    PARKING_FEE = 11
    DESK_FEE = 12  # for bags handed in, a place in the playground, a wash
    DESK_COST = 13  # staff of desks, porters, deliveries
    PROMOTION = 14  # what a tenant pays the mall to be seen
    UPKEEP = 15  # what a tenant pays for answers to complaints, and for ratings that it buys
    TENANT_HELP = 16  # what the operator spends on training at a tenant
    OPENING = 17  # points of a member of old, from before the run
    EARNED = 18  # points for a purchase
    BURNED = 19  # points as cash at the till, for parking or for a gift
    CLAWED_BACK = 20  # points of a purchase that was refunded
    EXPIRED = 21
    ISSUE_FEE = 22  # what a merchant pays for the points that it gives
    REDEMPTION = 23  # what a merchant is paid for the points that it takes
    SETTLEMENT = 24  # of obligations, at the end of a clearing cycle
    MERGED = 80  # all that a member held, into the account of the member that it is merged with
    REVERSED = 81  # an earlier transfer, which stays where it is
    ADJUSTED = 82  # by hand
    CLOSED_OUT = 83  # what was outstanding when the programme was closed
    PREFUNDED = 84  # money that a merchant deposits or takes out
    GIVEN_BACK = 25  # points spent on what was refunded
    ISSUE_FEE_RETURNED = 26  # to a merchant, for points that a refund took back
    REDEMPTION_RETURNED = 27  # by a merchant, for points that a refund gave back
    GIFTS_EARNED = 28  # gift points for a purchase
    GIFTS_CLAWED_BACK = 29
    TIER_BONUS = 30  # points for reaching a tier
    REFERRAL_POINTS = 40  # points that come back to a member, and to who brought it
    REFERRAL_FEE = 41  # money that comes back to the merchant that brought a member
    REFERRAL_FUNDING = 42  # what is paid for such points
    BREAKAGE = 45  # what the alliance earns of points that will never be spent, as it is recognised
    CLOUD_TILL = 60  # what a merchant pays for the till that gives and takes points
    ALLIANCE_HELP = 61  # what the operator pays of it, and of the fees for points
    PARTNER_HELP = 62  # what a partner from outside pays of tills
    LIST_REWARD = 63  # for members from a merchant's own list
    OUTSIDE_TRADE = 64  # what members pay, in money, at merchants of the alliance elsewhere
    LATE_INTEREST = 35  # on obligations that were not paid at the end of a cycle
    WRITTEN_OFF = 36  # obligations of whoever never pays; what is lost by selling investments in haste
    RESERVE = 38  # of the treasury: its opening money, what it invests and sells again
    CONVERTED_OUT = 50  # points into units of a programme outside, and what the alliance pays for them
    CONVERTED_IN = 51  # the other way
    UNITS_MOVED = 52  # units of a programme outside, credited to members or given by them
    VOUCHER_TAKEN = 53  # points for a voucher of the catalogue
    VOUCHER_REDEEMED = 54  # what a merchant is paid for a voucher
    GIFT_TAKEN = 55  # points for a gift, and what the alliance pays the operator for them
    GIFT_COST = 56  # what a gift costs the operator
    SIGN_UP = 57  # points for joining
    ABUSED = 58  # sales that never were, goods and money got by abuse
    TAKEN_BACK = 59  # by a rule against abuse
    LEASED_OUT = 70  # points of a member who is at another mall today, handed to its ledger, or back
    LEASED_IN = 71
    OFFER_FUNDED = 85  # what a merchant is paid for an offer by whoever funds it
    POINTS_GIVEN = 86  # points on the house, by a policy
    POLICY_COST = 87  # what a policy spends beside offers
    TAGS_SOLD = 100  # what a merchant pays the operator for what it tells of people
    SLOT_FEE = 101  # what a merchant pays the operator for being shown
    RECALLED = 102  # what it costs a merchant to call pieces back
    HAPPENING_COST = 95  # staff and everything else of a happening
    ONLINE_SALE = 90  # what is ordered online, when it is ordered
    ONLINE_REFUND = 91  # of it, and of the fee for bringing it
    COURIER = 92  # what a buyer pays for a delivery, and what it costs
    PLATFORM_FEE = 93  # to whoever carries orders and accounts
    ONLINE_BRANCH = 94  # to the store that works on another's order
    OFFER_GIFT = 88  # what a gift that comes with a purchase costs the seller
    OFFER_RETURNED = 89  # by a merchant to who funded an offer, with a refund
    SETTLED_BETWEEN = 72  # money between the treasuries of two malls, for points that have changed sides


def sales_by_account(transfers: np.ndarray, accounts: int) -> np.ndarray:
    """Return the fen that each account was credited with as sales, less what it gave back of them."""
    found = np.zeros(accounts, np.int64)
    sales = transfers[transfers["reason"] == TransferReason.SALE]
    np.add.at(found, sales["credit"], sales["amount"])
    refunds = transfers[transfers["reason"] == TransferReason.REFUND]
    np.subtract.at(found, refunds["debit"], refunds["amount"])
    return found
