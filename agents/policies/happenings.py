"""Policies of the hall: an event with invitations, a treasure hunt, a freeze, friends who are near one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from agents.policies.places import in_order_of_heat, nearest_doors, place_or_largest, seen_at, walk_m
from agents.policies.policy import Keeps, Tools, name_of, reachable
from sim.decisions_of_policies import Offer, PolicyDecision, Send, SetBudget, StartHappening
from sim.promos import Channel, Reach, Says
from sim.sensing.observations import Observations, People
from sim.units import US_PER_MIN, minutes_from_hours


def not_yet(memory: dict[str, Any], people: np.ndarray) -> np.ndarray:
    """Return those of some people who have not been asked today."""
    return people[~np.isin(people, memory.get("asked", np.zeros(0, np.int64)))]


def ask(memory: dict[str, Any], people: np.ndarray) -> None:
    """Remember whom one has asked."""
    memory["asked"] = np.union1d(memory.get("asked", np.zeros(0, np.int64)), people)


def drawn(tools: Tools, purpose: str, people: np.ndarray, wanted: int) -> tuple[np.ndarray, float]:
    """Return about so many of some people, each drawn alone, and the probability with which each was."""
    share = min(1.0, wanted / people.size) if people.size else 0.0
    return people[tools.uniforms(purpose, people, tools.review) < share], share


class _OfADay(Keeps):
    """Keeps nothing overnight."""

    def begin_day(self, tools: Tools) -> None:
        """A new day, a new event."""
        self.memory.clear()


class EventInvitations(_OfADay):
    """Sets up an event and invites people inside: those whose profile is nearest to its theme, or anybody."""

    name: ClassVar[str] = "event_invitations"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Set it up when invitations are due to begin, then invite until it is half over."""
        told = self.settings
        from_us, until_us = (minutes_from_hours(hours) * US_PER_MIN for hours in (told.starts, told.ends))
        asks = told.per_review > 0
        if tools.now_us < from_us - told.from_min_before * US_PER_MIN or tools.now_us >= (from_us + until_us) // 2:
            return []
        if told.capacity == 0 or not (asks or told.open_to_all):
            return []
        decisions: list[PolicyDecision] = []
        if "set" not in self.memory:
            self.memory["set"] = True
            decisions.append(
                StartHappening(
                    self.name, told.kind, place_or_largest(tools.public, told.at), from_us, until_us, told.capacity, told.theme,
                    told.open_to_all, told.stay_min_mean, told.staff, round(100 * told.cost_yuan),
                )
            )  # fmt: skip
        people = not_yet(self.memory, reachable(tools, profiles, Reach.PUSH))
        if asks and people.size:
            decisions.append(self._invitations(people, profiles, tools))
        return decisions

    def _invitations(self, people: np.ndarray, profiles: People, tools: Tools) -> Send:
        told = self.settings
        units = tools.public.units_of(told.theme) if told.theme else np.zeros(0, np.int64)
        liking = profiles.store_affinity(people, tools.now_us)[:, units].sum(axis=1)
        if told.invite_by == "random" or not units.size:
            at, share = drawn(tools, "whom to invite", np.arange(people.size), told.per_review)
            propensity = np.full(at.size, share)
        else:  # of two alike, whom a draw puts first
            at = np.lexsort((tools.uniforms("whom to invite", people), -liking))[: told.per_review]
            propensity = np.ones(at.size)
        ask(self.memory, people[at])
        features = {"liking": liking[at]}
        return Send(
            people[at],
            Channel.PUSH,
            says=Says.GO,
            happening=self.name,
            because="event",
            features=features,
            propensity=propensity,
        )


