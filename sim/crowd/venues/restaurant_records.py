"""Records of restaurants: what a unit's VENUE says of one, its tables by size, and parameters of all."""

from __future__ import annotations

import numpy as np

RESTAURANT_FIELDS = [("table_start", "i4"), ("table_end", "i4"), ("kitchen", "i4")]
TABLE = np.dtype(
    [("unit", "i4"), ("seats", "i4"), ("count", "i4"), ("taken", "i4")], align=True
)  # tables of one size in one restaurant
RESTAURANT_PARAMS: list[tuple[str, str]] = []
