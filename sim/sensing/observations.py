"""What the mall's systems report: rows of (time, sensor, kind, subject, place, value) and fixes, the only thing agents and policies see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np


class FixRows(NamedTuple):
    """Where the platform believes phones to be, one row per phone and tick, in order of (time, phone)."""

    time_us: np.ndarray  # int64 of the scan
    subject: np.ndarray  # int64 the address the phone showed
    level: np.ndarray  # int32
    x_m: np.ndarray  # float64
    y_m: np.ndarray  # float64
    radius_m: np.ndarray  # float64 within which the platform believes the phone to be with probability one half
    age_s: np.ndarray  # float64 of the scan when the platform asked


def no_fix_rows() -> FixRows:
    """Return no fixes."""
    whole, real = np.zeros(0, np.int64), np.zeros(0)
    return FixRows(whole, whole, np.zeros(0, np.int32), real, real, real, real)


class ObservedRows(NamedTuple):
    """What sensors other than positioning report. Kinds are listed in docs/reference/outputs.md."""

    time_us: np.ndarray  # int64
    sensor: (
        np.ndarray
    )  # text: "door:<entrance>", "till:<unit>", "gate:<car park>", "bays:<car park>", "portal", "app", "stays", ...
    kind: np.ndarray  # text
    subject: np.ndarray  # int64 whom it is about, as the sensor knows them: address, member, account, plate; 0 nobody
    value: np.ndarray  # int64


def observed(time_us: Any, sensor: Any, kind: Any, subject: Any = 0, value: Any = 0) -> ObservedRows:
    """Return rows of the length of the longest argument; single values stand for all rows."""
    columns = np.broadcast_arrays(*(np.atleast_1d(column) for column in (time_us, sensor, kind, subject, value)))
    kinds = (np.int64, np.str_, np.str_, np.int64, np.int64)
    return ObservedRows(*(np.array(column, dtype) for column, dtype in zip(columns, kinds, strict=True)))


def together(parts: Sequence[ObservedRows]) -> ObservedRows:
    """Return the rows of all parts in order of time; at an instant, in the order of the parts."""
    if not parts:
        return observed(np.zeros(0, np.int64), np.zeros(0, str), np.zeros(0, str), np.zeros(0, np.int64), np.zeros(0, np.int64))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return ObservedRows(*(column[order] for column in columns))


class People(Protocol):
    """What the platform knows of people, by number; see sim/sensing/insight/known_people.py."""

    @property
    def numbers(self) -> np.ndarray: ...
    def number_of(self, subjects: np.ndarray) -> np.ndarray: ...
    def affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray: ...
    def store_affinity(self, numbers: np.ndarray, now_us: int) -> np.ndarray: ...
    def counts_of(self, numbers: np.ndarray) -> dict[str, np.ndarray]: ...
    def is_held_out(self, numbers: np.ndarray) -> np.ndarray: ...
    def address_of(self, numbers: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True)
class Observations:
    """What was reported since the last review, and whom the platform knows by now."""

    rows: ObservedRows
    servers_on_duty: np.ndarray  # int64 (U) the tenants' own rosters, in the order of the plan's units; not written down
    fixes: FixRows = field(default_factory=no_fix_rows)
    people: People | None = None

    @property
    def kind(self) -> np.ndarray:
        """The kinds of the rows."""
        return self.rows.kind

    @property
    def sensor(self) -> np.ndarray:
        """The sensors of the rows."""
        return self.rows.sensor

    @property
    def value(self) -> np.ndarray:
        """The values of the rows."""
        return self.rows.value

    def columns(self) -> dict[str, np.ndarray]:
        """Return the rows' columns by name, as they are written to observations.parquet."""
        return dict(self.rows._asdict())


def in_a_row(parts: Sequence[Observations]) -> Observations:
    """Return what several readings, one after the other, have brought; the roster and the people known are the last one's."""
    if not parts:
        return Observations(together([]), np.zeros(0, np.int64))
    fixes = FixRows(*(np.concatenate(columns) for columns in zip(*(part.fixes for part in parts), strict=True)))
    return Observations(together([part.rows for part in parts]), parts[-1].servers_on_duty, fixes, parts[-1].people)
