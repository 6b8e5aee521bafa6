"""Seats that would stay empty: cheaper the nearer the show is, or free for members nearby."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.giving import Addresses, Gives, metres_to, rows_of
from agents.policies.policy import Tools, name_of, reachable
from sim.decisions_of_policies import PolicyDecision, SetSeatPrice
from sim.promos import Reach, Says
from sim.sensing.observations import Observations, People
from sim.timetable import Show
from sim.units import US_PER_MIN

SEATS_PER_PARTY = 2.0  # that a message is taken to be about


def unsold_seats(observations: Observations, timetable: Sequence[Show]) -> dict[int, int]:
    """Return how many seats of each show that has not begun are unsold, as the booking system last said."""
    index = {f"show:{show.name}": number for number, show in enumerate(timetable)}
    rows = observations.rows
    told = np.flatnonzero(rows.kind == "seats_unsold")
    pairs = zip(rows.sensor[told].tolist(), rows.value[told].tolist(), strict=True)
    return {index[sensor]: value for sensor, value in pairs if sensor in index}


class FlashSale(Addresses):
    """Lower the price of seats step by step before a show that stands empty, and tell who could still walk there in time."""

    name: ClassVar[str] = "flash_sale"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Price the seats of every show in its last stretch; what is forgone is kept within the budget."""
        settings = self.settings
        lead_us, last_us = round(settings.lead_min * US_PER_MIN), round(settings.stop_min * US_PER_MIN)
        most_off, empty_least, budget_fen = settings.most_off_share, settings.empty_least, round(100 * settings.budget_yuan)
        steps, walk_mps, per_seat = settings.price_steps, settings.walk_mps, settings.parties_per_seat
        unsold = unsold_seats(observations, tools.timetable)
        forgone_fen = self._forgone_fen(unsold)
        if not self.is_time(tools) or most_off <= 0 or budget_fen <= 0:
            return []
        decisions: list[PolicyDecision] = []
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        for number, seats in sorted(unsold.items()):
            show = tools.timetable[number]
            left_us = show.starts_us - tools.now_us
            if not last_us <= left_us <= lead_us:
                continue
            if seats < empty_least * show.hall.seats or forgone_fen >= budget_fen:
                decisions += self._priced(number, show, show.price_fen)
                continue
            step = min(steps, 1 + int(steps * (1 - (left_us - last_us) / max(1, lead_us - last_us))))
            decisions += self._priced(number, show, round(show.price_fen * (1 - most_off * step / steps)))
            rows = rows_of(tools.present, people)
            away_m = metres_to(tools.public, tools.present, rows, show.hall.unit)
            near = away_m <= walk_mps * (left_us - last_us / 2) / 1e6
            share = min(1.0, per_seat * seats / SEATS_PER_PARTY / max(1, int(near.sum())))
            asked = near & (tools.uniforms("flash_sale who", people, number) < share)
            decisions += self.send(
                people[asked], unit=tools.public.unit_ids[show.hall.unit], says=Says.GO, because=f"seats of {show.name}",
                features={"away_m": away_m[asked], "unsold": np.full(int(asked.sum()), float(seats))},
                propensity=np.full(int(asked.sum()), share),
            )  # fmt: skip
            people = people[~asked]
        return decisions

    def _priced(self, number: int, show: Show, price_fen: int) -> list[PolicyDecision]:
        """Set a price where it is another; nobody undoes what was never done."""
        prices: dict[int, int] = self.today.setdefault("prices", {})
        if prices.get(number, show.price_fen) == price_fen:
            return []
        prices[number] = price_fen
        self.today.setdefault("list_fen", {})[number] = show.price_fen
        return [SetSeatPrice(number, price_fen)]

    def _forgone_fen(self, unsold: dict[int, int]) -> int:
        """Return what seats sold below their price have cost so far today, as the booking system tells."""
        last: dict[int, int] = self.today.setdefault("unsold", {})
        prices, list_fen = self.today.get("prices", {}), self.today.get("list_fen", {})
        more = sum(
            max(0, last[number] - seats) * (list_fen[number] - prices[number])
            for number, seats in unsold.items()
            if number in prices and number in last
        )
        self.today["unsold"] = dict(unsold)
        self.today["forgone_fen"] = self.today.get("forgone_fen", 0) + more
        return int(self.today["forgone_fen"])


class FreeSeats(Gives):
    """Give seats of a show that stands empty to members near the cinema: worth the whole price, up to a share of the empty seats."""

    name: ClassVar[str] = "free_seats"

    def review(self, observations: Observations, profiles: People, tools: Tools) -> Sequence[PolicyDecision]:
        """Ask as many members nearby as there are seats to give away."""
        settings = self.settings
        lead_us, last_us = round(settings.lead_min * US_PER_MIN), round(settings.stop_min * US_PER_MIN)
        radius_m, empty_least, given_share = settings.radius_m, settings.empty_least, settings.given_share
        if not self.is_time(tools) or given_share <= 0:
            return []
        decisions: list[PolicyDecision] = []
        people = self.chosen(reachable(tools, profiles, Reach.PUSH), tools)
        people = people[tools.present.is_member[rows_of(tools.present, people)]]
        for number, seats in sorted(unsold_seats(observations, tools.timetable).items()):
            show = tools.timetable[number]
            left_us = show.starts_us - tools.now_us
            given = int(given_share * seats)
            if not last_us <= left_us <= lead_us or seats < empty_least * show.hall.seats or given == 0:
                continue
            away_m = metres_to(tools.public, tools.present, rows_of(tools.present, people), show.hall.unit)
            asked = away_m <= radius_m
            if not asked.any():
                continue
            name, made = self.offered(
                tools, name_of(show.name), (show.hall.unit,), members_only=True, until_us=show.starts_us,
                claims_most=max(1, int(given / SEATS_PER_PARTY)),
            )  # fmt: skip
            decisions += [
                *made,
                *self.send(people[asked], name, because=f"empty seats of {show.name}", features={"away_m": away_m[asked]}),
            ]
            people = people[~asked]
        return decisions
