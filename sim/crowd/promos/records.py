"""Records of messages, offers, coupons, budgets and triggers."""

from __future__ import annotations

import numpy as np

from sim.promos import Channel

COUPONS_MAX = 6  # that a party holds at once
LETTERS_MAX = 4  # that it has not read yet
FUNDED_BY_OPERATOR = -1
FROM_HOME_US = -1  # claimed_us of a coupon that its holder brings from home, and takes home again if it has not been used
BY_TRIGGER = -2  # number of a message by the trigger in slot 0; those of the others follow downwards

PROMO = np.dtype(
    [
        ("key", "i8"), ("off_ppm", "i8"), ("off_fen", "i8"), ("price_fen", "i8"), ("gift_fen", "i8"), ("from_fen", "i8"), ("most_fen", "i8"),
        ("points_milli", "i8"), ("from_us", "i8"), ("until_us", "i8"), ("life_us", "i8"), ("claims_most", "i8"), ("claims", "i8"),
        ("used", "i8"), ("spent_fen", "i8"), ("seller_ppm", "i8"),
        ("after", "i4"), ("opens", "i4"), ("bundle", "i4"), ("budget", "i4"), ("co_funder", "i4"), ("per_member", "i4"), ("order", "i4"),
        ("home", "i4"), ("combines", "i1"), ("members_only", "i1"), ("is_ended", "i1"), ("is_worthless", "i1"),
    ],
    align=True,
)  # fmt: skip
# key: address of its draws; price_fen: -1 for none; after, bundle, budget: -1 for none; opens: the first offer that comes after it, -1 for
# none; co_funder: unit, or FUNDED_BY_OPERATOR; home: the one unit that takes it, -1 where several do; is_worthless: 1 for a step of a chain
# that only opens the next. `Mall.promo_units` says which units take each.
BUDGET = np.dtype([("limit_fen", "i8"), ("reserved_fen", "i8"), ("spent_fen", "i8")], align=True)
COUPON = np.dtype(
    [
        ("until_us", "i8"), ("letter", "i8"), ("claimed_us", "i8"), ("reserved_fen", "i8"), ("off_fen", "i8"), ("promo", "i4"),
        ("used", "i4"), ("unit", "i4"),
    ],
    align=True,
)  # fmt: skip
# promo: -1 for an empty slot; used: times; letter: number of the message that brought it, BY_TRIGGER - slot where a trigger did, -1 where the
# party has taken it by itself; off_fen, unit: what it took off, and where, until that is given back
LETTER = np.dtype(
    [
        ("due_us", "i8"),
        ("letter", "i8"),
        ("promo", "i4"),
        ("unit", "i4"),
        ("channel", "i1"),
        ("says", "i1"),
        ("position", "i1"),
    ],
    align=True,
)
# channel: -1 for an empty slot; position: in a list, 0 at its top
TRIGGER = np.dtype(
    [
        ("key", "i8"), ("from_us", "i8"), ("until_us", "i8"), ("after_us", "i8"), ("segment", "i8"), ("fired", "i8"), ("share", "f8"),
        ("promo", "i4"), ("unit", "i4"), ("per_visit", "i4"), ("slot", "i4"), ("hook", "i1"), ("channel", "i1"), ("says", "i1"),
        ("members_only", "i1"),
    ],
    align=True,
)  # fmt: skip
# slot: the place of its name among all of the run, at which `Mall.triggered` counts its firings at each party. In order of hooks;
# `Mall.trigger_start` says where those of a hook begin, `Mall.trigger_places` at which units or entrances each acts.
CHANNEL = np.dtype([("open_logit", "f8"), ("annoys", "f8"), ("reads_us", "i8")], align=True)
CHANNELS = len(Channel)

PROMO_PARAMS = [  # of PARAMS
    ("has_policies", "i4"), ("promos", "i4"), ("usual_fen", "f8"), ("relevance_weight", "f8"), ("depth_weight", "f8"), ("fatigue_weight", "f8"), ("company_weight", "f8"),
    ("crowding_weight", "f8"), ("hurry_weight", "f8"), ("hurry_us", "i8"), ("claim_logit", "f8"), ("follow_logit", "f8"), ("deal_weight", "f8"),
    ("coupon_pull", "f8"), ("deal_prone_share", "f8"), ("stack_base_is_list", "i4"),
    ("position_decay", "f8"), ("tag_learnt_share", "f8"),
    ("delivered_share", "f8"), ("later_share", "f8"), ("deal_power", "f8"), ("prone_factor", "f8"), ("walk_weight", "f8"),
    ("day_logit", "f8"), ("hungry_relevance", "f8"), ("needed_relevance", "f8"),
]  # fmt: skip
PROMO_FIELDS = [
    ("segments", "i8"),
    ("reach", "i2"),
    ("letters_read", "i4"),
    ("bears", "f4"),
    ("annoyed", "f4"),
    ("coupons", "i4"),
    ("bound_for", "i4"),
    ("triggered", "i4"),
    ("points_milli", "i4"),
    ("opted_out", "i1"),
    ("deals", "i1"),
]  # of MIND
# segments: bit n - 1 for segment n; reach: true ways to it (Reach); bears: messages that it can still take this week before it minds;
# points_milli: what the offers used on the receipt in hand make of its points, in thousandths
