"""Today's visits: residents of their own accord and walk-ins, each with its party, pace, needs, time and money."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np

from agents.arrivals import (
    Comers,
    Sources,
    arrivals_between,
    comers_of,
    instants_of,
    numbers_of,
    profile_of,
    raced,
    sources_for,
    sources_in_weather,
    sources_of,
    visits_expected,
    would_have_come,
)
from agents.digital import navigates, phones_of
from agents.habits import with_habits
from agents.home.home import Home
from agents.mall_choice import choice_factor
from agents.membership import Memory
from agents.online import OnlineDay
from agents.online_accounts import reach_facts, with_accounts
from agents.parties import CHILD_YEARS, NOT, Meant, Parties, Persons, is_out_already, strangers_of
from agents.population import Mode, Residents
from agents.traits import Usual, children_in, free_speeds_mps, joint_tastes, step_free, usual_of
from agents.visit_plans import planned
from sim.calendar import day_of
from sim.config import RunConfig
from sim.crowd.online.records import ORDER
from sim.online_orders import OrdersOfDay
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.schema.online import takes_orders
from sim.units import US_PER_MIN
from sim.visitors import COUPONS_MAX, LIKED_MAX, NOBODY, App, Phones, Visitors, empty_visitors


class OwnVisits(NamedTuple):
    """The day's visits of residents, in order of their rows."""

    resident: np.ndarray  # int64 row
    meant: Meant
    stands_in: np.ndarray  # bool (visits, PEOPLE_MAX): a stranger stands in for who is meant
    arrive_us: np.ndarray  # int64
    source: np.ndarray  # int32
    plate_key: np.ndarray  # int64


