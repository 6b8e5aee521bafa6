"""What a stay costs: a free period, rows of prices for each started part, a most for each 24 hours, and what receipts make free."""

from __future__ import annotations

import numpy as np

from sim.kernel import kernel
from sim.units import US_PER_DAY


@kernel
def fee_fen(stay_us: int, validated_us: int, rows: np.ndarray, free_us: int, cap_fen: int) -> int:
    """Return the fee of a stay, counted from entry less what is validated; `rows` are TARIFF records that cover 24 hours.

    A stay within the free period, its last instant included, costs nothing; a longer one costs every part that it has started, from
    the first. Rows and `cap_fen` (0: none) begin anew every 24 hours, without another free period.
    """
    due_us = stay_us - validated_us
    if stay_us <= free_us or due_us <= 0:
        return 0
    days = due_us // US_PER_DAY
    return days * _day_fee_fen(US_PER_DAY, rows, cap_fen) + _day_fee_fen(due_us - days * US_PER_DAY, rows, cap_fen)


@kernel
def _day_fee_fen(within_us: int, rows: np.ndarray, cap_fen: int) -> int:
    total_fen = 0
    for index in range(rows.size):
        row = rows[index]
        if within_us > row.from_us:
            part_us = min(within_us, row.to_us) - row.from_us
            total_fen += (part_us + row.part_us - 1) // row.part_us * row.price_fen
    return min(total_fen, cap_fen) if cap_fen > 0 else total_fen


@kernel
def free_us_for(spent_fen: int, steps: np.ndarray) -> int:
    """Return the part of a stay that receipts of so much make free: of the last of the steps (VALIDATION, ascending) that is reached."""
    free_us = 0
    for index in range(steps.size):
        if spent_fen >= steps[index].spend_fen:
            free_us = steps[index].free_us
    return free_us
