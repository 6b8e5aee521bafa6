"""Records of goods."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Shelf(IntEnum):
    """What came of a look at the shelves."""

    NOTHING = 0  # nothing that it would buy
    WANTED = 1  # it would buy what is not there, or does not fit
    FOUND = 2


ITEM = np.dtype([("key", "i8"), ("unit", "i4"), ("stock", "i4")], align=True)
GOODS_FIELDS: list[tuple[str, str]] = []  # of VENUE
GOODS_PARAMS: list[tuple[str, str]] = []
