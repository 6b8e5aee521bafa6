"""A made-up mall as policies see it: eight stores on a line, people at known places with known tastes, tills that report."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np

from agents.policies.catalogue import BY_NAME, maker_of
from agents.policies.policy import PublicMap, Tools
from sim.calendar import Day
from sim.config import PolicyConfig
from sim.decisions_of_policies import Offer
from sim.forecasting.bills import SeasonalNaive
from sim.promos import Reach
from sim.sensing.observations import Observations, observed, together
from sim.sensing.present import Present
from sim.timetable import Hall, Show
from sim.units import US_PER_HOUR, US_PER_MIN

TRADES = ("fashion", "fashion", "restaurant", "restaurant", "restaurant", "cafe", "cinema", "leisure")
IDS = tuple(f"u{unit}" for unit in range(len(TRADES)))
STEP_M = 50.0  # between two doors
OPENS_US, CLOSES_US = 10 * US_PER_HOUR, 22 * US_PER_HOUR
CINEMA, SEATS, PRICE_FEN = 6, 100, 4000
POLICIES = (
    "joint_promotion", "film_chain", "meal_push", "flash_sale", "free_seats", "forecast_coupons", "deep_discount", "payment_page",
    "second_visit", "queue_replan", "pooled_demand", "do_no_harm",
)  # fmt: skip


class Known:
    """People 0 to n-1, who go by their own number; number -1 is everybody's taste."""

    def __init__(self, tastes: np.ndarray, held_out: tuple[int, ...] = ()) -> None:
        self._tastes, self._held_out = tastes / tastes.sum(axis=1, keepdims=True), held_out

    @property
    def numbers(self) -> np.ndarray:
        return np.arange(self._tastes.shape[0])

    def number_of(self, subjects: np.ndarray) -> np.ndarray:
        return np.where(subjects < self._tastes.shape[0], subjects, -1)

    def affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        return self.store_affinity(numbers, now_us)

    def store_affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray:
        return np.where(numbers[:, None] >= 0, self._tastes[np.maximum(numbers, 0)], 1.0 / len(IDS))

    def is_held_out(self, numbers: np.ndarray) -> np.ndarray:
        return np.isin(numbers, self._held_out)


def public() -> PublicMap:
    """Return the stores: doors 50 m apart, ten tables in each restaurant."""
    return PublicMap(
        IDS, IDS, TRADES, np.zeros(len(IDS), np.int32), STEP_M * np.arange(len(IDS)), np.zeros(len(IDS)), np.full(len(IDS), 100.0), ("street",),
        np.full(len(IDS), 10_000.0), np.full(len(IDS), 10, np.int64),
    )  # fmt: skip


def present(at_unit: list[int], members: list[int] | None = None, reach: int = Reach.PUSH) -> Present:
    """Return people 0 to n-1, each before the door of a unit, or of unknown place (-1)."""
    unit = np.array(at_unit, np.int32)
    member = np.ones(unit.size, bool) if members is None else np.isin(np.arange(unit.size), members)
    x_m = np.where(unit >= 0, STEP_M * unit, np.nan)
    level = np.where(unit >= 0, 0, -1).astype(np.int32)
    return Present(
        np.arange(unit.size), member, np.full(unit.size, reach, np.int16), level, x_m, 0.0 * x_m, np.full(unit.size, 5.0), unit
    )


def tools(clock: str, here: Present, **more: Any) -> Tools:
    """Return the tools at a time of the day; the one show begins at 20:00."""
    hours, minutes = clock.split(":")
    now_us = int(hours) * US_PER_HOUR + int(minutes) * US_PER_MIN
    show = Show("u6/1/20:00", Hall(CINEMA, 1, SEATS), 20 * US_PER_HOUR, 22 * US_PER_HOUR, PRICE_FEN, 1)
    day = Day(datetime.date(2026, 11, 21), True, 1.0, 1.0)
    found = Tools(now_us, OPENS_US, CLOSES_US, public(), day, (show,), here, {}, 7, SeasonalNaive(IDS))
    for name, value in more.items():
        setattr(found, name, value)
    return found


