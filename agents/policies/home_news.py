"""What members are told at home: the points that they hold (row C8), and what is on, where (row C16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.at_home import AtHome, addressable, features_of, interest_in, sends
from agents.policies.policy import Tools
from sim.decisions_of_home import HomeDecision
from sim.home import HomeSays, HomeWay, Members

CENTIPOINTS = 100
MESSAGES = (HomeWay.PUSH, HomeWay.CHAT)
NEWS = (HomeWay.PUSH, HomeWay.CHAT, HomeWay.FOLLOWS)


class PointsReminder(AtHome):
    """Reminds members whose balance is large enough and whose last visit is long enough ago of what they hold; not again too soon."""

    name: ClassVar[str] = "points_reminder"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Choose them."""
        settings, today = self.settings, tools.day.date.toordinal()
        places = addressable(members, int(HomeWay.PUSH | HomeWay.CHAT))
        enough = members.points_centi[places] >= max(CENTIPOINTS * settings.least_points, 1)
        places = places[enough & (members.away_days[places] >= settings.absent_days)]
        places = places[~np.isin(members.person[places], self._told_of_late(today))]
        share = min(1.0, settings.per_day_most / places.size) if places.size else 0.0
        chosen = places[tools.uniforms("points reminder", members.person[places]) < share]
        self._note(members.person[chosen], today)
        return sends(
            members,
            chosen,
            np.full(chosen.size, share),
            MESSAGES,
            features_of(members, chosen),
            says=HomeSays.POINTS,
            because="points",
        )

    def _told_of_late(self, today: int) -> np.ndarray:
        days = self.memory.get("told_day", np.zeros(0, np.int64))
        keeps = today - days < self.settings.again_days
        self.memory["told_day"] = days[keeps]
        self.memory["told"] = self.memory.get("told", np.zeros(0, np.int64))[keeps]
        told: np.ndarray = self.memory["told"]
        return told

    def _note(self, people: np.ndarray, today: int) -> None:
        self.memory["told"] = np.concatenate([self.memory["told"], people])
        self.memory["told_day"] = np.concatenate([self.memory["told_day"], np.full(people.size, today)])


class WeekendGuide(AtHome):
    """On one day of the week tells people at home what is on at the weekend, and at which stores: all of them, or whom it seems to suit."""

    name: ClassVar[str] = "weekend_guide"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Choose the stores of the weekend by turns, and the people by what they seem to want."""
        settings, date = self.settings, tools.day.date
        if date.weekday() != settings.weekday or settings.stores <= 0:
            return []
        places = addressable(members, int(HomeWay.PUSH | HomeWay.CHAT | HomeWay.FOLLOWS))
        units = self._on(tools, settings.stores)
        if settings.is_targeted and places.size:
            wants = np.stack([interest_in(members, places, unit) for unit in units.tolist()]).max(axis=0)
            places = places[wants >= settings.interest_least]
        share = settings.audience_share
        chosen = places[tools.uniforms("weekend guide", members.person[places]) < share]
        names = tuple(tools.public.unit_ids[unit] for unit in units.tolist())
        return sends(
            members, chosen, np.full(chosen.size, share), NEWS, features_of(members, chosen), says=HomeSays.PROGRAMME, units=names,
            because="weekend",
        )  # fmt: skip

    def _on(self, tools: Tools, stores: int) -> np.ndarray:
        """Return where something is on this weekend: every store in its turn."""
        units = len(tools.public.unit_ids)
        week = tools.day.date.toordinal() // 7
        return np.unique((week * stores + np.arange(min(stores, units))) % units)
