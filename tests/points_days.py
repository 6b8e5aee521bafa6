"""Days with points in the small mall, for laws and hand-traced cases: members hold points and spend them as a rule of the test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from sim.config import RunConfig
from sim.crowd.points import till
from sim.ledger.accounts import TransferReason
from sim.visitors import Visitors
from tests.engine_days import Lived, corner_mall, day_config, live, parties

Rule = Callable[[Any, int, int, int, int], int]  # of points_to_burn_centi


def all_of_it(mall: Any, row: int, unit: int, price_fen: int, now_us: int) -> int:
    """Spend whatever one has."""
    return 1 << 40


@contextmanager
def spending(rule: Rule) -> Iterator[None]:
    """Let members spend by a rule of the test's, where nothing is compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(till, "points_to_burn_centi", rule)
        yield


def members_of(visitors: Visitors, centi: int) -> Visitors:
    """Return the parties, all of residents who are members and hold so much."""
    rows = visitors.number.size
    return visitors._replace(
        is_member=np.ones(rows, np.int8), resident=np.arange(rows, dtype=np.int64), points_centi=np.full(rows, centi, np.int64)
    )


def a_day(config: RunConfig | None = None, centi: int = 3000, visits: float = 60.0) -> Lived:
    """Return a day of members who come with so many centi-points."""
    config = config or day_config(visits)
    config.population.visits_per_day = visits
    return live(corner_mall(), config, [members_of(parties(config, corner_mall()), centi)])


def moved(day: Lived, reason: TransferReason) -> np.ndarray:
    """Return the transfers of a reason."""
    found: np.ndarray = day.transfers[day.transfers["reason"] == reason]
    return found
