"""What a unit is beside shelves and tills: one VENUE a unit, put together from what restaurants, cinemas, desks and checkouts say of it."""

from __future__ import annotations

import numpy as np

from sim.crowd.checkout.records import CHECKOUT_FIELDS
from sim.crowd.company.records import MEETING_FIELDS
from sim.crowd.goods.records import GOODS_FIELDS
from sim.crowd.venues.cinema_records import CINEMA_FIELDS
from sim.crowd.venues.desk_records import DESK_FIELDS
from sim.crowd.venues.restaurant_records import RESTAURANT_FIELDS

VENUE = np.dtype(
    [*RESTAURANT_FIELDS, *CINEMA_FIELDS, *DESK_FIELDS, *CHECKOUT_FIELDS, *GOODS_FIELDS, *MEETING_FIELDS], align=True
)
