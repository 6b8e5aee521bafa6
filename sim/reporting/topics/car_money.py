"""What a run says of parking fees, the way out of the car parks, and cars that stay."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.cars.exit_records import PayPlace
from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import Level, add_counts, add_values, hour_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_S

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

SATURDAY = 5
FEE_CLASS_FEN, FEE_CLASSES = 500, 10  # the last class takes all above
# Saturdays of two shopping malls' garages, share of bays taken by hour of the day (Birmingham City Council, October to December 2016;
# means of 2023 from the free-space displays that github.com/defgsus/parking-data gathered).
GARAGES = {
    "Bull Ring, Birmingham (3,053 bays)": {8: 0.08, 9: 0.16, 10: 0.38, 11: 0.59, 12: 0.75, 13: 0.84, 14: 0.88, 15: 0.89, 16: 0.87},
    "Centrum-Galerie, Dresden (1,100 bays)": {
        9: 0.16, 10: 0.35, 11: 0.55, 12: 0.73, 13: 0.84, 14: 0.86, 15: 0.85, 16: 0.80, 17: 0.69, 18: 0.53, 19: 0.37, 20: 0.21,
    },
}  # fmt: skip


class Sums:
    """Takes batches of events in order of time; keeps 9 bytes for each car that left and 8 for each payment."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.cars = Level()
        self.count = dict.fromkeys(_COUNTED, 0)
        self.find_us = 0
        self.visitors_left = 0  # cars that left, those of the night before apart
        self.paid_fen = np.zeros(len(PayPlace), np.int64)
        self.payments = np.zeros((len(PayPlace), FEE_CLASSES + 1), np.int64)  # by place and class; class 0 stays empty
        self.hour_in, self.hour_out = np.zeros(HOURS, np.int64), np.zeros(HOURS, np.int64)
        self._payers: list[np.ndarray] = []
        self._delays_us: list[np.ndarray] = []
        self._delay_hours: list[np.ndarray] = []
        self._unplaced_fen = np.zeros(0, np.int64)  # payments whose place is in the next batch

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        for kind in _COUNTED:
            self.count[kind] += of_kind[kind].size
        out, found = of_kind[EventKind.UNPARKED], of_kind[EventKind.CAR_FOUND]
        paid, where = of_kind[EventKind.PARKING_PAID], of_kind[EventKind.PARKING_PAID_AT]
        add_counts(self.hour_in, hour_of(rows.time_us[of_kind[EventKind.PARKED]]))
        add_counts(self.hour_out, hour_of(rows.time_us[out]))
        self.find_us += int(rows.value[found].sum())
        self.visitors_left += int((rows.people[out] > 0).sum())
        self._delays_us.append(rows.value[out])
        self._delay_hours.append(hour_of(rows.time_us[out]).astype(np.int8))
        self._payers.append(rows.visit[paid])
        self._take_payments(rows.value[paid], rows.value[where])
        moved = np.sort(np.concatenate([out, of_kind[EventKind.PARKED], of_kind[EventKind.STOOD_OVERNIGHT]]))
        self.cars.take(rows.time_us[moved], np.where(rows.kind[moved] == EventKind.UNPARKED, -1, 1))

    def _take_payments(self, fen: np.ndarray, place: np.ndarray) -> None:
        """Add payments, each of which is followed by its place, be it in the next batch."""
        fen = np.concatenate([self._unplaced_fen, fen])
        self._unplaced_fen = fen[place.size :]
        fen = fen[: place.size]
        add_values(self.paid_fen, place, fen)
        fee_class = np.minimum(-(-fen // FEE_CLASS_FEN), FEE_CLASSES)
        np.add.at(self.payments, (place, fee_class), 1)

    def delays_us(self) -> np.ndarray:
        """Return the delay of every car that left, in the order in which they did."""
        return np.concatenate([np.zeros(0, np.int64), *self._delays_us])

    def delay_hours(self) -> np.ndarray:
        """Return the hour in which each of them left."""
        return np.concatenate([np.zeros(0, np.int8), *self._delay_hours])

    def payers(self) -> int:
        """Return how many cars paid at all."""
        return int(np.unique(np.concatenate([np.zeros(0, np.int64), *self._payers])).size)


_COUNTED = (
    EventKind.UNPARKED, EventKind.PARKED, EventKind.STOOD_OVERNIGHT, EventKind.PARKING_VALIDATED, EventKind.RECEIPT_REFUSED,
    EventKind.TICKET_LOST, EventKind.CAR_FOUND, EventKind.EXIT_BLOCKED,
)  # fmt: skip


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    left = sums.count[EventKind.UNPARKED]
    payments = int(sums.payments.sum())
    delays_us = sums.delays_us()
    p95_us = np.partition(delays_us, rank := _rank(left, 0.95))[rank] if left else None
    return {
        "parking_income_fen": int(sums.paid_fen.sum()),
        "parking_fee_fen_mean": int(sums.paid_fen.sum()) / left if left else None,
        "parking_validated_share": sums.count[EventKind.PARKING_VALIDATED] / left if left else None,
        "parking_app_pay_share": int(sums.payments[PayPlace.IN_APP].sum()) / payments if payments else None,
        "parking_exit_delay_s_p95": int(p95_us) / US_PER_S if p95_us is not None else None,
        "car_find_s_mean": sums.find_us / sums.visitors_left / US_PER_S if sums.visitors_left else None,
        "cars_overnight": sums.cars.now,
    }


def _rank(size: int, share: float) -> int:
    """Return the index of the smallest value that at least `share` of the values do not exceed."""
    return max(int(np.ceil(share * size)) - 1, 0)


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need."""
    if not sums.count[EventKind.UNPARKED]:
        return {}
    delays_us, hours = sums.delays_us(), sums.delay_hours()
    by_hour = [np.sort(delays_us[hours == hour]) for hour in range(HOURS)]
    is_saturday = datetime.date.fromisoformat(books.config.date).weekday() == SATURDAY
    return {
        "bays": int(books.compiled.arrays.parking_bays.sum()),
        "cars": sums.cars.at_bin_ends(),
        "cars_in": sums.hour_in,
        "cars_out": sums.hour_out,
        "is_saturday": is_saturday,
        "exit_delay_s_mean": [float(each.sum() / each.size / US_PER_S) if each.size else None for each in by_hour],
        "exit_delay_s_p95": [float(each[_rank(each.size, 0.95)] / US_PER_S) if each.size else None for each in by_hour],
        "payments": {place.name.lower(): sums.payments[place] for place in PayPlace},
        "paid_fen": {place.name.lower(): int(sums.paid_fen[place]) for place in PayPlace},
        "cars_free": sums.count[EventKind.UNPARKED] - sums.payers(),
        "counts": {kind.name.lower(): count for kind, count in sums.count.items()},
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    counts, left = curves["counts"], curves["counts"]["unparked"]
    income, mean = (float(kpis[name] or 0) / 100 for name in ("parking_income_fen", "parking_fee_fen_mean"))
    paid = f"Drivers paid ¥{income:,.0f} for parking, ¥{mean:.2f} for each of the {left:,} cars that left; {curves['cars_free']:,} paid nothing"
    paid += f", and {100 * float(kpis['parking_validated_share'] or 0):.0f} % had part of their stay made free by receipts"
    rents_fen = kpis.get("mall_income_fen")
    if rents_fen is not None:
        paid += f". With rents of ¥{rents_fen / 100:,.0f} the mall took ¥{rents_fen / 100 + income:,.0f} in rents and parking"
    paid += "."
    share = 100 * float(kpis["parking_app_pay_share"] or 0)
    p95_s = float(kpis["parking_exit_delay_s_p95"] or 0)
    out = f"{share:.0f} % of the payments were made on the phone. One driver in twenty lost more than {p95_s:,.0f} s to paying and to lines at the exit; loading and driving are not in it."
    if counts["exit_blocked"]:
        out += f" {counts['exit_blocked']:,} had to wait in their bay, because the line at the exit filled the ramp."
    stayed = f"{counts['stood_overnight']:,} cars stood there at midnight, {int(kpis['cars_overnight'] or 0):,} at the end."
    if counts["ticket_lost"] or counts["receipt_refused"]:
        stayed += f" {counts['ticket_lost']:,} tickets were lost, and {counts['receipt_refused']:,} times receipts were refused that had been used before."
    errors = kpis.get("parking_ticket_errors")
    if errors:
        stayed += (
            f" The car parks' books counted {int(errors):,} errors: such tickets and receipts, and plates that were misread on the way in or out, so that "
            "the book had no entry for a car that left, or had one already for a car that came."
        )
    return [paid, out, stayed]


_NO_BOOKS = "the run has no car park's books"
_KPIS = (
    Kpi("parking_income_fen", "fen", "higher", "parking", "Parking fees", "Sum of what drivers paid for parking, flat fees for lost tickets included."),
    Kpi("parking_fee_fen_mean", "fen", "neither", "parking", "Fee of a car", "Parking fees / cars that left, those that owed nothing included."),
    Kpi("parking_validated_share", "share", "neither", "parking", "Stays validated", "Cars whose stay was made free in part by receipts / cars that left."),
    Kpi("parking_app_pay_share", "share", "neither", "parking", "Paid on the phone", "Payments for parking made on the phone before the exit / payments for parking."),
    Kpi("parking_exit_delay_s_p95", "s", "lower", "parking", "Delay at the exit that 5 % exceed", "95th percentile (nearest rank) of the time lost to paying and to lines at the exit, without loading and driving, over cars that left."),
    Kpi("car_find_s_mean", "s", "lower", "parking", "Looking for one's own car", "Mean time that drivers looked for their own cars, those who knew where they stood (0) included, over visitors' cars that left."),
    Kpi("cars_overnight", "count", "neither", "parking", "Cars that stay", "Cars in the car parks at the end of the run: those of the night before and those that parked, less those that left."),
    Kpi("parking_ticket_errors", "count", "lower", "parking", "Errors in the car parks' books", "Times that the books of tickets and receipts could not make sense of a car: plate at the exit without an entry (most often one that was misread or not read on the way in), plate that comes in twice, lost ticket, receipt used before.", null_where=_NO_BOOKS),
)  # fmt: skip
TOPIC = Topic("car_money", "Parking fees and the way out", _KPIS, Sums, values, curves, words)
