"""Tills by the clock: a quiet staffing, and all servers in the peak; where a tenant has decided otherwise, that holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.config import StaffingConfig
from sim.crowd.engine import Crowd
from sim.units import US_PER_MIN, minutes_from_hours


@dataclass
class Staffing:
    """Sets the servers of every till at opening, at the start and at the end of the peak.

    A number that a tenant has decided on, or that shifts of its own give, is none of this plan's business: it holds until the tenant's
    next decision or the station's next shift, through the changes of the plan.
    """

    crowd: Crowd
    is_till: np.ndarray  # of each station; the others are none of this plan's business
    full: np.ndarray  # servers of each station with everybody on duty
    quiet: np.ndarray
    instants_us: list[int]  # opening, start of the peak, end of the peak
    rank: int = 20
    next_us: int | None = None
    done: int = 0

    def act(self, now_us: int) -> None:
        """Put the planned servers on duty."""
        in_peak = self.done == 1
        servers_open = self.crowd.controls.servers_open
        is_planned = self.is_till & ~self.crowd.has_own_staff
        servers_open[:] = np.where(is_planned, self.full if in_peak else self.quiet, servers_open)
        self.crowd.switched(now_us)
        self.done += 1
        self.next_us = self.instants_us[self.done] if self.done < len(self.instants_us) else None


def staffing_of(crowd: Crowd, config: StaffingConfig, opens_us: int, is_other: np.ndarray) -> Staffing:
    """Return the day's staffing; it leaves stations that are no tills alone."""
    full = crowd.full_servers
    quiet = np.maximum(1, np.ceil(full * config.quiet_share)).astype(np.int32)
    peak_us = [max(opens_us, minutes_from_hours(getattr(config, name)) * US_PER_MIN) for name in ("peak_starts", "peak_ends")]
    return Staffing(crowd, ~is_other, full, quiet, [opens_us, *peak_us], next_us=opens_us)