class Visits:
    """The visits of one day, in batches of parties; a batch does not depend on which others were asked for."""

    def __init__(
        self, config: RunConfig, compiled: CompiledPlan, residents: Residents, memory: Memory, home: Home | None = None
    ) -> None:
        self.residents, self.memory = residents, memory  # `galleria verify memory` lives years with them
        self._config, self._compiled = config, compiled
        self._home = home  # what is known at home, where any policy addresses people there
        self._plan = compiled.arrays
        self._sources = sources_of(compiled.arrays, config.population.car_share)
        self._sources_of_walk_ins = sources_in_weather(self._sources, config)
        self._profile = profile_of(config)
        self._walk_in_rates = config.catchment.walk_in_share * visits_expected(config) * self._profile
        self._walk_ins_drawn: tuple[Sources, np.ndarray] = self._sources_of_walk_ins, self._walk_in_rates
        self._latest: Meant | None = None  # the batch asked for last, whose phones are asked for next

    @property
    def visits_expected(self) -> float:
        """The mean of the number of parties that come this day."""
        return self._comers.expected + float(self._walk_in_rates.sum())

    @property
    def sources(self) -> Sources:
        """Where parties come from, in order."""
        return self._sources

    def let_walk_ins_come(self, shares: np.ndarray) -> None:
        """Let walk-ins be `shares` (float64, one per source) of all visits expected there, not catchment.walk_in_share, from the next batch on.

        Who would have come anyway still comes under a higher share (see arrivals_between); the live twin turns this as it learns.
        """
        everybody = visits_expected(self._config) * self._profile
        sources = self._sources_of_walk_ins
        self._walk_ins_drawn = dataclasses.replace(sources, share=sources.share * shares), everybody

    def expected_between(self, from_min: int, to_min: int) -> np.ndarray:
        """Return the parties expected at each source in the minutes [from_min, to_min) as the scenario has it, residents and walk-ins."""
        everybody = visits_expected(self._config) * self._profile[from_min:to_min].sum()
        found: np.ndarray = self._sources_of_walk_ins.share * everybody
        return found

    def arrivals(self, from_min: int, to_min: int) -> Visitors:
        """Return the parties that arrive in the minutes [from_min, to_min) of the day."""
        own = self._own
        due = np.flatnonzero((own.arrive_us >= from_min * US_PER_MIN) & (own.arrive_us < to_min * US_PER_MIN))
        walk_ins = arrivals_between(self._config.seed, self._config.date, *self._walk_ins_drawn, from_min, to_min)
        strangers = self._parties.walk_ins(walk_ins.number)
        meant = Meant(*(np.concatenate([mine[due], theirs]) for mine, theirs in zip(own.meant, strangers, strict=True)))
        resident = np.concatenate([own.resident[due], np.full(walk_ins.number.size, NOBODY)])
        arrive_us = np.concatenate([own.arrive_us[due], walk_ins.arrive_us])
        source = np.concatenate([own.source[due], walk_ins.source])
        order = np.lexsort((meant.number, arrive_us))
        self._latest = Meant(*(column[order] for column in meant))
        return self._described(self._latest, resident[order], arrive_us[order], source[order])

    def ordered(self) -> OrdersOfDay:
        """Return what is ordered online today outside the mall, and whom accounts reach."""
        nothing = OrdersOfDay(np.zeros(0, ORDER), self.residents.distance_km.astype(np.float64))
        found = nothing if self._online is None else self._online.orders
        return found._replace(reach=reach_facts(self._config, self.residents.key))

    def of_residents(self, wanted: Callable[[np.ndarray], np.ndarray]) -> tuple[Visitors, np.ndarray]:
        """Return the day's visits of residents whose numbers `wanted` picks, and the addresses (int64) of the people whose visits they are."""
        own = self._own
        due = np.flatnonzero(wanted(own.meant.number))
        meant = Meant(*(column[due] for column in own.meant))
        found = self._described(meant, own.resident[due], own.arrive_us[due], own.source[due])
        return found, self._first_keys(found)

    def as_guests(self, visitors: Visitors, keys: np.ndarray) -> Visitors:
        """Return visitors of another mall as they come to this one: by its doors and car parks, for what it has to offer, and as strangers."""
        mode = np.where(visitors.parking >= 0, Mode.CAR, Mode.WALK)
        source = sources_for(self._config, self._sources, visitors.number, mode)
        seen = visitors._replace(
            entrance=self._sources.entrance[source],
            parking=self._sources.parking[source],
            goal_entrance=np.full(visitors.number.size, -1, np.int32),
            liked=np.full((visitors.number.size, LIKED_MAX), -1, np.int32),
            resident=np.full(visitors.number.size, NOBODY),
            coupons=np.full((visitors.number.size, COUPONS_MAX), -1, np.int32),
            bound_for=np.full(visitors.number.size, -1, np.int32),
        )
        return with_habits(self._config, planned(self._config, self._compiled, seen, keys))

    def phones(self, visitors: Visitors) -> Phones:
        """Return the phones that a batch of these visits carries."""
        return phones_of(self._config, visitors, self.persons(visitors))

    def persons(self, visitors: Visitors) -> Persons:
        """Return who is in a batch of these visits, of those old enough for a phone."""
        own, residents = self._own, self.residents
        is_own = visitors.resident != NOBODY
        row = np.searchsorted(own.resident, visitors.resident[is_own])
        like = self._like(visitors.number, is_own, row)
        is_stranger = np.ones(like.shape, bool)
        is_stranger[is_own] = own.stands_in[row]
        plate_key = self._first_keys(visitors)
        plate_key[is_own] = own.plate_key[row]
        has_phone = (like != NOT) & (residents.age_years[like] >= CHILD_YEARS)
        has_phone[:, 0] = True
        party, ordinal = np.nonzero(has_phone)
        resident, is_stranger = like[party, ordinal], is_stranger[party, ordinal]
        stranger = strangers_of(self._config, visitors.number[party], ordinal)
        return Persons(
            party=party.astype(np.int32),
            ordinal=ordinal.astype(np.int8),
            resident=np.where(is_stranger, ~stranger, resident),
            key=np.where(is_stranger, stranger, residents.key[resident]),
            is_member=np.where(is_stranger, 0, self.memory.is_member[resident]).astype(np.int8),
            app=np.where(is_stranger, App.NONE, self.memory.app[resident]).astype(np.int8),
            plate_key=plate_key[party],
        )

    def _like(self, number: np.ndarray, is_own: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Return whom the people of some visits are, or are like; `row`: where those of residents stand in the day's list."""
        if self._latest is not None and self._latest.number is number:
            return self._latest.like
        like = np.empty((number.size, self._own.meant.like.shape[1]), np.int64)
        like[is_own], like[~is_own] = self._own.meant.like[row], self._parties.walk_ins(number[~is_own]).like
        return like

    @cached_property
    def _comers(self) -> Comers:
        """Who comes: of their own accord, less those who have a thing delivered instead, and who comes to collect."""
        return self._own_accord if self._online is None else self._online.comers

    @cached_property
    def _own_accord(self) -> Comers:
        leaning = self.memory.visit_factor(date.fromisoformat(self._config.date))
        chosen = choice_factor(self._config.layout.pull, self._compiled)
        leaning = leaning if chosen == 1.0 else leaning * chosen
        informed, lift = leaning if self._home is None else self._home.leaning(leaning), float(self._profile.sum())
        found = comers_of(self._config, self.residents, informed, lift)
        if self._home is not None and informed is not leaning:
            would_have = would_have_come(self._config, self.residents, leaning, found.resident, lift)
            self._home.came(found.resident, would_have)
        return found if self._profile.any() else Comers(found.resident[:0], 0.0)

    @cached_property
    def _online(self) -> OnlineDay | None:
        """What is ordered online today; None where nothing can be."""
        if not takes_orders(self._config.online) or not self._profile.any():
            return None
        return OnlineDay(self._config, self._compiled, self.residents, self.memory, self._own_accord, self._profile)

    @cached_property
    def _parties(self) -> Parties:
        return Parties(self._config, self.residents, day_of(self._config).is_weekend, self.memory.friendships)

    @cached_property
    def _usual(self) -> Usual:
        return usual_of(self._config, self.residents, self._parties.reference())

    @cached_property
    def _own(self) -> OwnVisits:
        residents, resident = self.residents, self._comers.resident
        number = numbers_of(self._config, residents, resident)
        meant = self._parties.meant(number, resident)
        source = sources_for(self._config, self._sources, number, residents.mode[resident])
        return OwnVisits(
            resident=resident,
            meant=meant,
            stands_in=is_out_already(meant.like),
            arrive_us=instants_of(self._config, number, self._profile),
            source=source,
            plate_key=self._plate_keys(resident, self._sources.parking[source] >= 0),
        )

    def _plate_keys(self, resident: np.ndarray, by_car: np.ndarray) -> np.ndarray:
        """Return the address of each party's plate: the household's, or that of a car of one's own where another of it drives today."""
        household, residents = self.residents.household[resident], self.residents
        cars = np.flatnonzero(by_car)
        is_second = np.zeros(resident.size, bool)
        is_second[cars[1:]] = household[cars[1:]] == household[cars[:-1]]
        return np.where(is_second, residents.key[resident], residents.key[residents.first[resident]])

    def _liked(self, resident: np.ndarray) -> np.ndarray:
        """Return the stores that each resident remembers with pleasure, -1 for strangers and where there is none."""
        found = np.full((resident.size, LIKED_MAX), -1, np.int32)
        found[resident != NOBODY] = self.memory.liked[resident[resident != NOBODY]]
        return found

    def _first_keys(self, visitors: Visitors) -> np.ndarray:
        """Return the address of the person whose visit each is."""
        own = self.residents.key[visitors.resident]  # of nobody: of anybody, not used
        return np.where(visitors.resident == NOBODY, strangers_of(self._config, visitors.number, 0), own)

    def _described(self, meant: Meant, resident: np.ndarray, arrive_us: np.ndarray, source: np.ndarray) -> Visitors:
        config, residents, like = self._config, self.residents, meant.like[:, 0]
        is_member = np.where(resident == NOBODY, 0, self.memory.is_member[resident]).astype(np.int8)
        app = np.where(resident == NOBODY, App.NONE, self.memory.app[resident])
        visitors = empty_visitors(meant.number.size)._replace(
            number=meant.number,
            arrive_us=arrive_us,
            entrance=self._sources.entrance[source],
            parking=self._sources.parking[source],
            people=meant.people,
            children=children_in(residents, meant),
            resident=resident,
            is_member=is_member,
            character=residents.character[like],
            spend_scale=residents.spend_scale[like].astype(np.float64),
            price_sensitivity=residents.price_sensitivity[like].astype(np.float64),
            taste=joint_tastes(residents, meant, self._usual),
            liked=self._liked(resident),
            bears_messages=self.memory.bears_messages(resident),
            **self.memory.holdings.brought(meant.number, resident, is_member, self.memory.points_centi),
            free_speed_mps=free_speeds_mps(config, residents, meant, self._usual),
            step_free=step_free(config, residents, meant, self._usual),
        )
        if config.finance.closes and config.date > config.finance.closes:  # what was held before has come to nothing
            visitors = visitors._replace(points_centi=np.zeros_like(visitors.points_centi))
        if self._home is not None:
            visitors = self._home.described(visitors)
        keys = self._first_keys(visitors)
        visitors = visitors._replace(
            goal_entrance=self._walk_through(visitors), navigates=navigates(config, visitors.number, app)
        )
        found = with_accounts(config, with_habits(config, planned(config, self._compiled, visitors, keys)), keys)
        return found if self._online is None else self._online.with_errands(found)

    def _draw(self, purpose: str, number: np.ndarray, count: int = 0) -> np.ndarray:
        return uniforms(stream_key(self._config.seed, purpose), number, count)

    def _walk_through(self, visitors: Visitors) -> np.ndarray:
        """Return the exit of those on foot who only walk through, -1 for everybody else."""
        plan = self._plan
        if np.count_nonzero(plan.entrance_share > 0) < 2:
            return np.full(visitors.number.size, -1, np.int32)
        walks = self._draw("walk through", visitors.number) < self._config.population.walk_through_share
        exit_by = raced(stream_key(self._config.seed, "exit"), visitors.number, plan.entrance_key, plan.entrance_share)
        return np.where(walks & (visitors.parking < 0) & (exit_by != visitors.entrance), exit_by, -1).astype(np.int32)
