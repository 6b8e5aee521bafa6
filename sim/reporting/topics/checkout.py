"""What a run says of paying: the mix and its times, who served, fees, price cuts, beginners, sales lost to stock and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.checkout.build import machines_of, teacher_h
from sim.crowd.tallies import HOURS, Counted
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_counts, add_values, hour_of
from sim.reporting.event_schema import Columns
from sim.reporting.stations import Stations
from sim.reporting.topics.checkout_kpis import KPIS, words
from sim.reporting.topics.topic import Topic, Value
from sim.timetable import TRADE
from sim.units import US_PER_HOUR, US_PER_S
from sim.visitors import PayMethod

if TYPE_CHECKING:
    from sim.reporting.kpis import Books


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        prefix = [name.partition(":")[0] for name in stations.names]
        owners = [compiled.tenant_categories[unit] if unit >= 0 else "" for unit in stations.unit.tolist()]
        has_cashier = [word == "till" and trade != TRADE for word, trade in zip(prefix, owners, strict=True)]
        self.is_till = np.array(has_cashier, bool)  # a cinema sells at its box office
        self.is_self = np.array([word == "self" for word in prefix], bool)
        self.is_guide = np.array([word == "guide" for word in prefix], bool)
        self.payments = np.zeros(len(PayMethod), np.int64)
        self.timed = np.zeros(len(PayMethod), np.int64)  # those whose time is not part of a meal or an order
        self.pay_us = np.zeros(len(PayMethod), np.int64)
        self.served = {"till": 0, "self": 0}
        self.service_us = {"till": 0, "self": 0}
        self.hour = {name: np.zeros(HOURS, np.int64) for name in ("served", "wait_us", "service_us", "pay_us", "adopters")}
        self.adopters = self.gift_fen = self.lost_fen = self.lost = self.saved_fen = self.saved = 0

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        paid = of_kind[EventKind.PAID_BY]
        timed = paid[rows.value[paid] > 0]
        add_counts(self.payments, rows.place[paid])
        add_counts(self.timed, rows.place[timed])
        add_values(self.pay_us, rows.place[timed], rows.value[timed])
        add_values(self.hour["pay_us"], hour_of(rows.time_us[timed]), rows.value[timed])
        self._take_tills(rows, of_kind)
        adopted, lost, saved = (
            of_kind[kind] for kind in (EventKind.PAYMENT_ADOPTED, EventKind.SALE_LOST, EventKind.SALE_SAVED)
        )
        self.adopters += adopted.size
        self.gift_fen += int(rows.value[adopted].sum())
        add_counts(self.hour["adopters"], hour_of(rows.time_us[adopted]))
        self.lost += lost.size
        self.lost_fen += int(rows.value[lost].sum())
        self.saved += saved.size
        self.saved_fen += int(rows.value[saved].sum())

    def _take_tills(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        ended, started = of_kind[EventKind.SERVICE_ENDED], of_kind[EventKind.SERVICE_STARTED]
        for kind, here in (("till", self.is_till), ("self", self.is_self)):
            done = ended[here[rows.place[ended]]]
            self.served[kind] += done.size
            self.service_us[kind] += int(rows.value[done].sum())
            add_counts(self.hour["served"], hour_of(rows.time_us[done]))
            add_values(self.hour["service_us"], hour_of(rows.time_us[done]), rows.value[done])
            begun = started[here[rows.place[started]]]
            add_values(self.hour["wait_us"], hour_of(rows.time_us[begun]), rows.value[begun])


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    checkout, tallies = books.config.checkout, books.tallies
    payments, served = int(sums.payments.sum()), sums.served["till"] + sums.served["self"]
    cashier_us = int(tallies.station_duty_us[sums.is_till].sum()) + _attendants_us(sums, books)
    guide_us = int(tallies.station_duty_us[sums.is_guide].sum())
    fen_per_us = 100 * checkout.cashiers.yuan_per_h / US_PER_HOUR
    teaching_h = teacher_h(books.compiled, books.config)
    by_phone = int(sums.payments[PayMethod.MOBILE :].sum())
    tenants = len(books.compiled.unit_ids)
    return {
        "pay_s_mean": _mean_s(int(sums.pay_us.sum()), int(sums.timed.sum())),
        "mobile_pay_share": by_phone / payments if payments else None,
        "till_service_s_mean": _mean_s(sums.service_us["till"], sums.served["till"]),
        "self_checkout_share": sums.served["self"] / served if served else None,
        "cashier_h": cashier_us / US_PER_HOUR,
        "cashier_cost_fen": round(cashier_us * fen_per_us),
        "payment_fee_fen": int(tallies.counts[Counted.PAYMENT_FEE_FEN]) + tenants * round(100 * checkout.fees.fixed_yuan_per_day),
        "price_cut_fen": int(tallies.counts[Counted.PRICE_CUT_FEN]),
        "payment_adopters": sums.adopters,
        "adoption_cost_fen": sums.gift_fen - sums.adopters + round(100 * checkout.cashiers.yuan_per_h * teaching_h),
        "sales_lost_fen": sums.lost_fen,
        "sales_saved_fen": sums.saved_fen,
        "saving_cost_fen": round(100 * checkout.tablet.delivery_yuan) * sums.saved + round(guide_us * fen_per_us),
    }  # fmt: skip


def _attendants_us(sums: Sums, books: Books) -> int:
    """Return the time of those who watch over self-checkouts, while their store is open."""
    stations = books.sums.stations
    total_us = 0
    for station in np.flatnonzero(sums.is_self).tolist():
        machines = machines_of(books.compiled, books.config, int(stations.unit[station]))
        total_us += int(books.tallies.station_duty_us[station]) // max(machines, 1)
    return round(books.config.checkout.self_checkout.attendants_per_store * total_us)


def _mean_s(total_us: int, count: int) -> float | None:
    return total_us / (count * US_PER_S) if count else None


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need more."""
    if not sums.payments.sum():
        return {}
    served = sums.hour["served"].tolist()
    waits, services, pays = (sums.hour[name].tolist() for name in ("wait_us", "service_us", "pay_us"))
    methods = [method.name.lower() for method in PayMethod]
    return {
        "methods": methods,
        "payments": sums.payments,
        "pay_s_mean": [_mean_s(total, count) for total, count in zip(sums.pay_us.tolist(), sums.timed.tolist(), strict=True)],
        "till_served": served,
        "till_wait_s_mean": [_mean_s(wait, count) for wait, count in zip(waits, served, strict=True)],
        "till_handling_s_mean": [
            _mean_s(max(service - pay, 0), count) for service, pay, count in zip(services, pays, served, strict=True)
        ],
        "till_pay_s_mean": [_mean_s(pay, count) for pay, count in zip(pays, served, strict=True)],
        "adopters": sums.hour["adopters"],
        "onboarding": books.config.checkout.onboarding.is_on,
        "teacher_h": teacher_h(books.compiled, books.config),
        "lost_sales": sums.lost,
        "saved_sales": sums.saved,
    }


TOPIC = Topic("checkout", "Paying", KPIS, Sums, values, curves, words)
