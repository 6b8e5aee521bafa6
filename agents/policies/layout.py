"""Layout by what is observed: a strong tenant is put where few come, in exchange for a weak one that gets the busy place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.spatial import KDTree

from agents.policies.policy import Keeps, Tools
from sim.decisions_of_policies import MoveTenant, PolicyDecision
from sim.sensing.observations import Observations, People


class MoveTenants(Keeps):
    """Counts phones near each store's door and sales at each till; every so many days the strongest tenant goes to the coldest place.

    A rule, not an optimum: whether the tenant draws people there, or loses those who only came past, is what the next days show.
    """

    name: ClassVar[str] = "move_tenants"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Count; decide at the last review of a day."""
        self._count(observations, tools)
        settings, memory = self.settings, self.memory
        if memory.get("is_decided") or tools.now_us < tools.closes_us - round(settings.before_closing_min * 60e6):
            return []
        memory["is_decided"] = True
        memory["days"] = memory.get("days", 0) + 1
        if memory["days"] < settings.first_days or (memory["days"] - settings.first_days) % settings.every_days:
            return []
        pairs = self._pairs(tools)
        memory["near"][:] = memory["sales"][:] = 0
        return [MoveTenant(tools.public.unit_ids[strong], tools.public.unit_ids[weak]) for strong, weak in pairs]

    def begin_day(self, tools: Tools) -> None:
        """Every day has its last review."""
        self.memory["is_decided"] = False

    def _count(self, observations: Observations, tools: Tools) -> None:
        """Add fixes within reach of each door, and sales of each till."""
        public = tools.public
        units = len(public.unit_ids)
        near = self.memory.setdefault("near", np.zeros(units, np.int64))
        sales = self.memory.setdefault("sales", np.zeros(units, np.int64))
        fixes = observations.fixes
        for level in np.unique(fixes.level).tolist():
            on_level, doors = fixes.level == level, np.flatnonzero(public.level == level)
            if doors.size:
                tree = KDTree(np.column_stack((fixes.x_m[on_level], fixes.y_m[on_level])))
                places = np.column_stack((public.x_m[doors], public.y_m[doors]))
                near[doors] += tree.query_ball_point(places, self.settings.reach_m, return_length=True)
        is_sale = observations.kind == "sale"
        if is_sale.any():
            unit_of = {f"till:{unit_id}": unit for unit, unit_id in enumerate(public.unit_ids)}
            sold = [unit_of.get(sensor, -1) for sensor in observations.sensor[is_sale].tolist()]
            index = np.array(sold, np.int64)
            np.add.at(sales, index[index >= 0], observations.value[is_sale][index >= 0])

    def _pairs(self, tools: Tools) -> list[tuple[int, int]]:
        """Return (strong tenant, weak tenant in a cold place) that fit each other's rooms, the coldest places first."""
        near, sales, area_m2 = self.memory["near"], self.memory["sales"], tools.public.area_m2
        found: list[tuple[int, int]] = []
        taken: set[int] = set()
        middle = float(np.median(near))
        by_cold = np.lexsort((np.arange(near.size), near))
        by_strength = np.lexsort((np.arange(near.size), -sales / np.maximum(area_m2, 1e-9)))
        for weak in by_cold.tolist():
            if len(found) >= self.settings.moves or near[weak] > middle:
                break
            for strong in by_strength.tolist():
                fits = min(area_m2[strong], area_m2[weak]) >= self.settings.least_area_share * max(
                    area_m2[strong], area_m2[weak]
                )
                if fits and near[strong] > middle and not {strong, weak} & taken:
                    found.append((strong, weak))
                    taken |= {strong, weak}
                    break
        return found