def seen(
    clock_us: int, sales: dict[int, int] | None = None, unsold: int = -1, stays: tuple[tuple[int, int], ...] = (), came: int = 0
) -> Observations:
    """Return what was observed: bills by unit, unsold seats, stays as (person, unit), people counted in."""
    parts = [
        observed(clock_us, f"till:{IDS[unit]}", "sale", 0, np.full(count, 10_000))
        for unit, count in (sales or {}).items()
        if count
    ]
    parts += [observed(clock_us, "show:u6/1/20:00", "seats_unsold", 0, unsold)] if unsold >= 0 else []
    parts += [observed(clock_us, "stays", "stay", *np.array(stays, np.int64).T)] if stays else []
    parts += [observed(clock_us, "door:street", "people_in", 0, came)] if came else []
    return Observations(together(parts), np.full(len(IDS), 10, np.int64))


def with_people(observations: Observations, people: Known) -> Observations:
    """Return the same with the people behind it."""
    return Observations(observations.rows, observations.servers_on_duty, observations.fixes, people)


def policy(name: str, **settings: Any) -> Any:
    """Return a policy of the catalogue with these settings."""
    config = getattr(PolicyConfig(), name)
    for key, value in settings.items():
        assert hasattr(config, key), key
        setattr(config, key, value)
    made = maker_of(BY_NAME[name])(config)
    made.begin_day(tools("10:00", present([])))
    return made


def fans(count: int) -> Known:
    """Return people of whom number n likes unit n modulo 8 five times as much as each other."""
    tastes = np.ones((count, len(IDS)))
    tastes[np.arange(count), np.arange(count) % len(IDS)] = 5.0
    return Known(tastes)


def a_day(made: Any, people: Known, here: Present, unsold: int = 90) -> list[Any]:
    """Let a policy review every quarter of an hour with everybody in place, steady sales and an empty cinema; return all it decides."""
    found: list[Any] = []
    forecaster, offers = SeasonalNaive(IDS), {}
    for step in range(1, 144, 3):
        clock = f"{10 + step // 12}:{5 * (step % 12):02d}"
        at = tools(clock, here, forecaster=forecaster, offers=dict(offers))
        left = unsold if at.now_us < 20 * US_PER_HOUR else -1
        stays = tuple((person, unit) for person, unit in enumerate(here.unit.tolist()) if unit >= 0) if step % 12 == 1 else ()
        stays += tuple((person, (unit + 2) % len(IDS)) for person, unit in stays)
        looked = with_people(
            seen(at.now_us, {0: 2, 2: 1 if step % 9 == 1 else 0, 5: 1}, left, stays, 40 if step == 1 else 0), people
        )
        decisions = list(made.review(looked, people, at))
        offers |= {each.name: each for each in decisions if type(each).__name__ == "Offer"}
        found += decisions
    return found


def of(decisions: list[Any], kind: type) -> list[Any]:
    """Return the decisions of a kind."""
    return [each for each in decisions if isinstance(each, kind)]


def ask_all(names: tuple[str, ...] = POLICIES) -> None:
    """Let policies review at lunch and before a show, with all that makes them look at what they were told."""
    looked = with_people(seen(12 * US_PER_HOUR, {2: 3}, 90), fans(16))
    here = present([unit % len(IDS) for unit in range(16)])
    for name in names:
        named = {"merchant_a": "u0", "merchant_b": "u2"} if name == "joint_promotion" else {}
        made = policy(name, **named)
        for clock in ("12:00", "12:05", "19:30", "19:35", "19:45"):
            made.review(looked, fans(16), tools(clock, here, offers={"x:1": Offer("x:1", ("u2",))}))
