"""Records of goods."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Shelf(IntEnum):
    """What came of a look at the shelves."""

    NOTHING = 0  # nothing that it would buy
    WANTED = 1  # it would buy what is not there, or does not fit
    FOUND = 2


class Recognition(IntEnum):
    """How guides know members."""

    OFF = 0
    KNOWN = 1  # with a given probability
    SENSED = 2  # by where the mall's Wi-Fi locates them


ITEM = np.dtype(
    [
        ("unit", "i4"), ("stock", "i4"),
        ("stocked", "i4"), ("sold", "i4"), ("asked", "i4"), ("returning", "i4"),
        ("price_log", "f4"), ("quality", "f4"), ("review", "f4"), ("tag_0", "f4"), ("tag_1", "f4"), ("tag_2", "f4"), ("tag_3", "f4"),
    ],
    align=True,
)  # fmt: skip
# One size of one article; the sizes of an article lie side by side, so do the articles of a unit. stocked: in the morning; sold: of
# those; asked: by parties who wanted it when there was none; returning: sold ones that will be brought back; price_log: of the price,
# relative to its trade's; quality: stars above the brand's; review: stars above the brand's that reviews give it; tag_*: its
# place in the space of tastes, from its brand's.
GOODS_FIELDS: list[tuple[str, str]] = [
    ("item_start", "i4"),
    ("articles", "i4"),  # 0: no shelves
    ("sizes", "i4"),
    ("buy_constant", "f8"),  # utility of an article that is like its brand's mean, against buying nothing
    ("price_log_norm", "f8"),  # taken off prices, so that the mean basket of a purchase is its trade's
    ("own_sigma", "f8"),  # log-sd of a basket that is the party's own, not the article's price
    ("misfit_share", "f8"),
    ("returning_fen", "i8"),  # paid on the day for what will be brought back
]  # of VENUE
GOODS_PARAMS: list[tuple[str, str]] = [
    ("looked_at", "i4"),
    ("taste_weight", "f8"),
    ("price_weight", "f8"),
    ("try_on_share", "f8"),
    ("return_share", "f8"),
    ("misfit_return_share", "f8"),
    ("regret_weight", "f8"),
    ("recognition", "i4"),  # Recognition
    ("recognised_share", "f8"),
    ("profile_reliability", "f8"),
    ("guide_trust", "f8"),
    ("guide_intrusion", "f8"),
    ("guide_basket_weight", "f8"),
    ("show_reviews", "i4"),
    ("review_trust", "f8"),
    ("star_weight", "f8"),
]
