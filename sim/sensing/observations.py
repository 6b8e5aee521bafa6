"""What the mall's systems report: rows of (time, sensor, kind, value), the only thing agents and policies ever see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Observations:
    """Rows in order of time; kinds: "people_in" and "people_out" (door counter, per review), "sale" (till, fen)."""

    time_us: np.ndarray  # int64
    sensor: np.ndarray  # text: "door:<entrance>" or "till:<unit>"
    kind: np.ndarray  # text
    value: np.ndarray  # int64
    servers_on_duty: np.ndarray  # int64 (U) the tenants' own rosters, in the order of the plan's units; not written down

    def columns(self) -> dict[str, np.ndarray]:
        """Return the columns by name, as they are written to observations.parquet."""
        return {"time_us": self.time_us, "sensor": self.sensor, "kind": self.kind, "value": self.value}
