"""Queue-aware replanning: estimates the wait for a table from where phones are, shows it, and sends people to where it is short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Addresses, metres_to, rows_of, units_named
from agents.policies.policy import Tools, reachable
from sim.decisions_of_policies import PolicyDecision, ShowWait
from sim.promos import Reach, Says
from sim.sensing.observations import Observations, People


class QueueReplan(Addresses):
    """What it tells is an estimate from noisy places, times `padding`: below 1 it promises too much, above 1 it scares people away."""

    name: ClassVar[str] = "queue_replan"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Show waits, and send those near a long line to the nearest short one, now or once the line is gone."""
        settings = self.settings
        units = units_named(tools.public, settings.units, "restaurant")
        counted = _people_inside(observations, self.today)
        padding, long_s, short_s, radius_m = settings.padding, settings.long_s, settings.short_s, settings.radius_m
        turn_s, party, shows, defers = (
            60.0 * settings.turn_min,
            settings.people_per_party,
            settings.shows_waits,
            settings.says_when,
        )
        if not self.is_time(tools) or not units.size:
            return []
        wait_s = padding * waits_s(units, tools, observations.servers_on_duty, counted, turn_s, party)
        decisions: list[PolicyDecision] = []
        if shows:
            last: dict[int, float] = self.today.setdefault("shown_s", {})
            for unit, shown_s in zip(units.tolist(), wait_s.tolist(), strict=True):
                if last.get(unit) != shown_s:
                    last[unit] = shown_s
                    decisions.append(ShowWait(tools.public.unit_ids[unit], shown_s))
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        crowded, quiet = units[wait_s >= long_s], units[wait_s <= short_s]
        if not people.size or not crowded.size or not (quiet.size or defers):
            return decisions
        rows = rows_of(tools.present, people)
        away_m = np.stack([metres_to(tools.public, tools.present, rows, unit) for unit in crowded.tolist()], axis=1)
        told = away_m.min(axis=1) <= radius_m
        if quiet.size:
            to_m = np.stack([metres_to(tools.public, tools.present, rows, unit) for unit in quiet.tolist()], axis=1)
            goes_to = quiet[to_m.argmin(axis=1)]
        else:
            goes_to = crowded[away_m.argmin(axis=1)]
        for unit in np.unique(goes_to[told]).tolist():
            those = np.flatnonzero(told & (goes_to == unit))
            after_s = 0.0 if quiet.size else float(wait_s[np.flatnonzero(units == unit)[0]])
            features = {"wait_s": np.full(those.size, float(wait_s[np.flatnonzero(units == unit)[0]]))}
            decisions += self.send(
                people[those], unit=tools.public.unit_ids[unit], says=Says.GO, because="a short line" if quiet.size else "the line is gone",
                features=features, after_s=after_s,
            )  # fmt: skip
        return decisions


def waits_s(units: np.ndarray, tools: Tools, on_duty: np.ndarray, inside: int, turn_s: float, party: float) -> np.ndarray:
    """Return the estimated wait of each restaurant: parties beyond its tables x a meal / tables.

    Parties are counted by the known phones whose fix lies inside, in proportion to how few of those inside are known.
    """
    present = tools.present
    known = max(1, present.person.size)
    here = np.array([int((present.unit == unit).sum()) for unit in units.tolist()], float)
    parties = here * max(1.0, inside / known) / party
    tables = np.maximum(on_duty[units] if on_duty.size else tools.public.seats[units], 1)
    found: np.ndarray = np.maximum(0.0, parties - tables) * turn_s / tables
    return found


def _people_inside(observations: Observations, today: dict[str, int]) -> int:
    """Return how many people door counters think are inside."""
    rows = observations.rows
    came = int(rows.value[rows.kind == "people_in"].sum()) - int(rows.value[rows.kind == "people_out"].sum())
    today["inside"] = max(0, today.get("inside", 0) + came)
    return today["inside"]
