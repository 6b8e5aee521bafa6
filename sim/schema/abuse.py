"""The typed schema of abuse of the programme: false accounts, rings, farming of refunds, double spending, and the rules against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

JUDGED = "engineering judgement"


@dataclass
class AttacksConfig:
    """Who abuses the programme, and how much; each is nobody unless a scenario says so."""

    sign_up_points: float = known(
        0.0, "points for whoever joins, honest or not, from the day after", 0, 1000, source="off; 10 to 20 are usual in campaigns", confidence="L"
    )  # fmt: skip
    fake_accounts_per_day: int = known(0, "accounts that machines open in a day", 0, 10_000, source=JUDGED, confidence="L")
    accounts_per_phone: int = known(20, "of these, accounts behind one phone", 1, 1000, source=JUDGED, confidence="L")
    refund_farmers_share: float = known(
        0.0, "members who buy, spend the points that it earns, and bring the purchase back", 0, 1, source=JUDGED, confidence="L"
    )
    double_spenders_share: float = known(
        0.0, "members who spend all their points at two tills at once", 0, 1, source=JUDGED, confidence="L"
    )
    offline_share: float = known(
        0.02, "chance that a till cannot reach the ledger and takes points on trust", 0, 1, source=JUDGED, confidence="L"
    )
    ring_members_share: float = known(
        0.0,
        "members who have brought themselves under another name, and share what they earn",
        0,
        1,
        source=JUDGED,
        confidence="L",
    )
    ring_return_share: float = known(
        0.01, "what referral returns of a purchase, to both sides together", 0, 1, source=JUDGED, confidence="L"
    )
    colluding_share: float = known(
        0.0, "merchants who ring up sales that never were, for accomplices", 0, 1, source=JUDGED, confidence="L"
    )
    false_sales_per_day: int = known(12, "such sales of a merchant in a day", 0, 1000, source=JUDGED, confidence="L")
    false_sale_yuan: float = known(2000.0, "what each is said to be", 1, 1e6, source=JUDGED, confidence="L")
    accomplices: int = known(2, "accounts over which a merchant spreads them", 1, 100, source=JUDGED, confidence="L")
    fee_yuan_per_point: float = known(
        0.0, "what such a merchant pays for a point; 0 in campaigns that the alliance pays for", 0, 10,
        source="0 is the worst case; 1.2 yuan is the usual price of a point", confidence="L",
    )  # fmt: skip


@dataclass
class RulesConfig:
    """Rules against abuse. They see what a till and a ledger see: accounts, phones, merchants, times, amounts."""

    claw_back: bool = known(
        False, "whether a refund takes back the points of the purchase, out of its money where they are gone"
    )
    points_as_points: bool = known(False, "whether what was paid in points is refunded in points only")
    online_only: bool = known(False, "whether a till that cannot reach the ledger takes no points")
    one_account_per_phone: bool = known(False, "whether a phone that has an account can open another")
    hold_days: float = known(
        0.0,
        "days before points that were earned can be spent; 0 for none",
        0,
        365,
        source="airlines credit after 3 to 14 days",
        confidence="L",
    )
    receipts_most: int = known(
        0, "receipts a day after which an account earns no points; 0 for no such rule", 0, 1000, source=JUDGED, confidence="L"
    )
    in_a_row_most: int = known(
        0, "receipts at one merchant without another in between, after which an account earns none that day; 0 for no such rule", 0, 1000,
        source=JUDGED, confidence="L",
    )  # fmt: skip
    shared_phone_share: float = known(
        0.03, "honest people who join by a phone that another member has joined by", 0, 1, source=JUDGED, confidence="L"
    )


@dataclass
class AbuseConfig:
    """Abuse of the programme: false accounts, rings, farming of refunds, double spending, and the rules against them."""

    is_on: bool = known(False, "whether anybody watches or abuses the programme")
    attacks: AttacksConfig = field(default_factory=AttacksConfig)
    rules: RulesConfig = field(default_factory=RulesConfig)


def problems(abuse: AbuseConfig) -> Iterator[Problem]:
    """Yield attackers that together are more than everybody."""
    attacks = abuse.attacks
    total = attacks.refund_farmers_share + attacks.double_spenders_share + attacks.ring_members_share
    if total > 1:
        rule = "refund_farmers_share, double_spenders_share and ring_members_share must be at most 1 together"
        yield Problem("abuse.attacks", f"{total:g}", rule, "nobody is two of these")
