"""Records of the line between tills and ledger: which tills it reaches, and the parameters of all."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

GATEWAY = np.dtype([("refused", "i8"), ("is_up", "i1")], align=True)
# of a unit: refused: redemptions that were wanted there and not taken; is_up: 1 while its tills reach the ledger.
CLEARING_PARAMS = [  # of PARAMS
    ("clears_later", "i4"), ("cycle_ends_us", "i8"), ("gateway_mu", "f8"), ("gateway_sigma", "f8"), ("gateway_timeout_us", "i8"),
    ("gateway_has_ids", "i4"), ("stands_in", "i4"), ("stand_in_checks", "i4"), ("floor_fen", "i8"), ("overclaim_share", "f8"),
    ("pending_us", "i8"), ("points_suspended", "i4"), ("points_price_share", "f8"), ("run_pressure", "f8"),
]  # fmt: skip
# clears_later: 1 where obligations wait for the end of a cycle, which is at cycle_ends_us of the day; gateway_mu, gateway_sigma: of the
# logarithm of an authorisation's seconds; stands_in: 1 where redemptions are stood in for while the line is down; points_price_share:
# most of a price that points pay, 1 while they are not rationed; run_pressure: factor on every member's wish to burn, 1 in quiet times.


class Hindrance(IntEnum):
    """What came between a wish to burn points and the ledger."""

    LINE_DOWN = 0
    TIMED_OUT = 1  # asked twice, no answer in time
    SUSPENDED = 2  # nobody's points are taken
    TREASURY_EMPTY = 3
    OVER_FLOOR = 4  # more than is stood in for
    SENT_AGAIN = 5  # and known for the same request
    TAKEN_TWICE = 6  # the same, not known
    STOOD_IN = 7
    OVERCLAIMED = 8  # stood in for points that were not there
    VOIDED = 9  # stood in for, and the line came back too late: the merchant's loss


HINDRANCES = 16  # the value of POINTS_HINDERED is this x fen + Hindrance
REFUSALS = (
    Hindrance.LINE_DOWN, Hindrance.TIMED_OUT, Hindrance.SUSPENDED, Hindrance.TREASURY_EMPTY, Hindrance.OVER_FLOOR,
)  # fmt: skip


class Noted(IntEnum):
    """What the clearing house writes down, in fen where nothing else is said."""

    GROSS = 0  # owed in a cycle
    BILATERAL = 1  # of it, to be paid pair by pair
    MULTILATERAL = 2  # of it, to be paid in net positions
    SETTLED = 3  # paid in cash at the end of the cycle
    LATE = 4  # not paid, and owed still
    LOST = 5  # not paid, and written off
    GUARANTEED = 6  # paid by the operator in place of a merchant
    OPEN = 7  # owed at the end of the day, net positions above 0
    IMBALANCE = 8  # sum of all net positions at the end of the day
    PREFUND = 9  # held for merchants at the end of the day
    CASH = 10  # of the treasury
    INVESTED = 11  # by the treasury
    OUTSTANDING = 12  # points, as fen
    DISTRUST = 13  # share of holders who have lost trust, in millionths
    HAIRCUT = 14  # lost by selling investments
    SUSPENDED = 15  # merchants suspended or gone, a count