class TreasureHunt(_OfADay):
    """Leads parties from clue to clue through quiet parts of the mall, with a coupon of the stores on the way at the end."""

    name: ClassVar[str] = "treasure_hunt"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Count where people are; lay the clues when the hunt begins; invite until an hour before its end."""
        told = self.settings
        from_us, until_us = (minutes_from_hours(hours) * US_PER_MIN for hours in (told.starts, told.ends))
        seen = self.memory.setdefault("seen", np.zeros(len(tools.public.unit_ids), np.int64))
        at = seen_at(tools)
        np.add.at(seen, at[at >= 0], 1)
        if not from_us <= tools.now_us < until_us - 60 * US_PER_MIN or told.clues == 0:
            return []
        if not (told.open_to_all or told.per_review > 0):
            return []
        decisions: list[PolicyDecision] = []
        if "set" not in self.memory:
            self.memory["set"] = True
            decisions += self._clues(tools, until_us)
        chosen, share = drawn(
            tools, "whom to the hunt", not_yet(self.memory, reachable(tools, profiles, Reach.PUSH)), told.per_review
        )
        if chosen.size and told.per_review > 0:
            ask(self.memory, chosen)
            propensity = np.full(chosen.size, share)
            decisions.append(
                Send(chosen, Channel.PUSH, says=Says.GO, happening=name_of(self.name, 0), because="hunt", propensity=propensity)
            )
        return decisions

    def _clues(self, tools: Tools, until_us: int) -> list[PolicyDecision]:
        told, public = self.settings, tools.public
        start = place_or_largest(public, told.at)
        route = self._route(tools, public.unit_ids.index(start) if start in public.unit_ids else 0)
        stores = tuple(public.unit_ids[unit] for unit in route)
        decisions: list[PolicyDecision] = []
        reward = ""
        if told.reward_yuan > 0 and told.budget_yuan > 0 and stores:
            reward = name_of(self.name, "treasure")
            decisions += [
                SetBudget(self.name, round(100 * told.budget_yuan)),
                Offer(
                    reward, stores, off_fen=round(100 * told.reward_yuan), threshold_fen=round(100 * told.threshold_yuan), until_us=tools.closes_us,
                    budget=self.name, funded_by_seller_share=0.0,
                ),
            ]  # fmt: skip
        places = [start, *stores]
        for number, place in enumerate(places):
            decisions.append(
                StartHappening(
                    name_of(self.name, number), "clue", place, tools.now_us, until_us, is_open_to_all=told.open_to_all and number == 0,
                    stay_min_mean=told.seek_min_mean, staff=told.staff if number == 0 else 0,
                    cost_fen=round(100 * told.cost_yuan) if number == 0 else 0, after=name_of(self.name, number - 1) if number else "",
                    reward=reward if number == len(places) - 1 else "",
                )
            )  # fmt: skip
        return decisions

    def _route(self, tools: Tools, start: int) -> list[int]:
        """Return the stores of the clues after the first: the coldest, or any; each the nearest of those that are left."""
        told, public = self.settings, tools.public
        everywhere = np.arange(len(public.unit_ids))
        heat = self.memory["seen"] if told.route == "cold" else tools.uniforms("route of the hunt", everywhere)
        order = in_order_of_heat(heat)
        left = order[order != start][: told.clues - 1].tolist()
        route: list[int] = []
        while left:
            last = route[-1] if route else start
            route.append(left.pop(int(np.argmin(walk_m(public, last, np.array(left))))))
        return route


class Freeze(_OfADay):
    """Asks people to stand still together at a place and minute, as many as are let in."""

    name: ClassVar[str] = "freeze"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Invite once, some time before."""
        told = self.settings
        from_us = minutes_from_hours(told.starts) * US_PER_MIN
        if "set" in self.memory or not from_us - told.from_min_before * US_PER_MIN <= tools.now_us < from_us:
            return []
        people, share = drawn(tools, "whom to the freeze", reachable(tools, profiles, Reach.PUSH), told.invited)
        if told.capacity == 0 or not people.size:
            return []
        self.memory["set"] = True
        return [
            StartHappening(
                self.name, "freeze", place_or_largest(tools.public, told.at), from_us, from_us + round(told.lasts_min * US_PER_MIN),
                told.capacity, staff=told.staff, cost_fen=round(100 * told.cost_yuan),
            ),
            Send(people, Channel.PUSH, says=Says.GO, happening=self.name, because="freeze", propensity=np.full(people.size, share)),
        ]  # fmt: skip


class FriendNearby(_OfADay):
    """Tells two friends who let it that they are near each other, and where they could meet; both must want it."""

    name: ClassVar[str] = "friend_nearby"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Tell each pair that the platform has found since the last review, once a day."""
        told = self.settings
        rows = np.flatnonzero(observations.kind == "friend_near")
        both = np.stack(
            [profiles.number_of(observations.rows.subject[rows]), profiles.number_of(observations.value[rows])], axis=1
        ).reshape(-1, 2)
        both = np.unique(np.sort(both[(both >= 0).all(axis=1) & (both[:, 0] != both[:, 1])], axis=1), axis=0)
        if both.size:
            both = both[~profiles.is_held_out(both.ravel()).reshape(-1, 2).any(axis=1)]
        units = tools.public.units_of(told.meet_at)
        until_us = tools.now_us + round(told.wait_min * US_PER_MIN)
        told_of: dict[str, bool] = self.memory.setdefault("told", {})
        decisions: list[PolicyDecision] = []
        if not units.size or until_us > tools.closes_us:
            return decisions
        for one, other in both.tolist():
            unit = self._between(tools, units, one, other)
            name = name_of(self.name, one, other)
            if name in told_of or unit < 0 or len(told_of) >= told.pairs_per_day:
                continue
            told_of[name] = True
            at = tools.public.unit_ids[unit]
            decisions += [
                StartHappening(name, "meeting", at, tools.now_us, until_us, stay_min_mean=told.stay_min_mean),
                Send(np.array([one, other]), Channel.PUSH, says=Says.GO, happening=name, because="friend near"),
            ]
        return decisions

    def _between(self, tools: Tools, units: np.ndarray, one: int, other: int) -> int:
        """Return the unit of some that is nearest to both by their last fixes, -1 where one of them has none."""
        present, public = tools.present, tools.public
        at = np.flatnonzero(np.isin(present.person, (one, other)) & (present.level >= 0))
        if at.size < 2:
            return -1
        doors = nearest_doors(public, present.level[at], present.x_m[at], present.y_m[at])
        if (doors < 0).any():
            return -1
        return int(units[np.argmin(sum(walk_m(public, int(door), units) for door in doors))])
