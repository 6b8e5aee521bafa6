"""The mall's operator: keeps the people inside in view, by the door counters, and the tenants' stars, as the mall shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.decisions import Decision, OpenEntrance, ReplaceTenant, Tomorrow, WarnTenant
from sim.schema.management import ManagementConfig
from sim.sensing.observations import Observations

if TYPE_CHECKING:
    from agents.mall import MallModel

OPENS_AGAIN_BELOW = 0.85  # of the limit, so that a door does not open and close with every review


class Operator(mesa.Agent):
    """Knows what the counters know; an estimate of the people inside drifts with their errors."""

    def __init__(self, model: MallModel, entrance_ids: tuple[str, ...], rules: ManagementConfig) -> None:
        super().__init__(model)
        self.name = "operator"
        self.entrance_ids, self.rules = entrance_ids, rules
        self.people_inside_estimated = 0
        self.people_inside_estimated_max = 0
        self.closed: list[str] = []  # doors, the last one closed at the end
        self.warned: set[str] = set()  # units, at the last review of ratings
        self.days = 0

    def review(self, now_us: int, observations: Observations) -> list[Decision]:
        """Bring the estimate up to date; close a door when too many are inside, and open it again when there is room."""
        came = int(observations.value[observations.kind == "people_in"].sum())
        left = int(observations.value[observations.kind == "people_out"].sum())
        self.people_inside_estimated += came - left
        self.people_inside_estimated_max = max(self.people_inside_estimated_max, self.people_inside_estimated)
        limit = self.rules.people_limit
        if limit > 0 and self.people_inside_estimated > limit:
            return self._close_the_busiest(observations)
        if self.closed and self.people_inside_estimated < OPENS_AGAIN_BELOW * limit:
            return [OpenEntrance(self.closed.pop(), True)]
        return []

    def _close_the_busiest(self, observations: Observations) -> list[Decision]:
        """Close the door that most people came in by since the last review; the last open one stays so, since people leave by it."""
        entered = observations.kind == "people_in"
        came = dict(zip(observations.sensor[entered].tolist(), observations.value[entered].tolist(), strict=True))
        still_open = [door for door in self.entrance_ids if door not in self.closed]
        if len(still_open) < 2:
            return []
        busiest = max(still_open, key=lambda door: (came.get(f"door:{door}", 0), door))
        self.closed.append(busiest)
        return [OpenEntrance(busiest, False)]

    def close_day(self, unit_ids: list[str], shown_stars: np.ndarray) -> list[Tomorrow]:
        """Return whom it warns and whom it replaces, by what the mall shows; a store without stars is left alone."""
        self.people_inside_estimated, self.closed = 0, []
        self.days += 1
        weak_below, help_fen = self.rules.warn_below_stars, round(100 * self.rules.help_yuan)
        if self.rules.review_days == 0 or self.days % self.rules.review_days:
            return []
        weak = [unit for unit, stars in zip(unit_ids, shown_stars.tolist(), strict=True) if 0 < stars < weak_below]
        replaced = [unit for unit in weak if unit in self.warned]
        warned = [unit for unit in weak if unit not in self.warned]
        self.warned = set(warned)
        return [*(ReplaceTenant(unit) for unit in replaced), *(WarnTenant(unit, help_fen) for unit in warned)]
