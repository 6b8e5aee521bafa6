"""A tenant: watches its own till, calls in colleagues and sends them home, and decides each evening on tomorrow's hours, prices, promotion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mesa

from sim.decisions import Promote, SetHours, SetPrices, SetStaff, Tomorrow
from sim.schema.management import ManagementConfig
from sim.units import US_PER_HOUR, US_PER_MIN

if TYPE_CHECKING:
    from agents.mall import MallModel, TenantFacts

BUSY_SHARE = 0.85  # of the servers' time; above it lines grow without end (queueing theory), so a manager opens a till
LEAST_OPEN_MIN = 60  # nobody opens for less
USUAL_DAYS = 7.0  # days that "usual" sales look back: a week has every weekday once


@dataclass
class Diary:
    """What a tenant has seen of its own business; plain fields, so that it can be saved."""

    closes_min: int  # that it has decided on
    price_factor: float = 1.0
    direction: int = 1  # in which it tries other prices: 1 dearer, -1 cheaper
    days: int = 0
    usual_fen: float = 0.0  # sales of a usual day
    trial_fen: float = 0.0  # what the present prices have left it so far
    before_fen: float | None = None  # and what the prices before did, in as many days
    today: list[tuple[int, int]] = field(default_factory=list)  # (us, fen) of each review with sales


class Tenant(mesa.Agent):
    """The business in one unit. It sees its own till and roster, nothing of anybody else's."""

    def __init__(self, model: MallModel, facts: TenantFacts, rules: ManagementConfig) -> None:
        super().__init__(model)
        self.facts, self.rules = facts, rules
        self.name = f"tenant:{facts.unit_id}"
        self.open_diary()

    def open_diary(self) -> None:
        """Begin anew: half of the tenants first try to be dearer, half to be cheaper, by an address of their own."""
        self.diary = Diary(self.facts.closes_min, direction=1 if self.facts.key % 2 else -1)

    def review(self, now_us: int, customers: int, sales_fen: int, on_duty: int) -> list[SetStaff]:
        """Return a call for one more server when the last review's customers kept those on duty busy; send one home when they did not."""
        if sales_fen > 0:
            self.diary.today.append((now_us, sales_fen))
        most = self.facts.servers
        if self.facts.has_tables or not 0 < on_duty <= most:
            return []
        busy_share = customers * self.facts.service_s_mean / (on_duty * self.model.every_s)
        if busy_share >= BUSY_SHARE and on_duty < most:
            return [SetStaff(self.facts.unit_id, on_duty + 1)]
        if busy_share < self.rules.send_home_below and on_duty > 1:
            return [SetStaff(self.facts.unit_id, on_duty - 1)]
        return []

    def close_day(self, on_duty: int) -> list[Tomorrow]:
        """Return what it decides for tomorrow, by what its own till has taken."""
        diary = self.diary
        taken_fen = sum(fen for _, fen in diary.today)
        found = [*self._hours(on_duty), *self._prices(taken_fen), *self._promotion(taken_fen)]
        diary.days += 1
        weight = 1 / min(diary.days, USUAL_DAYS)
        diary.usual_fen += weight * (taken_fen - diary.usual_fen)
        diary.today.clear()
        return found

    def _hours(self, on_duty: int) -> list[Tomorrow]:
        """Close earlier where the last hour did not earn its wages; where it did, try a later end again."""
        step_min, diary = int(self.rules.closes_earlier_min), self.diary
        wages_yuan = self.rules.wage_yuan_per_h * max(on_duty, 1)
        if step_min == 0:
            return []
        from_us = diary.closes_min * US_PER_MIN - US_PER_HOUR
        earned_yuan = self.rules.margin_share * sum(fen for now_us, fen in diary.today if now_us > from_us) / 100
        wanted = diary.closes_min + (step_min if earned_yuan >= wages_yuan else -step_min)
        closes_min = min(max(wanted, self.facts.opens_min + LEAST_OPEN_MIN), self.facts.closes_min)
        if closes_min == diary.closes_min:
            return []
        diary.closes_min = closes_min
        return [SetHours(self.facts.unit_id, self.facts.opens_min, closes_min)]

    def _prices(self, taken_fen: int) -> list[Tomorrow]:
        """Climb: keep trying in the direction that left more than the trial before, turn round where it left less.

        A week's luck is taken for the prices' merit, as it would be: whoever climbs by noisy takings can climb down.
        """
        rules, diary = self.rules, self.diary
        diary.trial_fen += taken_fen * (1 - (1 - rules.margin_share) / diary.price_factor)
        is_over = (diary.days + 1) % rules.price_trial_days == 0
        if rules.price_step == 0 or not is_over:
            return []
        if diary.before_fen is not None and diary.trial_fen < diary.before_fen:
            diary.direction = -diary.direction
        diary.before_fen, diary.trial_fen = diary.trial_fen, 0.0
        wanted = diary.price_factor * (1 + diary.direction * rules.price_step)
        factor = min(max(wanted, rules.price_factor_min), rules.price_factor_max)
        if factor == diary.price_factor:
            diary.direction = -diary.direction
            return []
        diary.price_factor = factor
        return [SetPrices(self.facts.unit_id, factor)]

    def _promotion(self, taken_fen: int) -> list[Tomorrow]:
        """Buy a day of promotion after a day that was weaker than usual."""
        budget_fen = round(100 * self.rules.promotion_yuan_per_day)
        is_weak = taken_fen < self.rules.promotes_below * self.diary.usual_fen  # there is no usual before the first day
        return [Promote(self.facts.unit_id, budget_fen)] if budget_fen > 0 and is_weak else []
