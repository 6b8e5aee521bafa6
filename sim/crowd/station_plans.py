"""The stations of a mall as they are planned: which there are, who serves there and how long, before they become records."""

from __future__ import annotations

from dataclasses import dataclass
from math import gamma
from typing import Any

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.checkout.records import FOOD_RETAIL
from sim.crowd.state import LANE, STATION, Discipline, Law, Role, records
from sim.crowd.venues.dining_plans import dining_of, table_count
from sim.plan_arrays import CompiledPlan
from sim.visitors import PayMethod

UNLIMITED = 2**30


@dataclass(frozen=True)
class StationPlan:
    """One station; its name, "kind:place", is what reports and controls call it."""

    name: str
    role: Role
    servers: int  # when all are on duty
    service_s_mean: float
    service_cv: float
    unit: int = -1  # the unit it belongs to
    place: int = -1  # of another kind than units: the car park of a gate, the desk of a lounge
    law: Law = Law.LOGNORMAL
    patience_s_mean: float = 0.0  # 0: nobody gives up
    patience_shape: float = 1.0  # Weibull
    balk_queue: int = UNLIMITED  # length of line at which newcomers turn away
    balk_share: float = 0.0  # of those who foresee a wait beyond their patience, who turn away at once
    places: int = UNLIMITED  # in line; beyond them newcomers are refused
    discipline: Discipline = Discipline.FIFO

    @property
    def lanes(self) -> int:
        """Lanes of LANE records that it needs."""
        return {Discipline.LANES: self.servers, Discipline.PREEMPTIVE: 1}.get(self.discipline, 0)


def unit_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the tills or tables of every unit, in the order of units: station u is unit u's."""
    return [_unit_station(compiled, config, unit) for unit in range(len(compiled.unit_ids))]


def _unit_station(compiled: CompiledPlan, config: RunConfig, unit: int) -> StationPlan:
    services, area_m2 = config.services, float(compiled.arrays.unit_area_m2[unit])
    trade = CATEGORIES[compiled.arrays.unit_category[unit]]
    category = config.categories[trade]
    if category.tables:
        return StationPlan(
            f"table:{compiled.unit_ids[unit]}", Role.TABLE, table_count(area_m2, dining_of(config.food, trade)), 60 * category.dwell_min_mean,
            category.dwell_cv, unit, patience_s_mean=services.table_patience_s_mean,
            patience_shape=services.table_patience_shape, balk_queue=services.balk_queue,
        )  # fmt: skip
    return StationPlan(
        f"till:{compiled.unit_ids[unit]}", Role.TILL, cashiers_of(compiled, config, unit)[0],
        mean_till_s(config, CATEGORIES[compiled.arrays.unit_category[unit]]), services.service_cv, unit,
        patience_s_mean=services.till_patience_s_mean, patience_shape=services.till_patience_shape,
        balk_queue=services.balk_queue,
        balk_share=config.queues.balk_share, places=config.queues.till_places,
        discipline=Discipline.LANES if config.queues.till_lines == "several" else Discipline.FIFO,
    )  # fmt: skip


def gate_stations(compiled: CompiledPlan, config: RunConfig) -> list[StationPlan]:
    """Return the entry and the exit gates of every car park."""
    found = []
    for park, name in enumerate(compiled.parking_ids):
        for kind, role, balk_queue in (
            ("gate_in", Role.GATE_IN, config.parking.balk_queue), ("gate_out", Role.GATE_OUT, UNLIMITED),
        ):  # fmt: skip
            gates = int(compiled.arrays.parking_gates[park])
            found.append(
                StationPlan(f"{kind}:{name}", role, gates, config.parking.gate_s_mean, 0.3, place=park, balk_queue=balk_queue)
            )
    return found


def till_count(area_m2: float, staff: object, m2_per_till: float) -> int:
    """Return a tenant's tills: its own number where tenants.csv says so, else by floor area."""
    return int(staff) if isinstance(staff, int | float) and staff > 0 else max(1, round(area_m2 / m2_per_till))


def tills_of(compiled: CompiledPlan, config: RunConfig, unit: int) -> int:
    """Return the tills of a unit, whoever or whatever serves there."""
    staff = compiled.tenants[unit].get("staff") if compiled.tenants else None
    return till_count(float(compiled.arrays.unit_area_m2[unit]), staff, config.operations.staffing.m2_per_till)


def cashiers_of(compiled: CompiledPlan, config: RunConfig, unit: int) -> tuple[int, int]:
    """Return how many tills of a unit have a cashier, and how many could: all that are not self-checkouts. At least one each."""
    tills = tills_of(compiled, config, unit)
    share = config.categories[CATEGORIES[compiled.arrays.unit_category[unit]]].self_checkout_share
    for_cashiers = max(1, tills - round(tills * share))
    return max(1, round(for_cashiers * config.checkout.cashiers.cashier_share)), for_cashiers


def mean_pay_s(config: RunConfig, trade: str) -> float:
    """Return the time to pay of the configured mix, over all amounts."""
    if config.services.payment_s_mean > 0:
        return config.services.payment_s_mean
    times = config.checkout.food_pay_s if trade in FOOD_RETAIL else config.checkout.pay_s
    names = [method.name.lower() for method in PayMethod]
    shares = [getattr(config.checkout.mix, name) for name in names]
    total = sum(share * getattr(times, name) for share, name in zip(shares, names, strict=True))
    return total / sum(shares) if sum(shares) > 0 else 0.0


def mean_till_s(config: RunConfig, trade: str) -> float:
    """Return the mean time at a till of a trade: scanning and packing, and paying."""
    return config.categories[trade].handling_s_mean + mean_pay_s(config, trade)


def station_records(plans: list[StationPlan]) -> Any:
    """Return the STATION records of planned stations, nobody in line."""
    stations = records(len(plans), STATION)
    stations["line_head"] = stations["line_tail"] = -1
    lanes = 0
    stations["ticket_head"] = stations["ticket_tail"] = -1
    for station, plan in zip(stations, plans, strict=True):
        station.unit, station.place, station.role, station.law = plan.unit, plan.place, plan.role, plan.law
        station.service_s_mean, station.service_cv, station.servers_open = plan.service_s_mean, plan.service_cv, plan.servers
        station.balk_queue, station.patience_shape = plan.balk_queue, plan.patience_shape
        station.patience_s_scale = plan.patience_s_mean / gamma(1 + 1 / plan.patience_shape)
        station.discipline, station.places, station.balk_share = plan.discipline, plan.places, plan.balk_share
        station.lane_start, station.lane_count = lanes, plan.lanes
        lanes += plan.lanes
    return stations


def lane_records(plans: list[StationPlan]) -> Any:
    """Return the LANE records of planned stations, nobody in them."""
    lanes = records(sum(plan.lanes for plan in plans), LANE)
    lanes["line_head"] = lanes["line_tail"] = -1
    return lanes
